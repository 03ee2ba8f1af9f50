import { specialise } from "../../kernels/descriptor.ts";
import { rowsOfSum, sumPairKernel, sumRowsKernel } from "../../kernels/reduce/reduce.ts";
import { cutSum } from "../cut.ts";
import type { Step } from "../step.ts";
import type { Accumulation } from "../tape.ts";
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
  add = false,
): void {
  const { adapterClass } = step.device;
  const { each: chunk, pieces: chunks } = cutSum(rows, rowsOfSum[adapterClass]);
  const kernel = (rows: number, ADD: number) => specialise(sumRowsKernel(adapterClass, rows), { ADD });
  const whole = chunks === 1, sums = whole ? out : step.empty([samples, chunks, width], "row sums by chunk");
  step.run(kernel(rows, Number(whole && add)), { x, sums }, { samples, rows, width, chunk, chunks });
  const last = { samples, rows: chunks, width, chunk: chunks, chunks: 1 };
  if (!whole) step.run(kernel(chunks, Number(add)), { x: sums, sums: out }, last);
}

/** Records the sums over rows of [rows, columns] into `out` [columns]; `add` adds to what it holds. */
export function sumColumns(
  step: Step,
  x: Tensor,
  rows: number,
  columns: number,
  out: Tensor,
  add = false,
): void {
  recordRowSums(step, x, { samples: 1, rows, width: columns }, out, add);
}

/** The same of two tables of one shape, each where somebody wants it: in one dispatch where they are short. */
export function sumColumnPair(
  step: Step,
  [a, b]: readonly [Tensor, Tensor],
  rows: number,
  width: number,
  [ofA, ofB]: readonly [Accumulation | undefined, Accumulation | undefined],
): void {
  const { adapterClass } = step.device;
  if (ofA && ofB && cutSum(rows, rowsOfSum[adapterClass]).pieces === 1) {
    const kernel = specialise(sumPairKernel(adapterClass, rows), {
      ADD_A: Number(ofA.add),
      ADD_B: Number(ofB.add),
    });
    return step.run(kernel, { a, b, a_sums: ofA.into, b_sums: ofB.into }, { rows, width });
  }
  if (ofA) sumColumns(step, a, rows, width, ofA.into, ofA.add);
  if (ofB) sumColumns(step, b, rows, width, ofB.into, ofB.add);
}
