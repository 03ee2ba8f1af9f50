import { specialise, type Uniforms } from "../../kernels/descriptor.ts";
import {
  chooseMatmul,
  halfMatmulKernel,
  matmulKernel,
  type MatmulVariant,
  packHalves,
  quadMatmulKernel,
} from "../../kernels/matmul/matmul.ts";
import { matmulVariantTunable } from "../../kernels/matmul/tunable.ts";
import { ShapeError } from "../errors.ts";
import type { Step } from "../step.ts";
import { Tensor } from "../tensor.ts";
import { hasUnitStride, paddingOf, quadView } from "./quad_view.ts";

/**
 * A matrix (or a batch of them) inside a tensor: element (row, column) at start + row * rowStride + column *
 * columnStride, plus outer * batchStride + inner * innerStride in a batch. A stride left out is 0: the matrix is shared.
 */
export interface MatrixView {
  readonly tensor: Tensor;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
  readonly start?: number;
  readonly batchStride?: number;
  readonly innerStride?: number;
}

/** A batch of two levels, such as samples and heads. */
export interface Batches {
  readonly outer: number;
  readonly inner: number;
}

/** What happens to a product before it is stored. */
export interface Epilogue {
  readonly bias?: Tensor;
  readonly activation?: "none" | "relu" | "leakyRelu";
  readonly slope?: number;
  /** Added after the activation; laid out like the output. */
  readonly residual?: Tensor;
  /** Adds to what the output holds. */
  readonly accumulate?: boolean;
  readonly alpha?: number;
  /**
   * Overrules the choice by shape and adapter class: for benchmarks and tests. "half", which nothing chooses by itself, stores
   * B in half precision, 11 bits of each value.
   */
  readonly variant?: MatmulVariant | "half";
}

/** The whole of a [.., rows, columns] tensor as a matrix view. */
export function matrix(tensor: Tensor, rows: number, columns: number): MatrixView {
  return { tensor, rows, columns, rowStride: columns, columnStride: 1, batchStride: rows * columns };
}

/** The transpose, by exchanging strides. */
export function transposed(view: MatrixView): MatrixView {
  return {
    ...view,
    rows: view.columns,
    columns: view.rows,
    rowStride: view.columnStride,
    columnStride: view.rowStride,
  };
}

/**
 * Heads as parts of a batch, without a copy: head j of [.., rows, heads * depth] is columns j depth to (j + 1) depth - 1.
 * `samples` false says that all samples share the one table.
 */
export function headMatrix(
  tensor: Tensor,
  rows: number,
  heads: number,
  depth: number,
  samples = true,
): MatrixView {
  const width = heads * depth;
  return {
    tensor,
    rows,
    columns: depth,
    rowStride: width,
    columnStride: 1,
    batchStride: samples ? rows * width : 0,
    innerStride: depth,
  };
}

const activations = { none: 0, relu: 1, leakyRelu: 2 } as const;

interface Slice {
  readonly tensor: Tensor;
  /** First element bound, a multiple of 64. */
  readonly start: number;
  readonly length: number;
  /** First row (of the sliced dimension) and how many. */
  readonly from: number;
  readonly count: number;
  /** Offset of that row inside the range. */
  readonly base: number;
}

/** Cuts a matrix that is too large for one binding into ranges of whole outer rows. */
function slices(step: Step, tensor: Tensor, outer: number, stride: number): Slice[] {
  const limit = step.device.maxBinding / 4;
  if (tensor.size <= limit) {
    return [{ tensor, start: 0, length: tensor.size, from: 0, count: outer, base: 0 }];
  }
  const rows = Math.floor((limit - 64) / stride);
  if (rows < 1) throw new ShapeError(`matmul: one row of ${tensor} exceeds the adapter's binding limit.`);
  return Array.from({ length: Math.ceil(outer / rows) }, (_, k) => {
    const from = k * rows;
    const count = Math.min(rows, outer - from);
    const start = Math.floor((from * stride) / 64) * 64;
    const base = from * stride - start;
    return { tensor, start, length: base + count * stride, from, count, base };
  });
}

