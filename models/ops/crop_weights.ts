import { copyColumns } from "../../kernels/columns/columns.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";

/** Attention weights without the padding of their rows, of which the gradient says nothing. Shapes: weights [.., stride] -> [.., keys]. */
export const cropWeights: (step: Step, inputs: { weights: Tensor }, attributes: { keys: number }) => Tensor =
  defineOperation<{ weights: Tensor }, { keys: number }, void>({
    name: "crop_weights",
    forward(step, { weights }, { keys }) {
      const stride = weights.shape.at(-1)!;
      const y = step.empty([...weights.shape.slice(0, -1), keys], "attention weights");
      step.run(copyColumns, { x: weights, y }, {
        rows: weights.size / stride,
        width: keys,
        x_row: stride,
        x_from: 0,
        y_row: keys,
        y_to: 0,
      });
      return { output: y, saved: undefined };
    },
    backward(step, { inputs: { weights }, attributes: { keys }, dy, gradient }) {
      const stride = weights.shape.at(-1)!;
      const dx = gradient("weights");
      if (!dx) return;
      step.run(copyColumns, { x: dy, y: dx }, {
        rows: weights.size / stride,
        width: keys,
        x_row: keys,
        x_from: 0,
        y_row: stride,
        y_to: 0,
      });
    },
  });
