import type { Dataset } from "../../datasets/dataset.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { Explanation } from "../explanation.ts";
import type { ProfileInputs } from "../../datasets/layouts/basal_profiles/inputs.ts";
import { meanAttentionMap, topPairs } from "./attention_maps.ts";
import type { Csg2aTask } from "./task.ts";

/** Pairs of genes that are listed. */
const listedPairs = 200;

/**
 * The mean gene-gene attention of rows of one drug, dose and time (csg2a.md 4.4), the interaction graph included, and its
 * strongest pairs: i < j, since it has no direction, without the diagonal.
 *
 * @throws {UserError} when the rows are of several conditions, or the network has no attention.
 */
export async function explainCsg2a(
  task: Csg2aTask,
  data: Dataset<ProfileInputs>,
  rows: Uint32Array,
): Promise<Explanation> {
  const { stage, model } = task.options;
  if (model.plainLinear) {
    throw new UserError(
      "This CSG2A was trained with --plain-linear: it has no attention to explain; give a run that has.",
    );
  }
  const { inputs } = data;
  const molecule = oneOf(rows, (row) => inputs.moleculeOfRow[row], "molecule");
  oneOf(rows, (row) => inputs.samples.dose[row], "dose");
  oneOf(rows, (row) => inputs.samples.time[row], "time");

  const { genes, ppi } = inputs;
  const n = genes.length;
  const { profiles, conditions } = await task.blockInputs(rows);
  const parameters = await task.parameters();
  const weight = (key: string) =>
    parameters.get(stage === "pretraining" ? key : `CSG2A.${key}`)!.data as Float32Array;
  const graph = new Uint8Array(n * n);
  for (let gene = 0; gene < n; gene++) {
    for (const other of ppi.indices.subarray(ppi.indptr[gene], ppi.indptr[gene + 1])) {
      graph[gene * n + other] = 1;
    }
  }
  const map = meanAttentionMap(
    { wGex: weight("w_gex"), wComp: weight("w_comp") },
    { profiles, condition: conditions.subarray(0, n) },
    n,
    graph,
  );
  return {
    smiles: inputs.molecules[molecule].smiles,
    genes,
    prediction: meanOfRows(await task.predict(rows), rows.length),
    pathways: [],
    knownPathways: [],
    fragments: [],
    maps: { "gene-gene": { axes: ["genes", "genes"], shape: [n, n], values: map } },
    pairs: topPairs(map, n, listedPairs).map(({ i, j, score }) => ({
      genes: [genes[i], genes[j]],
      score,
      inGraph: graph[i * n + j] === 1,
    })),
    heads: new Map(),
  };
}

function oneOf(rows: Uint32Array, of: (row: number) => number, what: string): number {
  const values = [...new Set(Array.from(rows, of))];
  if (values.length === 1) return values[0];
  throw new UserError(
    `${values.length} different values of ${what} among the ${rows.length} rows to explain, expected one; ` +
      "choose rows of one condition.",
  );
}

function meanOfRows(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const sums = new Float64Array(columns);
  values.forEach((value, at) => sums[at % columns] += value);
  return Float32Array.from(sums, (sum) => sum / rows);
}
