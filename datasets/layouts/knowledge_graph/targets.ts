import type { Dataset } from "../../dataset.ts";
import { geneType } from "./attach.ts";
import type { KnowledgeInputs } from "./inputs.ts";

/** Genes that each drug of the rows is joined to in the graph, one list a drug, ascending; empty where there are none. */
export function targetsOfDrugs(
  { drug, inputs: { graph, drugNodeOfRow } }: Dataset<KnowledgeInputs>,
): Uint32Array<ArrayBuffer>[] {
  const { types, typeOf, incoming: { starts, source } } = graph;
  const gene = types.indexOf(geneType);
  const nodeOf = new Map<number, number>();
  drug.of.forEach((unit, row) => nodeOf.set(unit, drugNodeOfRow[row]));
  return drug.ids.map((_, unit) => {
    const node = nodeOf.get(unit);
    if (node === undefined) return new Uint32Array();
    const genes = source.subarray(starts[node], starts[node + 1]).filter((other) => typeOf[other] === gene);
    return Uint32Array.from(new Set(genes)).sort();
  });
}
