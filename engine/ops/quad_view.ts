import { padRows } from "../../kernels/matmul/matmul.ts";
import type { Step } from "../step.ts";
import type { Batches, MatrixView } from "./matrix_view.ts";

/** Whether a matrix is contiguous along one of its axes, as the "quads8" product needs it. */
export function hasUnitStride({ rowStride, columnStride }: MatrixView): boolean {
  return rowStride === 1 || columnStride === 1;
}

/** Elements that must be copied before a matrix can be read in quads: 0 where its rows begin on whole quads. */
export function paddingOf(view: MatrixView, batches: Batches): number {
  const outer = view.columnStride === 1 ? view.rowStride : view.columnStride;
  const starts = [view.start ?? 0, strideOf(view, batches, "outer"), strideOf(view, batches, "inner")];
  if ([outer, ...starts].every((stride) => stride % 4 === 0)) return 0;
  const { outer: samples, inner: parts } = distinct(view, batches);
  return samples * parts * view.rows * view.columns;
}

/** The stride of one level of a batch; 0 where that level has one member, so that no stride is asked of it. */
function strideOf(view: MatrixView, batches: Batches, level: "outer" | "inner"): number {
  if (batches[level] === 1) return 0;
  return (level === "outer" ? view.batchStride : view.innerStride) ?? 0;
}

/** Batches that differ: a level of stride 0 repeats the same matrix. */
function distinct(view: MatrixView, batches: Batches): Batches {
  return {
    outer: strideOf(view, batches, "outer") === 0 ? 1 : batches.outer,
    inner: strideOf(view, batches, "inner") === 0 ? 1 : batches.inner,
  };
}

/** The matrix itself where it can be read in quads, else a copy with padded rows. */
export function quadView(step: Step, view: MatrixView, batches: Batches): MatrixView {
  if (paddingOf(view, batches) === 0) return view;
  const alongColumns = view.columnStride === 1;
  const [rows, width] = alongColumns ? [view.rows, view.columns] : [view.columns, view.rows];
  const quads = Math.ceil(width / 4);
  const { outer, inner } = distinct(view, batches);
  const copy = step.empty([outer * inner, rows, 4 * quads], `${view.tensor.label}, rows padded`);
  step.run(padRows, { x: view.tensor, y: copy }, {
    rows,
    width,
    quads,
    batches: outer * inner,
    inner,
    start: view.start ?? 0,
    row: alongColumns ? view.rowStride : view.columnStride,
    batch: strideOf(view, batches, "outer"),
    part: strideOf(view, batches, "inner"),
  });
  const stride = 4 * quads;
  return {
    ...view,
    tensor: copy,
    start: 0,
    rowStride: alongColumns ? stride : 1,
    columnStride: alongColumns ? 1 : stride,
    batchStride: outer === 1 ? 0 : inner * rows * stride,
    innerStride: inner === 1 ? 0 : rows * stride,
  };
}
