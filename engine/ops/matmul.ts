import { type Kernel, specialise, type Uniforms } from "../../kernels/descriptor.ts";
import {
  chooseMatmul,
  halfMatmulKernel,
  matmulKernel,
  matmulSum,
  packHalves,
  planTiles,
  type ProductForm,
  quadMatmulKernel,
  sliceOfK,
  termsOfPart,
  tiledMatmulKernel,
} from "../../kernels/matmul/matmul.ts";
import { emulatedUnits, lackOfUnits, splitLengths, unitProduct } from "../../kernels/matmul/matrix_units.ts";
import { matmulVariantTunable } from "../../kernels/matmul/tunable.ts";
import { type Cut, cutFiner, cutInto, cutSum } from "../cut.ts";
import { ShapeError } from "../errors.ts";
import type { Step } from "../step.ts";
import type { Accumulation } from "../tape.ts";
import { Tensor, type TensorRange } from "../tensor.ts";
import { productPieces } from "./matmul_pieces.ts";
import { type Batches, extentOf, type MatrixView, rowMajor } from "./matrix_view.ts";
import { hasUnitStride, paddingOf, quadView } from "./quad_view.ts";
import { sumColumns } from "./sum_rows.ts";

/** What happens to a product before it is stored. */
export interface Epilogue {
  /** [n], added to every row. */
  readonly bias?: Tensor;
  /** "none" unless told. */
  readonly activation?: "none" | "relu" | "leakyRelu";
  /** Of the leaky ReLU. */
  readonly slope?: number;
  /** Added after the activation; laid out like the output. */
  readonly residual?: Tensor;
  /** Adds to what the output holds. */
  readonly accumulate?: boolean;
  /** Factor of the product; 1 unless told. */
  readonly alpha?: number;
  /** [m], the sums of A over K: a bias's gradient beside a weight's. A must be the transpose of a whole table, without batches. */
  readonly rowSums?: Accumulation;
  /** Overrules the choice by shape and adapter class: for benchmarks and tests. */
  readonly variant?: ProductForm;
}

const activations = { none: 0, relu: 1, leakyRelu: 2 } as const;

/** Largest size of the parts of a sum over K, which are kept until they are added. */
const partialBytes = 1 << 26;

