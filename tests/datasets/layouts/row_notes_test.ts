import assert from "node:assert/strict";
import { matrixOf } from "../../../datasets/dataset.ts";
import { rowNotes } from "../../../datasets/layouts/common/row_notes.ts";

const notes = (dose: number[], condition: number[], truth: number[]) =>
  rowNotes({
    dose: Float32Array.from(dose),
    condition: Uint32Array.from(condition),
    truth: matrixOf(Float32Array.from(truth), 2),
    rowNames: dose.map((_, row) => String(row + 1)),
  }).join(" ");

const cases: readonly (readonly [string, number[], number[], number[], RegExp])[] = [
  ["replicates with values of their own", [1, 1, 10], [0, 0, 1], [1, 2, 1, 3, 1, 2], /^$/],
  ["a row twice", [1, 1, 10], [0, 0, 1], [1, 2, 1, 2, 1, 2], /^1 of 3 rows are exact copies.* row 2 first/],
  ["every row twice", [1, 2, 1, 2], [0, 1, 0, 1], [1, 2, 3, 4, 1, 2, 3, 4], /^2 of 4 rows .* row 3 first/],
  [
    "doses of nM",
    [10000, 400, 80],
    [0, 1, 2],
    [1, 2, 3, 4, 5, 6],
    /1 rows have doses above 1000 µM, up to 10000.*dose_nM/,
  ],
  ["a millimolar itself", [1000, 10, 1], [0, 1, 2], [1, 2, 3, 4, 5, 6], /^$/],
  ["unknown doses", [NaN, NaN, NaN], [0, 1, 2], [1, 2, 3, 4, 5, 6], /^$/],
];
for (const [what, dose, condition, truth, expected] of cases) {
  Deno.test(`rowNotes() of ${what} says ${expected.source}`, () =>
    assert.match(notes(dose, condition, truth), expected));
}
