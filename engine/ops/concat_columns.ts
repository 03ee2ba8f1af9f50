import { copyColumns } from "../../kernels/columns/columns.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

const concat = defineOperation<Record<string, Tensor>, void, void>({
  name: "concat_columns",
  forward(step, inputs) {
    const parts = Object.values(inputs);
    const rows = parts[0].shape[0];
    const odd = parts.find(({ shape }) => shape.length !== 2 || shape[0] !== rows);
    if (odd) throw new ShapeError(`concatColumns(): ${odd} has not the ${rows} rows of ${parts[0]}.`);
    const width = parts.reduce((sum, { shape }) => sum + shape[1], 0);
    const y = step.empty([rows, width], "concat");
    let to = 0;
    for (const x of parts) {
      step.run(copyColumns, { x, y }, {
        rows,
        width: x.shape[1],
        x_row: x.shape[1],
        x_from: 0,
        y_row: width,
        y_to: to,
      });
      to += x.shape[1];
    }
    return { output: y, saved: undefined };
  },
  backward(step, { inputs, output, dy, gradient }) {
    let from = 0;
    for (const [name, { shape: [rows, width] }] of Object.entries(inputs)) {
      const dx = gradient(name);
      if (dx) {
        step.run(copyColumns, { x: dy, y: dx }, {
          rows,
          width,
          x_row: output.shape[1],
          x_from: from,
          y_row: width,
          y_to: 0,
        });
      }
      from += width;
    }
  },
});

/**
 * Tables side by side.
 *
 * Shapes: parts [rows, width_k] -> [rows, sum of widths].
 * @throws {ShapeError} when rows differ.
 */
export function concatColumns(step: Step, parts: readonly Tensor[]): Tensor {
  return concat(step, Object.fromEntries(parts.map((part, k) => [`part${k}`, part])));
}
