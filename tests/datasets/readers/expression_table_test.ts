import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { csvLine } from "../../../datasets/readers/csv_line.ts";
import { float32Text } from "../../../datasets/readers/float32_text.ts";
import { matrixOf } from "../../../datasets/dataset.ts";
import { valuesOf } from "../../../datasets/matrix.ts";
import { readExpressionTable } from "../../../datasets/readers/read_expression_table.ts";
import { writeExpressionTable } from "../../../datasets/readers/write_expression_table.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { messageOf, withFolder } from "./data_files.ts";

/** The message with which `gex.csv` of this content is refused. */
function refusal(content: string | Uint8Array): Promise<string> {
  return withFolder(
    { "gex.csv": content },
    (folder) => messageOf(folder, readExpressionTable(join(folder, "gex.csv"))),
  );
}

Deno.test("readExpressionTable() reads names, rows and values", async () => {
  await withFolder({ "gex.csv": "DDR1,PAX8,RPS5\n0.5,-1,2e-1\n10, 3.25 ,-0\n" }, async (folder) => {
    const table = await readExpressionTable(join(folder, "gex.csv"));
    assert.deepEqual(table.genes, ["DDR1", "PAX8", "RPS5"]);
    assert.equal(table.rows, 2);
    assert.deepEqual([...valuesOf(table.values)], [0.5, -1, Math.fround(0.2), 10, 3.25, -0]);
  });
});

Deno.test("readExpressionTable() takes CRLF, a byte order mark, quotes, no last line end and empty lines at the end", async () => {
  const variants = [
    "A,B\r\n1,2\r\n3,4\r\n",
    "\ufeffA,B\n1,2\n3,4\n",
    '"A","B"\n1,"2"\n3,4\n',
    '"A","B"\r\n1,"2"\r\n3,"4"\r\n',
    "A,B\n1,2\n3,4",
    "A,B\n1,2\n3,4\n\n \n",
  ];
  for (const content of variants) {
    await withFolder({ "gex.csv": content }, async (folder) => {
      const table = await readExpressionTable(join(folder, "gex.csv"));
      assert.deepEqual(
        [table.genes, [...valuesOf(table.values)]],
        [["A", "B"], [1, 2, 3, 4]],
        JSON.stringify(content),
      );
    });
  }
});

Deno.test("readExpressionTable() refuses every kind of bad table in one sentence that names the place", async (t) => {
  const cases: [name: string, content: string | Uint8Array, message: string][] = [
    [
      "empty file",
      "",
      "DIR/gex.csv: the file is empty (0 bytes), expected a header line and rows; export it again.",
    ],
    [
      "empty first line",
      "\n\n",
      "DIR/gex.csv: the first line is empty, expected a header of column names; remove the empty line.",
    ],
    [
      "header only",
      "A,B\n",
      "DIR/gex.csv: the file holds a header but no rows, expected one profile a row; export it again.",
    ],
    [
      "missing value in the middle",
      "A,B\n1,2\n3\n5,6\n",
      "DIR/gex.csv, row 2 (line 3): found 1 value, expected 2 values (one per column of the header, last column B). " +
      "The row may have been cut; check the export.",
    ],
    [
      "value too many",
      "A,B\n1,2,3\n5,6\n",
      "DIR/gex.csv, row 1 (line 2): found 3 values, expected 2 values (one per column of the header, last column B). " +
      "A value may contain an unquoted comma; check the export.",
    ],
    [
      "truncated last line",
      "A,B,C\n1,2,3\n4,5",
      "DIR/gex.csv, row 2 (line 3): found 2 values, expected 3 values (one per column of the header, last column C). The file ends " +
      "inside this row without a line end, so it was probably truncated; export or copy it again.",
    ],
    [
      "empty line in the middle",
      "A,B\n1,2\n\n5,6\n",
      "DIR/gex.csv, row 2 (line 3): found an empty line, expected 2 values (one per column of the header, last column B). " +
      "Remove the line, or restore its row.",
    ],
    [
      "text",
      "A,B\n1,2\n3,high\n",
      'DIR/gex.csv, row 2 (line 3), column B: found "high", not a number, expected a finite number; ' +
      "mend or remove the profile.",
    ],
    [
      "missing value",
      "A,B\n1,\n",
      'DIR/gex.csv, row 1 (line 2), column B: found "", a missing value, expected a finite number; ' +
      "mend or remove the profile.",
    ],
    [
      "NaN",
      "A,B\nNaN,1\n",
      'DIR/gex.csv, row 1 (line 2), column A: found "NaN", a missing value, expected a finite number; ' +
      "mend or remove the profile.",
    ],
    [
      "infinity",
      "A,B\n1,-inf\n",
      'DIR/gex.csv, row 1 (line 2), column B: found "-inf", an infinite value, expected a finite number; ' +
      "mend or remove the profile.",
    ],
    [
      "beyond float32",
      "A,B\n1,1e39\n",
      'DIR/gex.csv, row 1 (line 2), column B: found "1e39", a value beyond the range of float32, expected a finite ' +
      "number; mend or remove the profile.",
    ],
    [
      "hexadecimal",
      "A,B\n1,0x10\n",
      'DIR/gex.csv, row 1 (line 2), column B: found "0x10", not a number, expected a finite number; ' +
      "mend or remove the profile.",
    ],
    [
      "duplicate gene",
      "A,B,A\n1,2,3\n",
      'DIR/gex.csv, header, columns 1 and 3: found "A" twice, expected every name once (duplicate column); ' +
      "remove or rename one of them.",
    ],
    [
      "no header",
      "1.5,2\n3,4\n",
      'DIR/gex.csv, header: found numbers ("1.5", …), expected gene symbols; add a header line.',
    ],
    [
      "open quote",
      'A,B\n1,"2\n3,4\n',
      "DIR/gex.csv, line 2: a quotation mark is not closed or not alone around its value, expected quotes in pairs; " +
      "mend the quotes of this line.",
    ],
    [
      "cut gzip",
      new Uint8Array([0x1f, 0x8b, 8, 0, 0]),
      "DIR/gex.csv: the gzip archive is damaged or cut (unexpected end of file), expected a whole one; fetch it again.",
    ],
    [
      "NUL",
      new Uint8Array([65, 44, 66, 10, 49, 0, 44, 50, 10]),
      "DIR/gex.csv: found a zero byte (NUL) at byte 6, expected text; the file is binary or damaged, export it as CSV again.",
    ],
    [
      "two encodings",
      new Uint8Array([65, 0xc3, 0xa9, 44, 66, 0xe9, 44, 67, 10, 49, 44, 50, 44, 51, 10]),
      "DIR/gex.csv, line 1: found the byte 0xe9 (byte 6 of the file), which is no UTF-8 as other letters are, expected one encoding; " +
      "save the file again as UTF-8.",
    ],
    [
      "index of another table",
      ",A,B\n7,1,2\n3,1,2\n",
      'DIR/gex.csv, header: column 1 (no name) is no gene, and its numbers ("7", ...) do not count the rows, expected genes ' +
      "alone; remove the column, or name it by its gene.",
    ],
  ];
  for (const [name, content, message] of cases) {
    await t.step(name, async () => assert.equal(await refusal(content), message));
  }
  await t.step("missing file and folder", async () => {
    await withFolder({}, async (folder) => {
      assert.equal(
        await messageOf(folder, readExpressionTable(join(folder, "no.csv"))),
        "DIR/no.csv: the file does not exist; check the path.",
      );
      assert.equal(
        await messageOf(folder, readExpressionTable(folder)),
        "DIR: expected a file, found a folder; name the file inside it.",
      );
    });
  });
});

