import { rowsOfSum, sumRowsKernel } from "../../kernels/reduce/reduce.ts";
import { cutSum } from "../cut.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Extents of a table that is summed over its rows. */
export interface RowSumSizes {
  /** Tables, one after the other. */
  readonly samples: number;
  /** Rows of each, which are added up. */
  readonly rows: number;
  /** Columns. */
  readonly width: number;
}

/** Records each sample's sum over its rows, [samples, rows, width] -> `out` [samples, width], in fixed order; 0 over no rows. */
export function recordRowSums(
  step: Step,
  x: Tensor,
  { samples, rows, width }: RowSumSizes,
  out: Tensor,
): void {
  const { each: chunk, pieces: chunks } = cutSum(rows, rowsOfSum);
  const sums = chunks === 1 ? out : step.empty([samples, chunks, width], "row sums by chunk");
  step.run(sumRowsKernel, { x, sums }, { samples, rows, width, chunk, chunks });
  if (chunks === 1) return;
  step.run(sumRowsKernel, { x: sums, sums: out }, { samples, rows: chunks, width, chunk: chunks, chunks: 1 });
}

/** Records the sums over rows of [rows, columns] into `out` [columns]. */
export function sumColumns(step: Step, x: Tensor, rows: number, columns: number, out: Tensor): void {
  recordRowSums(step, x, { samples: 1, rows, width: columns }, out);
}
