import { descendingOrder } from "../../datasets/metrics/ranking.ts";
import { averageRanks, pearsonPooled } from "../../datasets/metrics/metrics.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { DrugPredictions, NearestDrug } from "./rank_genes.ts";

/** How a drug reverses a disease signature. */
export interface ScreenedDrug {
  readonly name: string;
  readonly smiles: string;
  /** Minus the Spearman correlation of prediction and signature: 1 is a perfect reversal. */
  readonly reversal: number;
  /** Share of the signature's most raised genes that are among the most lowered predicted ones. */
  readonly upReversed: number;
  /** Share of its most lowered genes that are among the most raised predicted ones. */
  readonly downReversed: number;
  readonly nearest: NearestDrug;
}

/** A library in the order of reversal, and what it takes to read it. */
export interface Screen {
  readonly drugs: readonly ScreenedDrug[];
  /** Genes that signature and model share. */
  readonly genes: number;
  /** Genes of the signature that the model does not know. */
  readonly unknown: readonly string[];
  /** Genes counted at either end. */
  readonly ends: number;
  /** Mean Pearson between predictions of two drugs: near 1, the order rests on small differences. */
  readonly likeness: number;
  /** Reversal of the mean training signature: what a drug scores about which nothing is known. */
  readonly trainingMean: number;
}

const fewest = 10;

/**
 * Orders drugs by how well their predicted signatures reverse a disease signature.
 *
 * @throws {UserError} when fewer than ten genes of the signature are known to the model.
 */
export function screenLibrary(
  predictions: DrugPredictions,
  signature: ReadonlyMap<string, number>,
  file: string,
): Screen {
  const { data, drugs, scores, nearest, trainingMean } = predictions;
  const width = data.genes.length;
  const shared = data.genes.flatMap((gene, at) => signature.has(gene) ? [at] : []);
  const known = new Set(data.genes);
  const unknown = [...signature.keys()].filter((gene) => !known.has(gene));
  if (shared.length < fewest) {
    throw new UserError(
      `${file}: ${shared.length} of its ${signature.size} genes are known to the model, expected at least ${fewest} of its ` +
        `${width} (${data.genes.slice(0, 3).join(", ")}, ...); unknown: ${
          unknown.slice(0, 3).join(", ")
        }. Give gene symbols.`,
    );
  }
  const disease = Float64Array.from(shared, (gene) => signature.get(data.genes[gene])!);
  const ends = Math.max(1, Math.min(50, Math.floor(shared.length / 4)));
  const raised = top(disease, ends), lowered = top(disease.map((value) => -value), ends);
  const diseaseRanks = averageRanks(disease);
  const reversalOf = (own: Float64Array) => -pearsonPooled(averageRanks(own), diseaseRanks);
  const profiles = drugs.map((_, k) => Float64Array.from(shared, (gene) => scores[k * width + gene]));
  const screened = drugs.map(({ name, smiles }, k) => ({
    name,
    smiles,
    reversal: reversalOf(profiles[k]),
    upReversed: overlap(raised, top(profiles[k].map((value) => -value), ends)),
    downReversed: overlap(lowered, top(profiles[k], ends)),
    nearest: nearest[k],
  }));
  return {
    drugs: screened.toSorted((a, b) => b.reversal - a.reversal),
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
