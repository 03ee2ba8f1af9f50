import { readDrugLibrary } from "../datasets/badger/read_drug_library.ts";
import { readGeneValues } from "../datasets/badger/read_gene_values.ts";
import { descendingOrder } from "../datasets/metrics/order.ts";
import { averageRanks, pearsonPooled } from "../datasets/metrics/metrics.ts";
import { UserError } from "../datasets/user_error.ts";
import type { Screen } from "../report/asked.ts";
import { askDrugs, type CellChoice, type DrugChanges } from "./ask_drugs.ts";

const fewest = 10;

/**
 * A library of drugs in the order in which they are predicted to reverse a disease signature.
 *
 * @param library CSV of drugs with SMILES.
 * @param signature CSV of gene and value, positive where the disease raises the gene.
 * @returns the screen, and a sentence for each row of the library that was left out.
 * @throws {UserError} when fewer than ten genes of the signature are known to the model.
 * @example
 * ```ts
 * const { screen } = await screenLibrary("runs/badger", "drugs.csv", "disease.csv", { cell: "A375" });
 * console.log(screen.drugs[0].name);
 * ```
 */
export async function screenLibrary(
  run: string,
  library: string,
  signature: string,
  { skipBad = false, ...choice }: CellChoice & { readonly skipBad?: boolean },
): Promise<{ readonly screen: Screen; readonly skipped: readonly string[] }> {
  const disease = await readGeneValues(signature);
  let skipped: readonly string[] = [];
  const changes = await askDrugs(run, choice, async (_, chemistry) => {
    const read = await readDrugLibrary(library, chemistry, skipBad);
    skipped = read.skipped;
    return read.drugs;
  });
  return { screen: screened(changes, disease, signature), skipped };
}

function screened(
  { asked, genes: names, drugs, changes, nearest, trainingMean }: DrugChanges,
  signature: ReadonlyMap<string, number>,
  file: string,
): Screen {
  const width = names.length;
  const shared = names.flatMap((gene, at) => signature.has(gene) ? [at] : []);
  const known = new Set(names);
  const unknown = [...signature.keys()].filter((gene) => !known.has(gene));
  if (shared.length < fewest) {
    throw new UserError(
      `${file}: ${shared.length} of its ${signature.size} genes are known to the model, expected at least ${fewest} of its ` +
        `${width} (${names.slice(0, 3).join(", ")}, ...); unknown: ${
          unknown.slice(0, 3).join(", ")
        }. Give gene symbols.`,
    );
  }
  const disease = Float64Array.from(shared, (gene) => signature.get(names[gene])!);
  const ends = Math.max(1, Math.min(50, Math.floor(shared.length / 4)));
  const raised = top(disease, ends), lowered = top(disease.map((value) => -value), ends);
  const diseaseRanks = averageRanks(disease);
  const reversalOf = (own: Float64Array) => -pearsonPooled(averageRanks(own), diseaseRanks);
  const profiles = drugs.map((_, k) => Float64Array.from(shared, (gene) => changes[k * width + gene]));
  const reversed = drugs.map(({ name, smiles }, k) => ({
    name,
    smiles,
    reversal: reversalOf(profiles[k]),
    upReversed: overlap(raised, top(profiles[k].map((value) => -value), ends)),
    downReversed: overlap(lowered, top(profiles[k], ends)),
    nearest: nearest[k],
  }));
  return {
    ...asked,
    signature: file,
    drugs: reversed.toSorted((a, b) => b.reversal - a.reversal),
    genes: shared.length,
    unknown,
    ends,
    likeness: meanLikeness(profiles),
    trainingMean: reversalOf(Float64Array.from(shared, (gene) => trainingMean[gene])),
  };
}

function top(values: Float64Array, count: number): Set<number> {
  return new Set(descendingOrder(values).subarray(0, count));
}

function overlap(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  return [...a].filter((entry) => b.has(entry)).length / a.size;
}

/** Over at most 2000 pairs, evenly chosen. */
function meanLikeness(profiles: readonly Float64Array[]): number {
  const pairs = profiles.length * (profiles.length - 1) / 2;
  if (pairs === 0) return 1;
  const stride = Math.ceil(pairs / 2000);
  let sum = 0, used = 0, at = 0;
  for (let a = 0; a < profiles.length; a++) {
    for (let b = a + 1; b < profiles.length; b++) {
      if (at++ % stride !== 0) continue;
      sum += pearsonPooled(profiles[a], profiles[b]);
      used++;
    }
  }
  return sum / used;
}