/**
 * Records C (+)= alpha A B with an epilogue, for any strides of A and B; the columns of C are contiguous.
 *
 * `target` is a tensor of [batches.., m, n], or a view for other strides. Operands beyond the binding limit are bound in
 * ranges of rows, one dispatch a range; batches must fit.
 * @throws {ShapeError} when inner dimensions differ, the output is too small or its columns are not contiguous.
 */
export function recordMatmul(
  step: Step,
  left: MatrixView,
  right: MatrixView,
  target: Tensor | MatrixView,
  epilogue: Epilogue = {},
  batch: number | Batches = 1,
): void {
  let [a, b] = [left, right];
  const levels = typeof batch === "number" ? { outer: batch, inner: 1 } : batch;
  const batches = levels.outer * levels.inner;
  if (a.columns !== b.rows) {
    throw new ShapeError(`matmul: ${a.tensor} gives ${a.columns} columns, ${b.tensor} gives ${b.rows} rows.`);
  }
  const [m, n, k] = [a.rows, b.columns, a.columns];
  const c = target instanceof Tensor ? rowMajor(target, m, n, levels) : target;
  const out = c.tensor;
  if (c.rows !== m || c.columns !== n || c.columnStride !== 1 || extentOf(c, levels) > out.size) {
    throw new ShapeError(`matmul: ${out} cannot hold ${batches} x ${m} x ${n}.`);
  }
  const { bias, residual, activation = "none", slope = 0, alpha = 1, accumulate = false } = epilogue;
  // Which way a large operand can be cut: along its longest stride.
  const axisA = a.rowStride >= a.columnStride ? "m" : "k";
  const axisB = b.rowStride > b.columnStride ? "k" : "n";
  const extents = { m, n, k };
  const cutA = slices(step, a.tensor, extents[axisA], Math.max(a.rowStride, a.columnStride));
  const cutB = slices(step, b.tensor, extents[axisB], Math.max(b.rowStride, b.columnStride));
  const cutC = slices(step, out, m, c.rowStride);
  const cuts = [
    { along: axisA, pieces: cutA },
    { along: axisB, pieces: cutB },
    { along: "m", pieces: cutC },
  ].filter(({ pieces }) => pieces.length > 1);
  const starts = [a, b, c].some(({ start }) => start);
  if (cuts.length > 0 && (batches > 1 || starts)) {
    throw new ShapeError("matmul: a batched product, or a part of a tensor, must fit one binding.");
  }
  if (cuts.length > 1) {
    throw new ShapeError("matmul: only one of two factors and product may exceed the binding limit.");
  }
  const along = cuts[0]?.along;
  const pieces = cuts[0]?.pieces ?? [undefined];
  const quads = pieces.length === 1 && hasUnitStride(a) && hasUnitStride(b);
  const tuned = () => {
    const sizes = { m, n, k, batches, a_column: a.columnStride, b_column: b.columnStride };
    const choice = step.device.tuning.choose(matmulVariantTunable, sizes);
    const usable = choice === "quads8" ? quads : choice !== "subgroups" || step.device.hasSubgroups;
    return usable ? choice : undefined;
  };
  const variant = epilogue.variant ?? tuned() ?? chooseMatmul(
    step.device.adapterClass,
    { m, n, k, batches },
    quads ? paddingOf(a, levels) + paddingOf(b, levels) : undefined,
  );
  if (variant === "subgroups" && !step.device.hasSubgroups) {
    throw new ShapeError(
      'matmul: "subgroups" needs an adapter that offers them; Deno\'s own WebGPU does not, Dawn does.',
    );
  }
  if (variant === "quads8") {
    if (!quads) {
      throw new ShapeError('matmul: "quads8" needs operands in one piece, contiguous along an axis.');
    }
    [a, b] = [quadView(step, a, levels), quadView(step, b, levels)];
  }
  if (variant === "half") {
    if (pieces.length > 1) {
      throw new ShapeError("matmul: an operand to be stored in halves must fit one binding.");
    }
    const halves = step.empty([Math.ceil(b.tensor.size / 2)], `${b.tensor.label} in halves`, "u32");
    step.run(packHalves, { x: b.tensor, halves }, { n: b.tensor.size });
    b = { ...b, tensor: halves };
  }
  for (const [p, piece] of pieces.entries()) {
    const { from, count } = piece ?? { from: 0, count: 0 };
    const whole = (tensor: Tensor) => ({ tensor, start: 0, length: tensor.size });
    const bound = (cut: readonly Slice[], tensor: Tensor) =>
      cut.length > 1 ? { ...piece!, tensor } : whole(tensor);
    // Where the piece begins in an operand whose rows and columns lie along these axes.
    const startIn = (view: MatrixView, cut: readonly Slice[], rows: string, columns: string) => {
      if (cut.length > 1) return piece!.base;
      if (along === rows) return from * view.rowStride;
      return along === columns ? from * view.columnStride : view.start ?? 0;
    };
    const last = p === pieces.length - 1;
    const split = along === "k"; // partial products: epilogue with the last, sum from the first
    const sizes: Uniforms = {
      ...extents,
      ...(along && { [along]: count }),
      batches,
      inner: levels.inner,
      a_start: startIn(a, cutA, "m", "k"),
      a_batch: a.batchStride ?? 0,
      a_inner: a.innerStride ?? 0,
      a_row: a.rowStride,
      a_column: a.columnStride,
      b_start: startIn(b, cutB, "k", "n"),
      b_batch: b.batchStride ?? 0,
      b_inner: b.innerStride ?? 0,
      b_row: b.rowStride,
      b_column: b.columnStride,
      c_start: startIn(c, cutC, "m", "n"),
      c_batch: c.batchStride ?? 0,
      c_inner: c.innerStride ?? 0,
      c_row: c.rowStride,
      bias_start: along === "n" ? from : 0,
      slope,
      alpha,
    };
    const product = variant === "half"
      ? halfMatmulKernel(step.device.adapterClass)
      : variant === "quads8"
      ? quadMatmulKernel(a.columnStride === 1, b.rowStride === 1)
      : matmulKernel(variant);
    const kernel = specialise(product, {
      ACCUMULATE: accumulate || (split && p > 0) ? 1 : 0,
      BIAS: bias && (!split || last) ? 1 : 0,
      ACTIVATION: !split || last ? activations[activation] : 0,
      RESIDUAL: residual && (!split || last) ? 1 : 0,
    });
    // A binding must exist even where the specialised kernel never reads it.
    const unread = a.tensor.size <= 64 ? whole(a.tensor) : { tensor: a.tensor, start: 0, length: 64 };
    step.run(kernel, {
      a: bound(cutA, a.tensor),
      b: bound(cutB, b.tensor),
      bias: bias ?? unread,
      residual: residual ? bound(cutC, residual) : unread,
      c: bound(cutC, out),
    }, sizes);
  }
}

/** [outer, inner, m, n] without gaps. */
function rowMajor(tensor: Tensor, m: number, n: number, { inner }: Batches): MatrixView {
  return { ...matrix(tensor, m, n), batchStride: inner * m * n, innerStride: m * n };
}

/** One past the last element that a batch of matrices touches. */
function extentOf(view: MatrixView, { outer, inner }: Batches): number {
  const { start = 0, rows, columns, rowStride, columnStride, batchStride = 0, innerStride = 0 } = view;
  return start + (outer - 1) * batchStride + (inner - 1) * innerStride + (rows - 1) * rowStride +
    (columns - 1) * columnStride + 1;
}
