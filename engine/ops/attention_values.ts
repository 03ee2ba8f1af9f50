import type { MatmulVariant } from "../../kernels/matmul/matmul.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { AttentionLayout, AttentionSizes } from "./attention_sizes.ts";
import { sliceMatrix, weightMatrix, wholeBatch } from "./attention_weights.ts";
import { recordMatmul } from "./matmul.ts";
import { transposed } from "./matrix_view.ts";

/** Stored weights [heads * samples, queries, keys padded to whole quads] and values. */
export type AttentionValuesInputs = { weights: Tensor; v: Tensor };

/** Layout, and the number of keys, which the padded weights do not tell. */
export interface AttentionValuesAttributes extends Pick<AttentionLayout, "samples" | "heads"> {
  /** Queries a sample. */
  readonly queries: number;
  /** Overrules the choice of the product. */
  readonly variant?: MatmulVariant;
}

function sizesOf({ weights, v }: AttentionValuesInputs, attributes: AttentionValuesAttributes) {
  const { samples, heads, queries, variant } = attributes;
  const width = v.shape.at(-1)!;
  const keys = v.size / (width * samples);
  const stride = 4 * Math.ceil(keys / 4);
  const sizes: AttentionSizes = {
    samples,
    heads,
    queries,
    keys,
    depth: width / heads,
    stride,
    shared: false,
  };
  if (!Number.isInteger(keys) || width % heads !== 0 || weights.size !== samples * heads * queries * stride) {
    throw new ShapeError(`attentionValues(): weights ${weights} do not fit values ${v}.`);
  }
  return { sizes, slice: wholeBatch(sizes), batches: { outer: samples, inner: heads }, variant };
}

/**
 * Values weighted by stored attention weights, a head at a time.
 *
 * Shapes: weights [heads * samples, queries, stride] (row head * samples + sample, keys padded to whole quads), v [samples *
 * keys, width] -> [samples * queries, width].
 * @throws {ShapeError} when they disagree.
 */
export const attentionValues: (
  step: Step,
  inputs: AttentionValuesInputs,
  attributes: AttentionValuesAttributes,
) => Tensor = defineOperation<AttentionValuesInputs, AttentionValuesAttributes, void>({
  name: "attention_values",
  forward(step, inputs, attributes) {
    const { sizes, slice, batches, variant } = sizesOf(inputs, attributes);
    const y = step.empty([sizes.samples * sizes.queries, sizes.heads * sizes.depth], "attended values");
    recordMatmul(
      step,
      weightMatrix(inputs.weights, sizes, slice),
      sliceMatrix(inputs.v, sizes.keys, sizes, slice),
      sliceMatrix(y, sizes.queries, sizes, slice),
      { variant },
      batches,
    );
    return { output: y, saved: undefined };
  },
  backward(step, { inputs, attributes, dy, gradient, accumulate }) {
    const { sizes, slice, batches, variant } = sizesOf(inputs, attributes);
    const upstream = sliceMatrix(dy, sizes.queries, sizes, slice);
    const dv = gradient("v");
    if (dv) {
      const into = sliceMatrix(dv, sizes.keys, sizes, slice);
      const weights = transposed(weightMatrix(inputs.weights, sizes, slice));
      recordMatmul(step, weights, upstream, into, { variant }, batches);
    }
    // What lies behind the last key of a row is left as it is: nothing that finds scores' gradients looks there.
    const dweights = accumulate("weights");
    if (!dweights) return;
    const values = transposed(sliceMatrix(inputs.v, sizes.keys, sizes, slice));
    const into = weightMatrix(dweights.into, sizes, slice);
    recordMatmul(step, upstream, values, into, { variant, accumulate: dweights.add }, batches);
  },
});