Deno.test("readExpressionTable() names the row also in a large file of many chunks", async () => {
  const genes = Array.from({ length: 97 }, (_, gene) => `G${gene}`);
  const rows = Array.from({ length: 9001 }, (_, row) => genes.map((_, gene) => (row + gene) / 8).join(","));
  const good = [genes.join(","), ...rows].join("\n") + "\n";
  await withFolder({ "gex.csv": good }, async (folder) => {
    const table = await readExpressionTable(join(folder, "gex.csv"));
    assert.equal(table.rows, 9001);
    assert.deepEqual([table.values.rows, table.values.columns], [9001, 97]);
    assert.ok(
      valuesOf(table.values).every((value, index) => value === (Math.floor(index / 97) + index % 97) / 8),
    );
  });
  rows[8123] = rows[8123].replace(",", ",x");
  assert.match(
    await refusal([genes.join(","), ...rows].join("\n")),
    /row 8124 \(line 8125\), column G1: found "x/,
  );
});

Deno.test("float32Text() gives the shortest text of every float32", () => {
  assert.equal(float32Text(Math.fround(0.1)), "0.1");
  assert.equal(float32Text(-0), "-0");
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
    assert.ok(Object.is(Math.fround(Number(float32Text(value))), value));
  }));
});

/** Names of genes and of what is none: random ones, row names of R and pandas, ids, dates, first bytes of other kinds of file. */
const geneName = fc.oneof(
  fc.stringMatching(/^[A-Z=@+][A-Za-z0-9,"' .-]{0,6}[A-Z0-9]$/),
  fc.constantFrom(
    ...[
      "X",
      "X1",
      "x1",
      "IDS",
      "ids",
      "ID",
      "Sample",
      "CELL",
      "Unnamed: 0",
      "...1",
      "2-Sep",
      "Sep-02",
      "A",
      "PAR1",
    ],
    ...[
      "7157",
      "1956",
      "ENSG00000141510",
      "ENSG00000141510.18",
      "NA",
      "BZh9",
      "RDX2",
      "{",
      "#1.3",
      "",
      " A",
      "'=A",
      "-666",
    ],
  ),
);

Deno.test("an expression table is the same after writing and reading, or refused where it would not be", async () => {
  const tables = fc.tuple(
    fc.uniqueArray(geneName, { minLength: 1, maxLength: 9 }),
    fc.integer({ min: 1, max: 7 }),
  )
    .chain(([genes, rows]) =>
      fc.record({
        genes: fc.constant(genes),
        rows: fc.constant(rows),
        values: fc.tuple(
          fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
            minLength: rows * genes.length,
            maxLength: rows * genes.length,
          }),
          // The first column counts the rows now and then, as row names do.
          fc.constantFrom(undefined, 0, 1),
        ).map(([values, start]) =>
          matrixOf(
            Float32Array.from(
              values,
              (value, at) =>
                start !== undefined && at % genes.length === 0 ? at / genes.length + start : value,
            ),
            genes.length,
          )
        ),
      })
    );
  await withFolder({}, async (folder) => {
    const path = join(folder, "gex.csv");
    const read = () => readExpressionTable(path).then(({ notes: _, ...table }) => table, (error) => error);
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const refused = await writeExpressionTable(path, table).then(() => undefined, (error) => error);
        if (refused === undefined) return assert.deepEqual(await read(), { file: path, ...table });
        // Refused for a reason: what the file would hold is not read as the same.
        assert.ok(refused instanceof UserError, refused);
        const line = (row: number) => [...table.values.take([row])];
        await Deno.writeTextFile(
          path,
          [table.genes, ...Array.from({ length: table.rows }, (_, row) => line(row).map(float32Text))].map(
            csvLine,
          )
            .join(""),
        );
        assert.notDeepEqual(await read(), { file: path, ...table });
      }),
      { numRuns: 100 },
    );
  });
});

