import { padRows } from "../../kernels/matmul/matmul.ts";
import type { Step } from "../step.ts";
import type { MatrixView } from "./matmul.ts";

/** Whether a matrix is contiguous along one of its axes, as the "quads8" product needs it. */
export function hasUnitStride({ rowStride, columnStride }: MatrixView): boolean {
  return rowStride === 1 || columnStride === 1;
}

/** Elements that must be copied before a matrix can be read in quads: 0 where its rows begin on whole quads. */
export function paddingOf(view: MatrixView, batches: number): number {
  const outer = view.columnStride === 1 ? view.rowStride : view.columnStride;
  const aligned = outer % 4 === 0 && (batches === 1 || (view.batchStride ?? 0) % 4 === 0);
  return aligned ? 0 : batches * view.rows * view.columns;
}

/** The matrix itself where it can be read in quads, else a copy with padded rows. */
export function quadView(step: Step, view: MatrixView, batches: number): MatrixView {
  if (paddingOf(view, batches) === 0) return view;
  const alongColumns = view.columnStride === 1;
  const [rows, width] = alongColumns ? [view.rows, view.columns] : [view.columns, view.rows];
  const quads = Math.ceil(width / 4);
  const copy = step.empty([batches, rows, 4 * quads], `${view.tensor.label}, rows padded`);
  step.run(padRows, { x: view.tensor, y: copy }, {
    rows,
    width,
    quads,
    batches,
    start: 0,
    row: alongColumns ? view.rowStride : view.columnStride,
    batch: view.batchStride ?? 0,
  });
  const stride = 4 * quads;
  return {
    ...view,
    tensor: copy,
    rowStride: alongColumns ? stride : 1,
    columnStride: alongColumns ? 1 : stride,
    batchStride: rows * stride,
  };
}
