import { csvLine } from "../../datasets/readers/csv_line.ts";
import { float32Text } from "../../datasets/readers/float32_text.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { saveSafetensors } from "../../host/checkpoint/save_safetensors.ts";
import type { StoredTensor } from "../../host/checkpoint/stored_tensor.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import type { Routes } from "./attention_routes.ts";
import type { Explanation } from "./explain_prediction.ts";
import { renderExplanation } from "./report/explain_page.ts";

/**
 * Writes an explanation into a folder: `explanation.html`, the tables `fragments.csv`, `pathways.csv`, `routes.csv` and
 * `genes.csv`, and `attention.safetensors` with every head's weights and the names of their axes as metadata.
 */
export async function writeExplanation(
  folder: string,
  run: string,
  explanation: Explanation,
  routes: Routes,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const { fragments, pathways, knownPathways, genes, scores, attention, maps, drug, cell } = explanation;
  const digits = (value: number) => value.toPrecision(6);
  const write = (name: string, lines: string[]) => writeFileAtomic(`${folder}/${name}`, lines);
  await write("fragments.csv", [
    csvLine(["fragment", "attention", "score_change_without", "atoms"]),
    ...fragments.map(({ smiles, attention, effect, atoms }) =>
      csvLine([smiles, digits(attention), effect === null ? "" : digits(effect), atoms.join(" ")])
    ),
  ]);
  const { pathwayFragment, genePathway } = attention;
  if (pathwayFragment && genePathway) {
    await write("pathways.csv", [
      csvLine([
        "pathway",
        "known",
        "attention_on_drug",
        "attention_from_genes",
        ...fragments.map(({ smiles }) => smiles),
      ]),
      ...pathways.map((name, pathway) => {
        const own = Array.from(
          pathwayFragment.subarray(pathway * fragments.length, (pathway + 1) * fragments.length),
        );
        const from = genes.reduce((sum, _, gene) => sum + genePathway[gene * pathways.length + pathway], 0);
        const drug = own.reduce((sum, value) => sum + value, 0);
        return csvLine([
          name,
          knownPathways.has(name) ? "1" : "0",
          digits(drug),
          digits(from / genes.length),
          ...own.map(digits),
        ]);
      }),
    ]);
  }
  await write("routes.csv", [
    csvLine(["fragment", "pathway", "gene_asked", "gene_predicted", "score", "strength"]),
    ...routes.routes.map(({ fragment, pathway, source, target, strength }) =>
      csvLine([
        fragments[fragment].smiles,
        pathway === undefined ? "" : pathways[pathway],
        genes[source],
        genes[target],
        float32Text(scores[target]),
        digits(strength),
      ])
    ),
  ]);
  await write("genes.csv", [
    csvLine(["gene", "score"]),
    ...genes.map((gene, at) => csvLine([gene, float32Text(scores[at])])),
  ]);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { heads, queries, keys, weights }] of maps) {
    tensors.set(name, { dtype: "F32", shape: [heads, queries, keys], data: weights });
  }
  await saveSafetensors(`${folder}/attention.safetensors`, tensors, {
    format: "perturbine attention 1",
    axes:
      "heads, queries, keys; fragment keys are padded, the pseudo token is the last key of path_mab.1 and sign_mab.1",
    run,
    drug: drug.smiles,
    cell,
    fragments: JSON.stringify(fragments.map(({ smiles }) => smiles)),
    pathways: JSON.stringify(pathways),
    genes: JSON.stringify(genes),
  });
  await writeFileAtomic(
    `${folder}/explanation.html`,
    renderExplanation({ explanation, routes, run }, await Chemistry.load()),
  );
}
