import {
  itemDotBackwardInput,
  itemDotBackwardWeight,
  itemDotForward,
} from "../../kernels/item_dot/item_dot.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { sumColumns } from "../../engine/ops/sum_rows.ts";

/** Inputs of the decoder with one vector an item. */
export type ItemDotInputs = { x: Tensor; weight: Tensor; bias: Tensor };

/**
 * y[s, i] = weight[i] . x[s, i] + bias[i]: `decoder_multiway` (badger.md 2.5).
 *
 * Shapes: x [samples, items, width], weight [items, width] (a leading 1 is fine), bias [items] -> [samples, items].
 * @throws {ShapeError} when they disagree.
 */
export const itemDot: (step: Step, inputs: ItemDotInputs, attributes: void) => Tensor = defineOperation<
  ItemDotInputs,
  void,
  { samples: number; items: number; width: number }
>({
  name: "item_dot",
  forward(step, { x, weight, bias }) {
    const width = weight.shape.at(-1) ?? 1;
    const items = weight.size / width;
    const samples = x.size / weight.size;
    if (x.shape.at(-1) !== width || !Number.isInteger(samples) || bias.size !== items) {
      throw new ShapeError(`itemDot(): x ${x} and bias ${bias} do not fit weight ${weight}.`);
    }
    const sizes = { samples, items, width };
    const y = step.empty([samples, items], "item products");
    step.run(itemDotForward(step.device.adapterClass), { x, weight, bias, y }, sizes);
    return { output: y, saved: sizes };
  },
  backward(step, { inputs: { x, weight }, saved: sizes, dy, gradient }) {
    const dx = gradient("x");
    if (dx) step.run(itemDotBackwardInput, { dy, weight, dx }, sizes);
    const dweight = gradient("weight");
    if (dweight) step.run(itemDotBackwardWeight, { dy, x, dweight }, sizes);
    const dbias = gradient("bias");
    if (dbias) sumColumns(step, dy, sizes.samples, sizes.items, dbias);
  },
});
