import { z } from "zod";
import { closedForm, truthOf } from "../../../models/baselines/closed_form.ts";
import { Cholesky, products, transposed } from "../../../models/baselines/dense_algebra.ts";
import { valuesOf } from "../../../models/baselines/name_tensor.ts";
import { RowFeatures } from "../../../models/baselines/row_features.ts";
import type { Model } from "../../../models/model.ts";

/** What is added to the diagonal of the kernel. */
export interface KernelRidgeSettings {
  readonly penalty: number;
}

/** Y* = K* (K + penalty I)⁻¹ Y, rows alike by their drugs and cell lines: the closed form of docs/new_model.md. */
export const kernelRidge: Model<KernelRidgeSettings> = closedForm<KernelRidgeSettings>({
  name: "kernel-ridge",
  title: "Kernel ridge",
  summary: "kernel ridge regression: rows alike by Tanimoto similarity of their drugs, and by cell line",
  settings: z.strictObject({
    penalty: z.number().positive().describe("added to the diagonal of the kernel"),
  }),
  released: { penalty: 0.5 },
  looksAtTraining: true,
  async open({ data, split: { train }, settings: { penalty } }) {
    const { onBits } = await RowFeatures.of(data, 1024);
    const { drug, cell } = data, outputs = data.outputs.names.length;
    const sets = onBits.map((bits) => new Set(bits));
    const alike = sets.map((a, i) =>
      sets.map((b, j) => i === j ? 1 : a.intersection(b).size / Math.max(1, a.union(b).size))
    );
    // All rows have 1 in common, so that there is a mean to learn.
    const kernel = (rows: Uint32Array) =>
      Float64Array.from({ length: rows.length * train.length }, (_, at) => {
        const a = rows[Math.floor(at / train.length)], b = train[at % train.length];
        return 1 + alike[drug.of[a]][drug.of[b]] + (cell.of[a] === cell.of[b] ? 1 : 0);
      });
    let weights: Float32Array<ArrayBuffer>; // outputs x training rows
    return {
      fit() {
        const inverse = new Cholesky(kernel(train), train.length, penalty);
        const byOutput = transposed(truthOf(data).take(train), outputs);
        weights = Float32Array.from(inverse.solveRows(byOutput));
        return undefined;
      },
      predict: (rows) => Float32Array.from(products(kernel(rows), Float64Array.from(weights), train.length)),
      state: () => new Map([["weights", { shape: [outputs, train.length], dtype: "F32", data: weights }]]),
      restore(state) {
        weights = valuesOf(state, "weights", [outputs, train.length]);
        return undefined;
      },
    };
  },
});
