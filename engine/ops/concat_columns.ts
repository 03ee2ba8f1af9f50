import { joinColumns, joinedTables, partColumns } from "../../kernels/columns/columns.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** A table that is joined to others: its width, and elements from row to row (0: one row for all). */
export interface JoinedTable {
  /** Where its values are. */
  readonly x: Tensor;
  /** Columns. */
  readonly width: number;
  /** Elements from one row to the next. */
  readonly row: number;
}

const widthOf = (tables: readonly { readonly width: number }[]) =>
  tables.reduce((sum, { width }) => sum + width, 0);
const named = (letter: string, values: readonly number[]) =>
  Object.fromEntries(Array.from({ length: joinedTables }, (_, k) => [`${letter}${k}`, values[k] ?? 0]));

/** Records tables side by side: [rows, width_k] -> `y` [rows, sum of widths]. */
export function recordJoin(step: Step, tables: readonly JoinedTable[], rows: number, y: Tensor): void {
  const y_row = widthOf(tables);
  for (let k = 0; k < tables.length; k += joinedTables) {
    const some = tables.slice(k, k + joinedTables);
    const bindings = Object.fromEntries(some.map(({ x }, k) => [`x${k}`, x]));
    step.run(joinColumns(some.length), { ...bindings, y }, {
      ...{ rows, width: widthOf(some), y_row, y_to: widthOf(tables.slice(0, k)) },
      ...named("w", some.map(({ width }) => width)),
      ...named("r", some.map(({ row }) => row)),
    });
  }
}

/** Records the reverse: columns of `x` [rows, sum of widths] into tables [rows, width_k], those that are wanted. */
export function recordParts(
  step: Step,
  x: Tensor,
  rows: number,
  parts: readonly { readonly into?: Tensor; readonly width: number }[],
): void {
  for (let k = 0; k < parts.length;) {
    const unwanted = parts.findIndex(({ into }, i) => i >= k && !into);
    const some = parts.slice(k, Math.min(unwanted < 0 ? parts.length : unwanted, k + joinedTables));
    if (some.length > 0) {
      const bindings = Object.fromEntries(some.map(({ into }, k) => [`y${k}`, into!]));
      step.run(partColumns(some.length), { ...bindings, x }, {
        ...{ rows, width: widthOf(some), x_row: widthOf(parts), x_from: widthOf(parts.slice(0, k)) },
        ...named("w", some.map(({ width }) => width)),
      });
    }
    k += Math.max(1, some.length);
  }
}

const concat = defineOperation<Record<string, Tensor>, void, void>({
  name: "concat_columns",
  forward(step, inputs) {
    const parts = Object.values(inputs);
    const rows = parts[0].shape[0];
    const odd = parts.find(({ shape }) => shape.length !== 2 || shape[0] !== rows);
    if (odd) throw new ShapeError(`concatColumns(): ${odd} has not the ${rows} rows of ${parts[0]}.`);
    const tables = parts.map((x) => ({ x, width: x.shape[1], row: x.shape[1] }));
    const y = step.empty([rows, widthOf(tables)], "concat");
    recordJoin(step, tables, rows, y);
    return { output: y, saved: undefined };
  },
  backward(step, { inputs, output, dy, gradient }) {
    const parts = Object.entries(inputs).map(([name, { shape }]) => ({
      into: gradient(name),
      width: shape[1],
    }));
    recordParts(step, dy, output.shape[0], parts);
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
