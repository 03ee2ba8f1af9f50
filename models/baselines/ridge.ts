import { z } from "zod";
import type { Dataset } from "../../datasets/dataset.ts";
import type { Split } from "../../datasets/types.ts";
import type { NamedTensors } from "../training_task.ts";
import type { Model } from "../model.ts";
import { chunksOf, closedForm, type Fit, truthOf } from "./closed_form.ts";
import { products, transposed } from "./dense_algebra.ts";
import { floatTensor, namesOf, nameTensor, valuesOf } from "./name_tensor.ts";
import { fitRidge } from "./ridge_fit.ts";
import { cellWeight, RowFeatures } from "./row_features.ts";

/** How features and penalty are chosen. */
export interface RidgeSettings {
  /** Length of the Morgan fingerprint. */
  readonly bits: 1024 | 2048;
  /** Of which the validation rows choose one. */
  readonly penalties: readonly number[];
}

/** Settings of every model that looks at fingerprints. */
export const bitsField = z.union([z.literal(1024), z.literal(2048)]).describe(
  "length of the Morgan fingerprint of the drug",
);

const ridgeSchema: z.ZodType<RidgeSettings> = z.strictObject({
  bits: bitsField,
  penalties: z.array(z.number().positive()).min(1).describe(
    "penalties of which the validation rows choose one",
  ),
});

/** What predictions are computed from: tensors of the state, the dense weights once more, by output. */
interface Weights {
  readonly tensors: NamedTensors;
  readonly bias: Float32Array;
  readonly bits: Float32Array;
  readonly cells: ReadonlyMap<string, Float32Array>;
  /** [outputs, dense columns] */
  readonly dense: Float64Array;
  readonly denseMeans: Float32Array;
}

/** L1 of field.md section 4, with the basal profile where there is one. */
export const ridge: Model<RidgeSettings> = ridgeModel({
  name: "ridge",
  title: "Ridge",
  summary:
    "ridge regression on Morgan bits, dose, time, cell line and basal profile; penalty by the validation rows",
}, (data) => data);

/** A ridge regression on what `seen` leaves of a row table. */
export function ridgeModel(
  said: Pick<Model, "name" | "title" | "summary"> & Partial<Pick<Model, "layouts">>,
  seen: (data: Dataset) => Dataset,
): Model<RidgeSettings> {
  return closedForm<RidgeSettings>({
    ...said,
    settings: ridgeSchema,
    released: { bits: 1024, penalties: [10, 100, 1e3, 1e4, 1e5] },
    open: async ({ data, split, settings }) => await openRidge(seen(data), split, settings),
  });
}

async function openRidge(data: Dataset, split: Split, settings: RidgeSettings): Promise<Fit> {
  const outputs = data.outputs.names.length;
  const features = await RowFeatures.of(data, settings.bits);
  const columns = features.denseColumns;
  let weights: Weights;
  const put = (tensors: NamedTensors) => {
    const names = namesOf(tensors, "cells.names");
    const cells = valuesOf(tensors, "cells.weight", [names.length, outputs]);
    weights = {
      tensors,
      bias: valuesOf(tensors, "bias", [outputs]),
      bits: valuesOf(tensors, "bits.weight", [settings.bits, outputs]),
      cells: new Map(names.map((name, k) => [name, cells.subarray(k * outputs, (k + 1) * outputs)])),
      dense: transposed(valuesOf(tensors, "dense.weight", [columns, outputs]), outputs),
      denseMeans: valuesOf(tensors, "dense.mean", [columns]),
    };
    return `penalty ${valuesOf(tensors, "penalty")[0]}`;
  };
  return {
    fit() {
      const fit = fitRidge(features, truthOf(data), split, settings.penalties);
      const cells = [...fit.cells];
      return put(
        new Map([
          ["penalty", floatTensor([], [fit.penalty])],
          ["bias", floatTensor([outputs], fit.bias)],
          ["bits.weight", floatTensor([settings.bits, outputs], fit.bits)],
          ["cells.names", nameTensor(cells.map(([cell]) => data.cell.ids[cell]))],
          ["cells.weight", floatTensor([cells.length, outputs], cells.flatMap(([, values]) => [...values]))],
          ["dense.weight", floatTensor([columns, outputs], fit.dense)],
          ["dense.mean", floatTensor([columns], fit.denseMeans)],
        ]),
      );
    },
    predict(rows) {
      const predicted = new Float32Array(rows.length * outputs);
      let place = 0;
      for (const chunk of chunksOf(rows)) {
        const dense = features.dense(chunk).map((value, at) =>
          Number.isNaN(value) ? weights.denseMeans[at % columns] : value
        );
        const sums = products(dense, weights.dense, columns);
        chunk.forEach((row, k) => {
          const own = sums.subarray(k * outputs, (k + 1) * outputs);
          addScaled(own, weights.bias, 1);
          for (const bit of features.onBits[data.drug.of[row]]) {
            addScaled(own, weights.bits.subarray(bit * outputs, (bit + 1) * outputs), 1);
          }
          const cell = weights.cells.get(data.cell.ids[data.cell.of[row]]);
          if (cell) addScaled(own, cell, cellWeight);
        });
        predicted.set(sums, place);
        place += sums.length;
      }
      return predicted;
    },
    state: () => weights.tensors,
    restore: put,
  };
}

function addScaled(sums: Float64Array, values: Float32Array, factor: number): void {
  for (let k = 0; k < sums.length; k++) sums[k] += factor * values[k];
}
