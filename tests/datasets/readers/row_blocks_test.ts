import assert from "node:assert/strict";
import fc from "fast-check";
import { RowBlocks } from "../../../datasets/readers/row_blocks.ts";

Deno.test("rows kept in blocks come out as they went in: rows left out are zero, and columns are those asked for", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 531 }),
    fc.func(fc.boolean()),
    fc.func(fc.boolean()),
    (width, rows, isLeftOut, isKept) => {
      const blocks = new RowBlocks(width);
      const value = (row: number, column: number) => isLeftOut(row) ? 0 : row * width + column + 1;
      for (let row = 0; row < rows; row++) {
        if (!isLeftOut(row)) blocks.row(row).forEach((_, at, own) => own[at] = value(row, at));
      }
      const columns = [...Array(width).keys()].filter(isKept);
      const expected = Array.from({ length: rows }, (_, row) => columns.map((at) => value(row, at))).flat();
      assert.deepEqual([...blocks.join(rows, columns)], expected);
    },
  ));
});

Deno.test("a block of full size is followed by others, and a row may be wider than a block", () => {
  for (const [width, rows] of [[1_100_003, 3], [3001, 1103]]) {
    const blocks = new RowBlocks(width);
    for (let row = 0; row < rows; row++) blocks.row(row).fill(row + 1);
    const all = blocks.join(rows, [...Array(width).keys()]);
    assert.ok(all.every((value, at) => value === Math.floor(at / width) + 1));
  }
});