Deno.test("a column with a name of R's row names is a gene unless it is alone no gene's", async () => {
  const cases: readonly (readonly [content: string, genes: string[], values: number[], note?: RegExp])[] = [
    ["X1\n0\n", ["X1"], [0]],
    ["X\n1\n2\n", ["X"], [1, 2]],
    ["A\n2\n3\n", ["A"], [2, 3]],
    ["PAR1\n2\n3\n", ["PAR1"], [2, 3]],
    ["X1,A\n0,5\n1,6\n", ["A"], [5, 6], /"X1" counts the rows and was left out/],
    ["X,A\n1,5\n2,6\n", ["A"], [5, 6], /"X" counts the rows and was left out/],
    ["X,A\n1,5\n3,6\n", ["X", "A"], [1, 5, 3, 6]],
    ["X1,A\nw1,5\nw2,6\n", ["A"], [5, 6], /"X1" holds row names \("w1"/],
    ["X1,A\n0.5,5\n1,6\n", ["X1", "A"], [0.5, 5, 1, 6]],
    ["A,X1\n5,0\n6,1\n", ["A", "X1"], [5, 0, 6, 1]],
    ["A,IDS,B\n5,0.5,7\n6,1,8\n", ["A", "IDS", "B"], [5, 0.5, 7, 6, 1, 8]],
    ["A,ids,B\n5,s1,7\n6,s2,8\n", ["A", "B"], [5, 7, 6, 8], /"ids" holds row names/],
    ["X1,sample\n0,a\n1,b\n", ["X1"], [0, 1], /"sample" holds row names/],
    ["sample\tA\n1\t5\n2\t6\n", ["A"], [5, 6], /"sample" counts the rows/],
  ];
  for (const [content, genes, values, note] of cases) {
    await withFolder({ "gex.csv": content }, async (folder) => {
      const table = await readExpressionTable(join(folder, "gex.csv"));
      assert.deepEqual([table.genes, [...valuesOf(table.values)]], [genes, values], content);
      if (note) assert.match(table.notes!.join(), note);
      else assert.equal(table.notes, undefined, content);
    });
  }
  for (
    const [content, message] of [
      ["X1,A\ns1,5\n7,6\n", /"X1" holds texts \("s1", ...\) and numbers/],
      ["X1,A\n7,5\ns1,6\n", /row 2 \(line 3\), column X1: found "s1"/],
      ["id,A\n7,5\n9,6\n", /"id" is no gene, and its numbers \("7", ...\) do not count/],
      ["sample_id\n1\n2\n", /found no gene among 1 columns/],
    ] as const
  ) assert.match(await refusal(content), message);
});

Deno.test("writeExpressionTable() refuses what no reader would accept", async () => {
  const values = matrixOf(Float32Array.of(1, NaN), 2);
  await assert.rejects(writeExpressionTable("x.csv", { genes: ["A", "B"], values }), {
    message: "x.csv, row 1, column B: NaN, expected finite values.",
  });
  await assert.rejects(writeExpressionTable("x.csv", { genes: ["A", "B", "C"], values }), RangeError);
});

Deno.test("readExpressionTable() takes a number too small for float32 for no number, and zeros of any spelling for zero", async () => {
  for (const cell of ["1e-400", "-4.9e-324", "1e-46", "0.0000000001e-40", "7e-46"]) {
    assert.match(
      await refusal(`A,B\n1,2\n${cell},4\n`),
      new RegExp(`row 2 .* column A: found "${cell}", a value too small for float32`),
    );
  }
  await withFolder({ "gex.csv": "A,B\n0e-500,-0.00\n1.5e-45,+0.e7\n" }, async (folder) => {
    const { values } = await readExpressionTable(join(folder, "gex.csv"));
    assert.deepEqual([...valuesOf(values)], [0, -0, 2 ** -149, 0]);
  });
});
