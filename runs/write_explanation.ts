import { csvLine } from "../datasets/readers/csv_line.ts";
import { float32Text } from "../datasets/readers/float32_text.ts";
import { saveSafetensors } from "../host/checkpoint/save_safetensors.ts";
import type { StoredTensor } from "../host/checkpoint/stored_tensor.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { renderExplainPage } from "../report/explain_page.ts";
import type { ExplanationReport } from "../report/explanation.ts";

/**
 * Writes an explanation into a folder: `explanation.html`, tables of what the model has (`genes.csv`, `fragments.csv`,
 * `pathways.csv`, `routes.csv`, `pairs.csv`) and, where it has heads, `attention.safetensors` with every head's weights.
 * @example
 * ```ts
 * await writeExplanation("explanation", await explainPrediction("runs/badger", "vorinostat", { cell: "A375" }));
 * ```
 */
export async function writeExplanation(folder: string, report: ExplanationReport): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const tables = { genes, fragments, pathways, routes, pairs };
  for (const [name, lines] of Object.entries(tables)) {
    const [head, ...body] = lines(report);
    if (body.length > 0) await writeFileAtomic(`${folder}/${name}.csv`, [head, ...body].map(csvLine));
  }
  const { explanation: { heads, fragments: parts, pathways: names, genes: symbols }, run, drug, cell } =
    report;
  if (heads.size > 0) {
    await saveSafetensors(`${folder}/attention.safetensors`, heads as Map<string, StoredTensor>, {
      format: "perturbine attention 1",
      axes:
        "heads, queries, keys; fragment keys are padded, the pseudo token is the last key of path_mab.1 and sign_mab.1",
      run,
      drug: drug.smiles,
      cell,
      fragments: JSON.stringify(parts.map(({ smiles }) => smiles)),
      pathways: JSON.stringify(names),
      genes: JSON.stringify(symbols),
    });
  }
  await writeFileAtomic(`${folder}/explanation.html`, await renderExplainPage(report));
}

const digits = (value: number) => value.toPrecision(6);

function genes({ explanation: { genes, prediction } }: ExplanationReport): string[][] {
  return [["gene", "score"], ...genes.map((gene, at) => [gene, float32Text(prediction[at])])];
}

function fragments({ explanation }: ExplanationReport): string[][] {
  return [
    ["fragment", "attention", "score_change_without", "atoms"],
    ...explanation.fragments.map(({ smiles, attention, effect, atoms }) => [
      smiles,
      digits(attention),
      effect === null ? "" : digits(effect),
      atoms.join(" "),
    ]),
  ];
}

function pathways(
  { explanation: { maps, fragments, pathways, knownPathways, genes } }: ExplanationReport,
): string[][] {
  const toFragment = maps["pathway-fragment"]?.values, fromGene = maps["gene-pathway"]?.values;
  const head = [
    "pathway",
    "known",
    "attention_on_drug",
    "attention_from_genes",
    ...fragments.map(({ smiles }) => smiles),
  ];
  if (!toFragment || !fromGene) return [head];
  const count = fragments.length, known = new Set(knownPathways);
  return [
    head,
    ...pathways.map((name, pathway) => {
      const own = Array.from(toFragment.subarray(pathway * count, (pathway + 1) * count));
      const asked = genes.reduce((sum, _, gene) => sum + fromGene[gene * pathways.length + pathway], 0);
      const onDrug = own.reduce((sum, value) => sum + value, 0);
      return [
        name,
        known.has(name) ? "1" : "0",
        digits(onDrug),
        digits(asked / genes.length),
        ...own.map(digits),
      ];
    }),
  ];
}

function routes(
  { explanation: { fragments, pathways, genes, prediction }, routes: found }: ExplanationReport,
): string[][] {
  return [
    ["fragment", "pathway", "gene_asked", "gene_predicted", "score", "strength"],
    ...(found?.routes ?? []).map(({ fragment, pathway, source, target, strength }) => [
      fragments[fragment].smiles,
      pathway === undefined ? "" : pathways[pathway],
      genes[source],
      genes[target],
      float32Text(prediction[target]),
      digits(strength),
    ]),
  ];
}

function pairs({ explanation }: ExplanationReport): string[][] {
  return [
    ["gene", "other_gene", "score", "in_interaction_graph"],
    ...explanation.pairs.map((
      { genes: [a, b], score, inGraph },
    ) => [a, b, digits(score), inGraph ? "1" : "0"]),
  ];
}
