import { copyColumns } from "../../kernels/columns/columns.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { zero } from "./zero.ts";

const slice = defineOperation<{ x: Tensor }, { from: number; width: number }, void>({
  name: "split_columns",
  forward(step, { x }, { from, width }) {
    const [rows, columns] = x.shape;
    if (x.shape.length !== 2 || from < 0 || from + width > columns) {
      throw new ShapeError(`splitColumns(): columns ${from} to ${from + width} are not in ${x}.`);
    }
    const y = step.empty([rows, width], "columns");
    step.run(copyColumns, { x, y }, { rows, width, x_row: columns, x_from: from, y_row: width, y_to: 0 });
    return { output: y, saved: undefined };
  },
  backward(step, { inputs: { x }, attributes: { from, width }, dy, gradient }) {
    const [rows, columns] = x.shape;
    const dx = gradient("x");
    if (!dx) return;
    if (width < columns) zero(step, dx);
    step.run(copyColumns, { x: dy, y: dx }, {
      rows,
      width,
      x_row: width,
      x_from: 0,
      y_row: columns,
      y_to: from,
    });
  },
});

/**
 * Cuts a table into blocks of columns.
 *
 * Shapes: x [rows, sum of widths] -> one [rows, width] a width.
 * @throws {ShapeError} when the widths do not add up.
 */
export function splitColumns(step: Step, x: Tensor, widths: readonly number[]): Tensor[] {
  const sum = widths.reduce((total, width) => total + width, 0);
  if (sum !== x.shape[1]) {
    throw new ShapeError(`splitColumns(): widths add up to ${sum}, ${x} has ${x.shape[1]} columns.`);
  }
  let from = 0;
  return widths.map((width) => {
    const part = slice(step, { x }, { from, width });
    from += width;
    return part;
  });
}
