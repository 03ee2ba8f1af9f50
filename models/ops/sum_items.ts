import { broadcastAddKernel } from "../../kernels/sets/sets.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { recordRowSums } from "../../engine/ops/sum_rows.ts";

/**
 * Sum over each sample's set.
 *
 * Shapes: x [samples, items, width] -> [samples, width].
 * @throws {ShapeError} when x is not three-dimensional.
 */
export const sumItems: (step: Step, inputs: { x: Tensor }, attributes: void) => Tensor = defineOperation<
  { x: Tensor },
  void,
  { samples: number; items: number; width: number }
>({
  name: "sum_items",
  forward(step, { x }) {
    const [samples, items, width] = x.shape;
    if (x.shape.length !== 3) throw new ShapeError(`sumItems(): ${x} is not [samples, items, width].`);
    const y = step.empty([samples, width], "item sums");
    recordRowSums(step, x, { samples, rows: items, width }, y);
    return { output: y, saved: { samples, items, width } };
  },
  backward(step, { saved: sizes, dy, gradient }) {
    const dx = gradient("x");
    if (!dx) return;
    const repeat = broadcastAddKernel({ full: false, item: false, sample: true, activation: "none" });
    step.run(repeat, { full: dy, item: dy, sample: dy, mask: dy, y: dx }, {
      ...sizes,
      slope: 0,
      site: 0,
      rate: 0,
    });
  },
});