/**
 * Records C (+)= alpha A B with an epilogue, for any strides of A and B; the columns of C are contiguous.
 *
 * `target` is a tensor of [batches.., m, n], or a view for other strides. A long sum over the inner dimension is cut into parts
 * that a second kernel adds: more exact, and work for a whole GPU. Operands beyond the binding limit are bound in ranges, one
 * dispatch a range; batches must fit.
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
  const levels = typeof batch === "number" ? { outer: batch, inner: 1 } : batch;
  const batches = levels.outer * levels.inner;
  if (left.columns !== right.rows) {
    throw new ShapeError(
      `matmul: ${left.tensor} gives ${left.columns} columns, ${right.tensor} gives ${right.rows} rows.`,
    );
  }
  const extents = { m: left.rows, n: right.columns, k: left.columns };
  const c = target instanceof Tensor ? rowMajor(target, extents.m, extents.n, levels) : target;
  if (
    c.rows !== extents.m || c.columns !== extents.n || c.columnStride !== 1 ||
    extentOf(c, levels) > c.tensor.size
  ) {
    throw new ShapeError(`matmul: ${c.tensor} cannot hold ${batches} x ${extents.m} x ${extents.n}.`);
  }
  if (batches * extents.m * extents.n === 0) return;
  const { rowSums } = epilogue;
  const chosen = choose(step, left, right, { ...extents, batches }, levels, epilogue.variant);
  const { a, b, terms } = chosen;
  const { bias, residual, activation = "none", slope = 0, alpha = 1, accumulate = false } = epilogue;
  const { maxIterations } = step.device;
  const { each } = cutOfSum(step, chosen.kernel, { ...extents, batches }, terms);
  let passes = 1;
  while (passes < each && chosen.kernel.iterations({ per: Math.ceil(each / passes) }) > maxIterations) {
    passes++;
  }
  const pieces = productPieces(step, { a, b, c }, extents, batches, passes);
  const sums = pieces.length === 1 && chosen.withRowSums ? rowSums : undefined;
  const kernel = sums ? chosen.withRowSums! : chosen.kernel;
  if (rowSums && !sums) sumColumns(step, left.tensor, extents.k, extents.m, rowSums.into, rowSums.add);
  for (const [p, piece] of pieces.entries()) {
    const { axis, from, count } = piece;
    const last = p === pieces.length - 1;
    const summed = axis === "k"; // pieces add up: the epilogue goes with the last
    const sizes = { ...extents, ...(axis && { [axis]: count }), batches };
    const where = {
      ...sizes,
      inner: levels.inner,
      ...strides("a", a, piece.a.start),
      ...strides("b", b, piece.b.start),
    };
    const common = { ...where, bias_start: axis === "n" ? from : 0, slope };
    const end = {
      uniforms: {
        c_start: piece.c.start,
        c_batch: c.batchStride ?? 0,
        c_inner: c.innerStride ?? 0,
        c_row: c.rowStride,
        c_part: 0,
        alpha,
      },
      constants: {
        ACCUMULATE: accumulate || (summed && p > 0) ? 1 : 0,
        BIAS: bias && (!summed || last) ? 1 : 0,
        ACTIVATION: !summed || last ? activations[activation] : 0,
        RESIDUAL: residual && (!summed || last) ? 1 : 0,
        ...(sums && { ADD_ROW_SUMS: sums.add ? 1 : 0 }),
      },
    };
    // A binding must exist even where the specialised kernel never reads it.
    const unread = { tensor: a.tensor, start: 0, length: Math.min(64, a.tensor.size) };
    const outputs = {
      bias: bias ?? unread,
      residual: residual ? { ...piece.c.range, tensor: residual } : unread,
      c: piece.c.range,
    };
    const operands = { a: piece.a.range, b: piece.b.range };
    const factors = { ...operands, ...(chosen.split && recordSplit(step, chosen.split, operands, where)) };
    // Sums of rows are a column more of every part.
    const row = sizes.n + (sums ? 1 : 0);
    const { each: per, pieces: parts } = cutOfSum(step, kernel, { ...sizes, n: row }, terms);
    if (parts === 1) {
      const row_sums = sums && { row_sums: sums.into };
      step.run(specialise(kernel, end.constants), { ...factors, ...outputs, ...row_sums }, {
        ...common,
        ...end.uniforms,
        per,
        parts,
      });
      continue;
    }
    const { m } = sizes;
    const partial = step.empty([parts, batches, m, row], "parts of a product");
    const unset = sums && { row_sums: step.unread() };
    step.run(kernel, { ...factors, bias: unread, residual: unread, c: partial, ...unset }, {
      ...common,
      per,
      parts,
      c_start: 0,
      c_batch: levels.inner * m * row,
      c_inner: m * row,
      c_row: row,
      c_part: batches * m * row,
      alpha: 1,
    });
    const sum = { ...common, ...end.uniforms, k: parts, per: parts, parts: 1 };
    const row_sums = sums && { row_sums: sums.into };
    step.run(specialise(matmulSum(!!sums), end.constants), { partial, ...outputs, ...row_sums }, sum);
  }
}

/** Records a gradient that is a product, A B without batches, added to what is there, into all of it or into `target`. `rowSums` as in `Epilogue`. */
export function addMatmul(
  step: Step,
  left: MatrixView,
  right: MatrixView,
  { into, add, plus }: Accumulation,
  rowSums?: Accumulation,
  target?: MatrixView,
): void {
  recordMatmul(step, left, right, target ?? into, { accumulate: add, residual: plus, rowSums });
}

/** The parts of a sum over K: those of `cutSum`, more where a thread could not run its share, fewer where they took too much. */
function cutOfSum(step: Step, kernel: Kernel, { m, n, k, batches }: Uniforms, terms: number): Cut {
  const { maxIterations, maxBinding } = step.device;
  const runs = (per: number) => kernel.iterations({ per }) <= maxIterations;
  const cut = cutFiner(k, cutSum(k, terms, sliceOfK), runs, sliceOfK);
  const most = Math.floor(Math.min(partialBytes, maxBinding) / (4 * batches * m * n));
  return cut.pieces <= most ? cut : cutInto(k, most, sliceOfK);
}

