import { withRows } from "../matrix.ts";
import { selectSamples } from "./sample_table.ts";
import type { FinetuningData, PredictionInput, PretrainingData } from "../types.ts";

/** Any of the data sets that have one molecule and one basal profile a row. */
export type MoleculeData = PretrainingData | FinetuningData | PredictionInput;

/** The given rows of a row-major matrix with `width` columns, in the given order. */
export function selectMatrixRows(
  values: Float32Array,
  width: number,
  rows: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const selected = new Float32Array(rows.length * width);
  for (let index = 0; index < rows.length; index++) {
    selected.set(values.subarray(rows[index] * width, (rows[index] + 1) * width), index * width);
  }
  return selected;
}

/** The same data set with only the given rows, in the given order. */
export function selectRows<Data extends MoleculeData>(data: Data, rows: ArrayLike<number>): Data;
export function selectRows(data: MoleculeData, rows: ArrayLike<number>): MoleculeData {
  const samples = selectSamples(data.samples, rows);
  const basal = withRows(data.basal, rows);
  switch (data.kind) {
    case "pretraining":
      return { ...data, samples, basal, perturbed: withRows(data.perturbed, rows) };
    case "finetuning":
      return { ...data, samples, basal, logIc50: selectMatrixRows(data.logIc50, 1, rows) };
    case "prediction":
      return { ...data, samples, basal };
  }
}
