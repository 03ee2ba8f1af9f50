import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { recordJoin, recordParts } from "../../engine/ops/concat_columns.ts";
import { sumColumns } from "../../engine/ops/sum_rows.ts";

/** How many samples there are, and whether `b` is one set that all of them get. */
export interface ConcatSetsAttributes {
  /** Sets in a, and in the output. */
  readonly samples: number;
  /** True for a learned token or table: its gradient is summed over the samples. */
  readonly shared?: boolean;
}

/**
 * Each sample's set a, then set b: concatenation along the item axis; with `shared` it appends learned tokens.
 *
 * Shapes: a [samples, n, width], b [samples, m, width], or [m, width] if shared -> [samples, n + m, width].
 * @throws {ShapeError} when sizes are no multiples of the width, or widths differ.
 */
export const concatSets: (
  step: Step,
  inputs: { a: Tensor; b: Tensor },
  attributes: ConcatSetsAttributes,
) => Tensor = defineOperation<
  { a: Tensor; b: Tensor },
  ConcatSetsAttributes,
  { left: number; right: number }
>({
  name: "concat_sets",
  forward(step, { a, b }, { samples, shared = false }) {
    const width = a.shape.at(-1) ?? 1;
    const left = a.size / samples;
    const right = shared ? b.size : b.size / samples;
    if (b.shape.at(-1) !== width || left % width !== 0 || right % width !== 0) {
      throw new ShapeError(`concatSets(): ${a} and ${b} are not ${samples} sets of equal width.`);
    }
    const y = step.empty([samples, (left + right) / width, width], "joined sets");
    // Along the item axis, sets are columns of tables with a row a sample.
    const tables = [{ x: a, width: left, row: left }, { x: b, width: right, row: shared ? 0 : right }];
    recordJoin(step, tables, samples, y);
    return { output: y, saved: { left, right } };
  },
  backward(step, { attributes: { samples, shared = false }, saved: { left, right }, dy, gradient }) {
    const da = gradient("a");
    const db = gradient("b");
    const own = db && shared ? step.empty([samples, right], "token gradients") : db;
    recordParts(step, dy, samples, [{ into: da, width: left }, { into: own, width: right }]);
    if (db && shared) sumColumns(step, own!, samples, right, db);
  },
});
