import { type Dataset, type Matrix, matrixOf } from "../../datasets/dataset.ts";
import { geneType, morganFeatures, morganWidth } from "../../datasets/layouts/knowledge_graph/attach.ts";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { targetsOfDrugs } from "../../datasets/layouts/knowledge_graph/targets.ts";
import { lookedUp } from "../knowledge_graph/conditions.ts";

/** Morgan bits of each row's drug, rows x 1024; zeros without a structure, or where features say nothing. */
export function drugBits({ inputs: { features, drugNodeOfRow } }: Dataset<KnowledgeInputs>): Matrix {
  const own = features.find(({ file }) => file === morganFeatures);
  const count = own?.nodes.length ?? 0;
  // The last row is that of a drug without features.
  const table = new Float32Array((count + 1) * morganWidth);
  if (own) table.set(own.values);
  const place = new Map(Array.from(own?.nodes ?? [], (node, at) => [node, at]));
  return lookedUp(table, morganWidth, drugNodeOfRow.map((node) => place.get(node) ?? count));
}

/**
 * Mean of the vectors of each row's targets, zeros without any (kg-gat.md 8.2). Without a file of gene vectors a gene is a column of
 * its own, so that the first layer learns the vectors.
 */
export function targetMeans(data: Dataset<KnowledgeInputs>): Matrix {
  const { features } = data.inputs;
  const targets = targetsOfDrugs(data);
  const vectors = features.find(({ type, file }) => type === geneType && file !== "degree");
  const genes = genesOf(data);
  const columns = vectors ? vectors.width : genes.length;
  const place = new Map((vectors ? Array.from(vectors.nodes) : genes).map((node, at) => [node, at]));
  const table = new Float32Array(targets.length * Math.max(1, columns));
  targets.forEach((own, drug) => {
    for (const gene of own) {
      const at = place.get(gene);
      if (at === undefined) continue;
      if (!vectors) table[drug * columns + at] += 1 / own.length;
      else {for (let k = 0; k < columns; k++) {
          table[drug * columns + k] += vectors.values[at * columns + k] / own.length;
        }}
    }
  });
  return columns === 0 ? matrixOf(new Float32Array(data.rows), 1) : lookedUp(table, columns, data.drug.of);
}

/** Genes that drugs of the graph are joined to, as the data were read: the same columns whatever rows are asked. */
function genesOf({ inputs: { anchors: { graph } } }: Dataset<KnowledgeInputs>): number[] {
  const { types, typeOf, incoming: { starts, source } } = graph;
  const [drug, gene] = ["drug", geneType].map((type) => types.indexOf(type));
  const found = new Set<number>();
  typeOf.forEach((type, node) => {
    if (type !== drug) return;
    for (let at = starts[node]; at < starts[node + 1]; at++) {
      if (typeOf[source[at]] === gene) found.add(source[at]);
    }
  });
  return [...found].sort((a, b) => a - b);
}
