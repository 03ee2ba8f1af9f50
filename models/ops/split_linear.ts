import { broadcastAddKernel } from "../../kernels/sets/sets.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { BroadcastAddAttributes } from "../../engine/ops/broadcast_add.ts";
import { recordTailGradient } from "../../engine/ops/elementwise.ts";
import { addMatmul, recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, type MatrixView, transposed } from "../../engine/ops/matrix_view.ts";
import { requireRate } from "../../engine/ops/require_rate.ts";
import { recordRowSums, sumColumns } from "../../engine/ops/sum_rows.ts";

/** Inputs of a linear layer on concat(item part, sample part), or the other way round. */
export type SplitLinearInputs = {
  /** [samples, items, a], or [items, a] where all samples share it. */
  items: Tensor;
  /** [samples, b]. */
  samples: Tensor;
  /** [out, a + b]: the key a PyTorch layer on the concatenation has. */
  weight: Tensor;
  /** [out]. */
  bias?: Tensor;
  /** [samples, items]: data, 1 for a row that counts and 0, behind a ReLU, for one that does not; the gradient knows no other. */
  mask?: Tensor;
};

/** Order of the concatenation, and what follows the product. */
export interface SplitLinearAttributes extends BroadcastAddAttributes {
  /** Which part comes first in the concatenation. */
  readonly first: "items" | "samples";
  /** A dropout behind the activation; `site` as of `elementwise`. */
  readonly dropout?: { readonly rate: number; readonly site: number };
}

/** The columns of the weight that each part meets. */
type Halves = { readonly items: MatrixView; readonly samples: MatrixView; readonly shared: boolean };

function halvesOf({ items, samples, weight }: SplitLinearInputs, attributes: SplitLinearAttributes): Halves {
  const [out, width] = weight.shape;
  const [itemWidth, sampleWidth] = [items.shape.at(-1) ?? 1, samples.shape.at(-1) ?? 1];
  const shared = items.size === attributes.items * itemWidth;
  const rows = attributes.items * (shared ? 1 : attributes.samples);
  const fit = items.size === rows * itemWidth && samples.size === attributes.samples * sampleWidth;
  if (width !== itemWidth + sampleWidth || !fit) {
    throw new ShapeError(`splitLinear(): ${weight} does not take ${items} beside ${samples}.`);
  }
  const columns = (count: number, start: number) => ({
    ...matrix(weight, out, width),
    columns: count,
    start,
  });
  const itemFirst = attributes.first === "items";
  return {
    items: columns(itemWidth, itemFirst ? 0 : sampleWidth),
    samples: columns(sampleWidth, itemFirst ? itemWidth : 0),
    shared,
  };
}

/**
 * dropout(activation(concat(items, samples repeated) W' + bias)) mask without the concatenation: the sample's half of the product
 * is computed once a sample, a shared items' half once a batch (badger.md 6: gene fusion, CIGER's first layer).
 *
 * Shapes: as the inputs say -> [samples, items, out].
 * @throws {ShapeError} when widths do not add up to those of the weight, the slope is negative, a mask has not a value a row
 *   or follows no ReLU.
 * @throws {RangeError} for a dropout rate outside [0, 1].
 */
export const splitLinear: (
  step: Step,
  inputs: SplitLinearInputs,
  attributes: SplitLinearAttributes,
) => Tensor = defineOperation<SplitLinearInputs, SplitLinearAttributes, Halves>({
  name: "split_linear",
  forward(step, inputs, attributes) {
    const { bias, mask } = inputs;
    const { samples, items, activation = "none", slope = 0, dropout } = attributes;
    const { rate, site } = dropout ?? { rate: 0, site: 0 };
    requireRate("splitLinear", rate);
    const halves = halvesOf(inputs, attributes);
    const { rows: width } = halves.items;
    if (slope < 0 || (dropout && activation === "none")) {
      throw new ShapeError(
        `splitLinear(): slope ${slope} of the leaky ReLU must not be negative, and a dropout needs an activation before it.`,
      );
    }
    if (mask && (mask.size !== samples * items || activation !== "relu")) {
      throw new ShapeError(
        `splitLinear(): mask ${mask} needs a value each of ${samples * items} rows, and a ReLU before it.`,
      );
    }
    const half = (x: Tensor, factor: MatrixView, bias?: Tensor) => {
      const rows = x.size / factor.columns;
      const y = step.empty([rows, width], "half of a product");
      recordMatmul(step, matrix(x, rows, factor.columns), transposed(factor), y, { bias });
      return y;
    };
    const perItem = half(inputs.items, halves.items);
    const perSample = half(inputs.samples, halves.samples, bias);
    const y = step.empty([samples, items, width], "split linear");
    const parts = { full: !halves.shared, item: halves.shared, sample: true, activation };
    const kernel = broadcastAddKernel({ ...parts, dropout: rate > 0, mask: !!mask });
    step.run(kernel, { full: perItem, item: perItem, sample: perSample, mask: mask ?? perItem, y }, {
      samples,
      items,
      width,
      slope,
      site,
      rate,
    });
    return { output: y, saved: halves };
  },
  backward(step, { inputs, attributes, output, saved: halves, dy, accumulate }) {
    const { samples, items, activation = "none" } = attributes;
    const { rows: width } = halves.items;
    let dz = dy;
    if (activation !== "none") {
      // All that follows the sum keeps its sign or makes zero, and a row that a mask makes zero is behind a ReLU.
      dz = step.empty(output.shape, "d(split linear before activation)");
      recordTailGradient(step, attributes, output, dy, dz);
    }
    const perSample = step.empty([samples, width], "d(half of a sample)");
    recordRowSums(step, dz, { samples, rows: items, width }, perSample);
    let perItem = dz;
    if (halves.shared) {
      perItem = step.empty([items, width], "d(half of an item)");
      sumColumns(step, dz, samples, items * width, perItem);
    }
    const dweight = accumulate("weight");
    const dbias = inputs.bias && accumulate("bias");
    const half = (name: "items" | "samples", gradient: Tensor) => {
      const { [name]: x } = inputs, { [name]: factor } = halves;
      const rows = x.size / factor.columns;
      const given = matrix(gradient, rows, width);
      const sums = name === "samples" ? dbias : undefined;
      if (dweight) {
        // Both halves together are the whole gradient: neither needs zeros first.
        const target = { ...factor, tensor: dweight.into };
        addMatmul(step, transposed(given), matrix(x, rows, factor.columns), dweight, sums, target);
      } else if (sums) sumColumns(step, gradient, rows, width, sums.into, sums.add);
      const dx = accumulate(name, true);
      if (dx) addMatmul(step, given, factor, dx);
    };
    half("samples", perSample);
    half("items", perItem);
  },
});