/** How a product is formed: its kernel, its factors as that kernel reads them, the least terms of a part of its sum. */
interface Choice {
  readonly kernel: Kernel;
  readonly a: MatrixView;
  readonly b: MatrixView;
  readonly terms: number;
  /** The kernel in the form that hands out the sums of A over K, where it has one. */
  readonly withRowSums?: Kernel;
  /** Splits the factors into halves, where the kernel reads those. */
  readonly split?: Kernel;
}

/** Records the split of both factors for matrix units. */
function recordSplit(step: Step, kernel: Kernel, factors: Record<"a" | "b", TensorRange>, where: Uniforms) {
  const lengths = splitLengths(where);
  const halves = step.empty([lengths.halves], "factors in halves", "u32");
  const scales = step.empty([lengths.scales, 2], "scales of factors");
  step.run(kernel, { ...factors, halves, scales }, where);
  return { halves, scales };
}

function choose(
  step: Step,
  left: MatrixView,
  right: MatrixView,
  sizes: Uniforms,
  levels: Batches,
  asked: Epilogue["variant"],
): Choice {
  const terms = termsOfPart;
  const { device } = step;
  const whole = [left, right].every(({ tensor }) => 4 * tensor.size <= device.maxBinding);
  const quads = whole && hasUnitStride(left) && hasUnitStride(right);
  const tuned = () => {
    const choice = device.tuning.choose(matmulVariantTunable, {
      ...sizes,
      a_column: left.columnStride,
      b_column: right.columnStride,
    });
    const noUnits = lackOfUnits(device.matrixUnits, sizes, device.maxBinding) !== undefined;
    const lacks = { quads8: !quads, subgroups: !device.hasSubgroups, matrix_units: noUnits };
    return choice && lacks[choice as keyof typeof lacks] ? undefined : choice;
  };
  const padding = quads ? paddingOf(left, levels) + paddingOf(right, levels) : undefined;
  const variant = asked ?? tuned() ?? chooseMatmul(device.adapterClass, sizes, padding);
  if (variant === "subgroups" && !device.hasSubgroups) {
    throw new ShapeError(
      'matmul: "subgroups" needs an adapter that offers them; Deno\'s own WebGPU does not, Dawn does.',
    );
  }
  if (variant === "quads8") {
    if (!quads) {
      throw new ShapeError('matmul: "quads8" needs operands in one piece, contiguous along an axis.');
    }
    const [a, b] = [quadView(step, left, levels), quadView(step, right, levels)];
    return { kernel: quadMatmulKernel(a.columnStride === 1, b.rowStride === 1), a, b, terms };
  }
  if (variant === "half") {
    if (!whole) throw new ShapeError("matmul: an operand to be stored in halves must fit one binding.");
    const { tensor } = right;
    const halves = step.empty([Math.ceil(tensor.size / 2)], `${tensor.label} in halves`, "u32");
    step.run(packHalves, { x: tensor, halves }, { n: tensor.size });
    return { kernel: halfMatmulKernel(device.adapterClass), a: left, b: { ...right, tensor: halves }, terms };
  }
  if (variant === "matrix_units" || variant === "matrix_units_emulated") {
    const units = variant === "matrix_units" ? device.matrixUnits : emulatedUnits;
    const lack = lackOfUnits(units, sizes, device.maxBinding);
    if (lack) throw new ShapeError(`matmul: "${variant}" ${lack}`);
    const product = unitProduct(units!, left.columnStride === 1, right.rowStride === 1);
    return { ...product, a: left, b: right, terms: planTiles(sizes).terms };
  }
  if (variant === "tiled") {
    const { shape, terms } = planTiles(sizes);
    const withRowSums = sizes.batches === 1 ? tiledMatmulKernel(shape, true) : undefined;
    return { kernel: tiledMatmulKernel(shape, false), a: left, b: right, terms, withRowSums };
  }
  return { kernel: matmulKernel(variant), a: left, b: right, terms };
}

/** Where an operand lies, as the kernels are told. */
function strides(name: "a" | "b", view: MatrixView, start: number): Uniforms {
  return {
    [`${name}_start`]: start,
    [`${name}_batch`]: view.batchStride ?? 0,
    [`${name}_inner`]: view.innerStride ?? 0,
    [`${name}_row`]: view.rowStride,
    [`${name}_column`]: view.columnStride,
  };
}
