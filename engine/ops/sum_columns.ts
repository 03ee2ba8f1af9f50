import { columnChunk, reduceColumns } from "../../kernels/reduce/reduce.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Records the sums over rows of [rows, columns] into `out` [columns]: in chunks of rows, then over the chunks. */
export function sumColumns(step: Step, x: Tensor, rows: number, columns: number, out: Tensor): void {
  const chunks = Math.ceil(rows / columnChunk);
  if (chunks <= 1) return step.run(reduceColumns, { x, sums: out }, { rows, columns, chunk: columnChunk });
  const partial = step.empty([chunks, columns], "column sums");
  step.run(reduceColumns, { x, sums: partial }, { rows, columns, chunk: columnChunk });
  sumColumns(step, partial, chunks, columns, out);
}
