import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import {
  alignGenes,
  float32Text,
  ppiFromDense,
  ppiFromEdges,
  ppiRowSums,
  ppiToDense,
  type PretrainingData,
  readExpressionTable,
  readFinetuningFolder,
  readGeneList,
  readPpiEdges,
  readPredictionInput,
  readPretrainingFolder,
  selectRows,
  UserError,
  writeExpressionTable,
  writeFileAtomic,
  writeFinetuningFolder,
  writePretrainingFolder,
} from "../../datasets/mod.ts";
import { buildSampleTable } from "../../datasets/readers/sample_table.ts";
import { sharedFolder, sharedPresent } from "../shared_folder.ts";

type Files = Record<string, string | Uint8Array>;

/** Runs `use` in a fresh folder that holds the files. */
async function withFolder<Result>(files: Files, use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await Deno.makeTempDir({ prefix: "perturbine-readers-" });
  try {
    for (const [name, content] of Object.entries(files)) {
      await Deno.writeFile(
        join(folder, name),
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
    }
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The message with which `action` fails, its folder replaced by DIR. */
async function messageOf(folder: string, action: Promise<unknown>): Promise<string> {
  const error = await action.then(() => undefined, (reason: unknown) => reason);
  assert.ok(error instanceof UserError, `expected a UserError, found ${error}`);
  return error.message.replaceAll(folder, "DIR");
}

/** The message with which `gex.csv` of this content is refused. */
function refusal(content: string | Uint8Array): Promise<string> {
  return withFolder(
    { "gex.csv": content },
    (folder) => messageOf(folder, readExpressionTable(join(folder, "gex.csv"))),
  );
}

const pretrainingFiles = {
  "condition_table.csv": "dose,time,canonical_smiles,cell_id,pert_iname\n" +
    "10.0,6,CCO,A375,ethanol\n3.33,24,CC(=O)O,MCF7,acetic acid\n10,24,CCO,MCF7,ethanol\n",
  "gex_DMSO.csv": "DDR1,PAX8\n0.5,-1\n1,2\n3,4\n",
  "gex_comp.csv": "DDR1,PAX8\n5,6\n7,8\n9,1e-3\n",
};

Deno.test("readExpressionTable() reads names, rows and values", async () => {
  await withFolder({ "gex.csv": "DDR1,PAX8,RPS5\n0.5,-1,2e-1\n10, 3.25 ,-0\n" }, async (folder) => {
    const table = await readExpressionTable(join(folder, "gex.csv"));
    assert.deepEqual(table.genes, ["DDR1", "PAX8", "RPS5"]);
    assert.equal(table.rows, 2);
    assert.deepEqual([...table.values], [0.5, -1, Math.fround(0.2), 10, 3.25, -0]);
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
      assert.deepEqual([table.genes, [...table.values]], [["A", "B"], [1, 2, 3, 4]], JSON.stringify(content));
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
      "index column",
      ",A,B\n0,1,2\n",
      "DIR/gex.csv, header, column 1: the column has no name; if it holds row names, export the table without them " +
      "(pandas: index=False, R: row.names=FALSE).",
    ],
    [
      "no header",
      "1.5,2\n3,4\n",
      'DIR/gex.csv, header: found numbers ("1.5", …), expected gene symbols; add a header line.',
    ],
    [
      "semicolons",
      "A;B\n1;2\n",
      "DIR/gex.csv: the header is separated by semicolons, expected commas; export the table as comma-separated values.",
    ],
    [
      "open quote",
      'A,B\n1,"2\n3,4\n',
      "DIR/gex.csv, line 2: a quotation mark is not closed or not alone around its value, expected quotes in pairs; " +
      "mend the quotes of this line.",
    ],
    [
      "gzip",
      new Uint8Array([0x1f, 0x8b, 8, 0, 0]),
      "DIR/gex.csv: expected a UTF-8 text file, found a gzip archive; unpack it first.",
    ],
    [
      "UTF-16",
      new Uint8Array([0xff, 0xfe, 65, 0]),
      "DIR/gex.csv: expected a UTF-8 text file, found UTF-16 text; save it as UTF-8.",
    ],
    [
      "Latin-1 header",
      new Uint8Array([65, 0xe9, 44, 66, 10, 49, 44, 50, 10]),
      'DIR/gex.csv, header, column 1: found "A\ufffd", expected a name in UTF-8 text; the file is damaged or in another ' +
      "encoding, export it again.",
    ],
    [
      "bare carriage returns",
      "A,B\r1,2\r",
      "DIR/gex.csv: lines end in bare carriage returns (an old Macintosh file), expected line feeds; save it again.",
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
    assert.equal(table.values.length, 9001 * 97);
    assert.ok(table.values.every((value, index) => value === (Math.floor(index / 97) + index % 97) / 8));
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

Deno.test("an expression table is the same after writing and reading", async () => {
  const tables = fc.tuple(
    fc.uniqueArray(fc.stringMatching(/^[A-Z][A-Za-z0-9,"' .-]{0,6}[A-Z0-9]$/), {
      minLength: 1,
      maxLength: 9,
    }),
    fc.integer({ min: 1, max: 7 }),
  ).chain(([genes, rows]) =>
    fc.record({
      genes: fc.constant(genes),
      rows: fc.constant(rows),
      values: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
        minLength: rows * genes.length,
        maxLength: rows * genes.length,
      }).map((values) => Float32Array.from(values)),
    })
  );
  await withFolder({}, async (folder) => {
    const path = join(folder, "gex.csv");
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        await writeExpressionTable(path, table);
        assert.deepEqual(await readExpressionTable(path), { file: path, ...table });
      }),
      { numRuns: 60 },
    );
  });
});

Deno.test("writeExpressionTable() refuses what no reader would accept", async () => {
  const values = Float32Array.of(1, NaN);
  await assert.rejects(writeExpressionTable("x.csv", { genes: ["A", "B"], rows: 1, values }), {
    message: "x.csv, row 1, column B: NaN, expected finite values.",
  });
  await assert.rejects(writeExpressionTable("x.csv", { genes: ["A", "B"], rows: 2, values }), RangeError);
});

Deno.test("writeFileAtomic() replaces a file whole, leaves nothing behind, and says what to do", async () => {
  await withFolder({ "a.txt": "old" }, async (folder) => {
    const path = join(folder, "a.txt");
    const failing = function* () {
      yield "part";
      throw new Error("no more");
    };
    await assert.rejects(writeFileAtomic(path, failing()), { message: "no more" });
    assert.equal(await Deno.readTextFile(path), "old");
    await writeFileAtomic(path, ["n", new Uint8Array([101, 119])]);
    assert.equal(await Deno.readTextFile(path), "new");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.txt"]);
    assert.equal(
      await messageOf(folder, writeFileAtomic(join(folder, "no", "a.txt"), "x")),
      "DIR/no/a.txt: cannot be written, its folder does not exist; create DIR/no first.",
    );
  });
});

Deno.test("readPretrainingFolder() aligns conditions and profiles and numbers the drugs", async () => {
  await withFolder(pretrainingFiles, async (folder) => {
    const { samples, ...data } = await readPretrainingFolder(folder);
    assert.deepEqual(data.genes, ["DDR1", "PAX8"]);
    assert.deepEqual([...data.basal], [0.5, -1, 1, 2, 3, 4]);
    assert.deepEqual([...data.perturbed], [5, 6, 7, 8, 9, Math.fround(1e-3)]);
    assert.deepEqual([...samples.dose], [10, Math.fround(3.33), 10]);
    assert.deepEqual([...samples.time], [6, 24, 24]);
    assert.deepEqual(samples.drugs, ["CCO", "CC(=O)O"]);
    assert.deepEqual([...samples.drugOfRow], [0, 1, 0]);
    assert.deepEqual(samples.drugNames, ["ethanol", "acetic acid"]);
    assert.deepEqual(samples.cells, ["A375", "MCF7", "MCF7"]);
    assert.equal("skipped" in data, false);
  });
});

Deno.test("readPretrainingFolder() takes the released table of three columns, in any order", async () => {
  const files = {
    ...pretrainingFiles,
    "condition_table.csv": "canonical_smiles,dose,time\nC,1,6\nCC,2,6\nC,3,6\n",
  };
  await withFolder(files, async (folder) => {
    const { samples } = await readPretrainingFolder(folder);
    assert.equal(samples.cells, undefined);
    assert.deepEqual(samples.drugNames, ["C", "CC"]);
  });
});

Deno.test("readPretrainingFolder() refuses files that do not fit together", async (t) => {
  const cases: [name: string, changes: Record<string, string | undefined>, message: string][] = [
    [
      "profiles missing",
      { "gex_comp.csv": "DDR1,PAX8\n5,6\n7,8\n" },
      "DIR/gex_comp.csv: found 2 rows below the header, but DIR/condition_table.csv has 3; expected one profile for every condition, in the same " +
      "order; one of the files was cut or belongs to another data set.",
    ],
    [
      "conditions missing",
      { "condition_table.csv": "dose,time,canonical_smiles\n1,6,C\n" },
      "DIR/gex_DMSO.csv: found 3 rows below the header, but DIR/condition_table.csv has 1; expected one profile for every condition, in the same " +
      "order; one of the files was cut or belongs to another data set.",
    ],
    [
      "another gene",
      { "gex_comp.csv": "DDR1,PAX9\n5,6\n7,8\n9,9\n" },
      'DIR/gex_comp.csv, header, column 2: found "PAX9", expected "PAX8" as in DIR/gex_DMSO.csv (2 and 2 genes); give both ' +
      "files the same genes in the same order.",
    ],
    [
      "a gene more",
      { "gex_comp.csv": "DDR1,PAX8,RPS5\n5,6,1\n7,8,1\n9,9,1\n" },
      'DIR/gex_comp.csv, header, column 3: found "RPS5", expected no column as in DIR/gex_DMSO.csv (3 and 2 genes); give ' +
      "both files the same genes in the same order.",
    ],
    [
      "wrong header",
      { "condition_table.csv": "doze,time,canonical_smiles\n1,6,C\n" },
      'DIR/condition_table.csv, header: found the columns "doze", "time", "canonical_smiles", expected "dose" among them; ' +
      'did you mean "doze"? Rename it.',
    ],
    [
      "negative dose",
      { "condition_table.csv": "dose,time,canonical_smiles\n-666,6,C\n1,1,C\n1,1,C\n" },
      'DIR/condition_table.csv, row 1 (line 2), column dose: found "-666", a negative value (-666 marks a missing one in ' +
      "LINCS tables), expected a dose in µM; mend or remove the row.",
    ],
    [
      "time in words",
      { "condition_table.csv": "dose,time,canonical_smiles\n1,6,C\n1,6h,C\n1,1,C\n" },
      'DIR/condition_table.csv, row 2 (line 3), column time: found "6h", not a number, expected a time in hours; mend or ' +
      "remove the row.",
    ],
    [
      "no structure",
      { "condition_table.csv": "dose,time,canonical_smiles\n1,6,C\n1,6,\n1,1,C\n" },
      'DIR/condition_table.csv, row 2 (line 3), column canonical_smiles: found "", no structure, expected a SMILES; fill in ' +
      "or remove the row.",
    ],
    [
      "file missing",
      { "gex_comp.csv": undefined },
      'DIR: missing "gex_comp.csv", expected the pretraining layout (condition_table.csv, gex_DMSO.csv, gex_comp.csv); add ' +
      "the file or check the path.",
    ],
  ];
  for (const [name, changes, message] of cases) {
    await t.step(name, async () => {
      const files = Object.entries({ ...pretrainingFiles, ...changes });
      const present = Object.fromEntries(
        files.flatMap(([file, text]) => text === undefined ? [] : [[file, text]]),
      );
      await withFolder(present, async (folder) => {
        assert.equal(await messageOf(folder, readPretrainingFolder(folder)), message);
      });
    });
  }
  await t.step("the other layout", async () => {
    const files = { "label.csv": "canonical_smiles,IC50\nC,1\n", "gex_before.csv": "A\n1\n" };
    await withFolder(files, async (folder) => {
      assert.equal(
        await messageOf(folder, readPretrainingFolder(folder)),
        'DIR: missing "condition_table.csv", "gex_DMSO.csv", "gex_comp.csv", expected the pretraining layout ' +
          "(condition_table.csv, gex_DMSO.csv, gex_comp.csv); the folder holds fine-tuning data, use the other command.",
      );
      assert.equal(
        await messageOf(folder, readPretrainingFolder(join(folder, "none"))),
        "DIR/none: the data folder does not exist (or is no folder); check the path.",
      );
    });
  });
});

Deno.test("readPretrainingFolder() with skipBad leaves out the union of bad rows and lists them", async () => {
  const files = {
    "condition_table.csv": "dose,time,canonical_smiles\n1,6,C\n2,6,CC\nx,6,CCC\n4,6,C\n5,6,CO\n",
    "gex_DMSO.csv": "A,B\n1,2\n3,4\n5,6\n7,8\n9,10\n",
    "gex_comp.csv": "A,B\n1,2\n3,NA\n5,6\n7,8\n9",
  };
  await withFolder(files, async (folder) => {
    const data = await readPretrainingFolder(folder, { skipBad: true });
    assert.deepEqual([...data.samples.dose], [1, 4]);
    assert.deepEqual([...data.samples.fileRows!], [1, 4]);
    assert.deepEqual([...data.perturbed], [1, 2, 7, 8]);
    assert.deepEqual(data.samples.drugs, ["C"]);
    assert.deepEqual(data.skipped!.map(({ row }) => row), [3, 2, 5]);
    assert.equal(data.skipped![1].file, join(folder, "gex_comp.csv"));
    assert.match(data.skipped![1].reason, /row 2 \(line 3\), column B: found "NA", a missing value/);
  });
  await withFolder({ ...files, "gex_comp.csv": "A,B\nx,x\nx,x\nx,x\nx,x\nx,x\n" }, async (folder) => {
    const message = await messageOf(folder, readPretrainingFolder(folder, { skipBad: true }));
    assert.match(message, /^DIR: all 5 rows are bad, so nothing is left after skipping them; the first: /);
  });
});

Deno.test("readFinetuningFolder() gives ln IC50 with 10 µM and 72 h in every row", async () => {
  const files = {
    "label.csv": "canonical_smiles,IC50,cell_id,drug_name\nCCO,-0.25,A375,ethanol\nC,3,MCF7,methane\n",
    "gex_before.csv": "DDR1,PAX8\n0.5,-1\n1,2\n",
  };
  await withFolder(files, async (folder) => {
    const data = await readFinetuningFolder(folder);
    assert.deepEqual([...data.logIc50], [-0.25, 3]);
    assert.deepEqual([[...data.samples.dose], [...data.samples.time]], [[10, 10], [72, 72]]);
    assert.deepEqual(data.samples.drugNames, ["ethanol", "methane"]);
    const copy = join(folder, "copy");
    await writeFinetuningFolder(copy, data);
    assert.deepEqual(await readFinetuningFolder(copy), { ...data, folder: copy });
  });
  await withFolder({ ...files, "gex_before.csv": "DDR1,PAX8\n0.5,-1\n" }, async (folder) => {
    assert.match(
      await messageOf(folder, readFinetuningFolder(folder)),
      /gex_before.csv: found 1 rows below the header, but DIR\/label.csv has 2;/,
    );
  });
  await withFolder({ ...files, "label.csv": "canonical_smiles,IC50\nC,low\nC,1\n" }, async (folder) => {
    assert.equal(
      await messageOf(folder, readFinetuningFolder(folder)),
      'DIR/label.csv, row 1 (line 2), column IC50: found "low", not a number, expected ln IC50 (of µM); ' +
        "mend or remove the row.",
    );
  });
});

Deno.test("readPredictionInput() puts genes into the model's order and names unknown and missing ones", async () => {
  const read = (content: string, skipBad = false) =>
    withFolder({ "in.csv": content }, async (folder) => {
      const action = readPredictionInput(join(folder, "in.csv"), ["DDR1", "PAX8", "RPS5"], { skipBad });
      return await action.catch((error: Error) => error.message.replaceAll(folder, "DIR"));
    });
  const good = await read(
    "PAX8,smiles,RPS5,dose,cell_id,time,DDR1\n2,CCO,3,10,A375,24,1\n5,C,6,1,MCF7,6,4\n",
  );
  assert.ok(typeof good !== "string", String(good));
  assert.deepEqual([...good.basal], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(good.samples.cells, ["A375", "MCF7"]);
  assert.deepEqual([...good.samples.dose], [10, 1]);
  const header = "smiles,dose,time,DDR1,PAX8";
  assert.equal(
    await read(`${header},RPS55\nC,1,6,1,2,3\n`),
    'DIR/in.csv, header: found an unknown gene, "RPS55", expected smiles, dose, time and the 3 genes of the model; did ' +
      'you mean "RPS5"? Rename or remove the column.',
  );
  assert.equal(
    await read(`${header}\nC,1,6,1,2\n`),
    'DIR/in.csv, header: 1 of the model\'s 3 genes is missing ("RPS5"), expected a column for every gene; add the basal ' +
      "values of these genes.",
  );
  assert.match(
    String(await read("dose,time,DDR1,PAX8,RPS5\n1,6,1,2,3\n")),
    /expected "smiles" or "canonical_smiles"/,
  );
  assert.match(
    String(await read(`${header},RPS5\nC,1,6,1,2,nan\n`)),
    /row 1 \(line 2\), column RPS5: found "nan"/,
  );
  const kept = await read(`${header},RPS5\nC,1,6,1,2,nan\nCC,1,6,7,8,9\n`, true);
  assert.ok(typeof kept !== "string", String(kept));
  assert.deepEqual([[...kept.basal], kept.samples.smiles, kept.skipped!.length], [[7, 8, 9], ["CC"], 1]);
});

Deno.test("a pretraining folder is the same after writing and reading", async () => {
  const rows = fc.array(
    fc.record({
      dose: fc.constantFrom(0, 0.04, 3.33, 10),
      time: fc.constantFrom(6, 24),
      smiles: fc.constantFrom("C", "CC", 'C"C', "C,C"),
      cell: fc.constantFrom("A375", "MCF7", "a, b"),
    }),
    { minLength: 1, maxLength: 9 },
  );
  await withFolder({}, async (parent) => {
    const folder = join(parent, "data");
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), async (samples, width) => {
        const values = Float32Array.from({ length: samples.length * width }, (_, index) => index / 7);
        const data: PretrainingData = {
          kind: "pretraining",
          folder,
          genes: Array.from({ length: width }, (_, gene) => `G${gene}`),
          samples: buildSampleTable(
            samples.map((row, index) => ({
              ...row,
              drugName: `drug ${row.smiles.length}`,
              fileRow: index + 1,
            })),
          ),
          basal: values,
          perturbed: values.map((value) => -value),
        };
        await writePretrainingFolder(folder, data);
        assert.deepEqual(await readPretrainingFolder(folder), data);
      }),
      { numRuns: 25 },
    );
  });
});

Deno.test("selectRows() keeps samples, profiles and drugs together", async () => {
  await withFolder(pretrainingFiles, async (folder) => {
    const data = selectRows(await readPretrainingFolder(folder), [2, 1]);
    assert.deepEqual([...data.basal], [3, 4, 1, 2]);
    assert.deepEqual([...data.perturbed.subarray(2)], [7, 8]);
    assert.deepEqual(data.samples.drugNames, ["ethanol", "acetic acid"]);
    assert.deepEqual([...data.samples.fileRows!], [3, 2]);
  });
});

Deno.test("alignGenes() puts genes into the model's order and refuses unknown and missing ones", async () => {
  await withFolder(pretrainingFiles, async (folder) => {
    const data = await readPretrainingFolder(folder);
    assert.equal(alignGenes(data, ["DDR1", "PAX8"]), data);
    const aligned = alignGenes(data, ["PAX8", "DDR1"]);
    assert.deepEqual([...aligned.basal], [-1, 0.5, 2, 1, 4, 3]);
    assert.deepEqual([...aligned.perturbed.subarray(0, 4)], [6, 5, 8, 7]);
    assert.equal(
      await messageOf(folder, Promise.try(() => alignGenes(data, ["DDR1", "PAX9"]))),
      'DIR: 1 gene unknown to the model ("PAX8"), expected its 2 genes in any order; did you mean "PAX9"? Rename or ' +
        "remove the columns.",
    );
    assert.equal(
      await messageOf(folder, Promise.try(() => alignGenes(data, ["DDR1", "PAX8", "RPS5"]))),
      'DIR: 1 of the model\'s 3 genes missing ("RPS5"), expected all of them in any order; add these columns.',
    );
  });
});

Deno.test("readGeneList() needs no last line end and refuses duplicates and tables", async () => {
  const read = (content: string) =>
    withFolder({ "genes.txt": content }, async (folder) => {
      return await readGeneList(join(folder, "genes.txt")).catch((error: Error) =>
        error.message.replaceAll(folder, "DIR")
      );
    });
  assert.deepEqual(await read("DDR1\nPAX8"), ["DDR1", "PAX8"]);
  assert.deepEqual(await read("DDR1\r\nPAX8\r\n"), ["DDR1", "PAX8"]);
  assert.equal(
    await read("DDR1\nPAX8\nDDR1\n"),
    'DIR/genes.txt, lines 1 and 3: found "DDR1" twice, expected every gene once (duplicate gene); remove one of them.',
  );
  assert.equal(
    await read("DDR1,1\n"),
    'DIR/genes.txt, line 1: found "DDR1,1", expected one gene symbol a line; mend or remove the line.',
  );
  assert.equal(
    await read("DDR1\n\nPAX8\n"),
    'DIR/genes.txt, line 2: found "", expected one gene symbol a line; mend or remove the line.',
  );
});

Deno.test("readPpiEdges() symmetrises, adds the identity once and counts what lies outside", async () => {
  const edges = "source,target\nA,B\nB,A\nC,C\nB,D\nX,Y\nA,B\nC,A\n";
  await withFolder({ "edges.csv": edges }, async (folder) => {
    const path = join(folder, "edges.csv");
    const graph = await readPpiEdges(path, ["A", "B", "C", "E"]);
    assert.deepEqual([...ppiToDense(graph)], [1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1]);
    assert.deepEqual([graph.edgesInside, graph.edgesOutside], [2, 2]);
    assert.deepEqual([...ppiRowSums(graph)], [3, 2, 2, 1]);
    const bare = await readPpiEdges(path, ["A", "B", "E"], { identity: false });
    assert.deepEqual([...ppiToDense(bare)], [0, 1, 0, 1, 0, 0, 0, 0, 0]);
    assert.equal(
      await messageOf(folder, readPpiEdges(path, ["ENSG1", "ENSG2"])),
      'DIR/edges.csv: none of the 2 genes ("ENSG1", "ENSG2") occurs in its 7 edges ("A", "B", "C"), expected ' +
        "the same kind of gene symbols in both; check that this is the right edge file.",
    );
  });
  await withFolder({ "edges.csv": "from,to\nA,B\n" }, async (folder) => {
    assert.match(
      await messageOf(folder, readPpiEdges(join(folder, "edges.csv"), ["A"])),
      /expected "source" among them/,
    );
  });
});

Deno.test("a PPI graph is the same from edges, from a dense matrix and back", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 33 }), fc.infiniteStream(fc.nat()), (count, numbers) => {
    const genes = Array.from({ length: count }, (_, gene) => `G${gene}`);
    const next = () => numbers.next().value % count;
    const edges = Array.from({ length: count }, (): [number, number] => [next(), next()]);
    const graph = ppiFromEdges(genes, edges);
    const dense = ppiToDense(graph);
    assert.deepEqual(ppiFromDense(genes, dense), graph);
    for (let row = 0; row < count; row++) {
      assert.equal(dense[row * count + row], 1);
      for (let column = 0; column < count; column++) {
        assert.equal(dense[row * count + column], dense[column * count + row]);
      }
      const columns = graph.indices.subarray(graph.indptr[row], graph.indptr[row + 1]);
      assert.deepEqual([...columns], [...new Set(columns)].sort((a, b) => a - b));
    }
  }));
  assert.throws(() => ppiFromDense(["A"], [2]), {
    message: "PPI matrix, row 0, column 0: found 2, expected 0 or 1.",
  });
  assert.throws(() => ppiFromDense(["A", "B"], [1]), RangeError);
});

Deno.test("damaged bytes give a UserError or a sound data set, never another exception", async () => {
  const names = Object.keys(pretrainingFiles) as (keyof typeof pretrainingFiles)[];
  const damage = fc.record({
    file: fc.constantFrom(...names),
    kind: fc.constantFrom("set", "insert", "remove", "cut"),
    at: fc.nat(400),
    byte: fc.oneof(
      fc.nat(255),
      fc.constantFrom(...[...'\n\r",;.-e0\0 '].map((letter) => letter.charCodeAt(0))),
    ),
  });
  await withFolder({}, async (folder) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (damages, skipBad) => {
          const bytes = new Map(
            names.map((name) => [name, [...new TextEncoder().encode(pretrainingFiles[name])]]),
          );
          for (const { file, kind, at, byte } of damages) {
            const content = bytes.get(file)!;
            const position = content.length === 0 ? 0 : at % content.length;
            if (kind === "set") content[position] = byte;
            else if (kind === "insert") content.splice(position, 0, byte);
            else if (kind === "remove") content.splice(position, 1);
            else content.length = position;
          }
          for (const [name, content] of bytes) {
            Deno.writeFileSync(join(folder, name), Uint8Array.from(content));
          }
          try {
            const data = await readPretrainingFolder(folder, { skipBad });
            assert.equal(data.basal.length, data.samples.rows * data.genes.length);
            assert.equal(data.perturbed.length, data.basal.length);
            assert.ok(data.basal.every(Number.isFinite) && data.perturbed.every(Number.isFinite));
            assert.ok(
              data.samples.dose.every((dose) => dose >= 0) &&
                data.samples.smiles.every((smiles) => smiles !== ""),
            );
          } catch (error) {
            if (!(error instanceof UserError)) {
              throw error;
            }
            assert.match(error.message, /[.…]$/);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

Deno.test("the real slices, the STRING graph and the gene lists read as their documentation counts them", async () => {
  if (!sharedPresent("data/csg2a-format")) return;
  const shared = (path: string) => new URL(`data/${path}`, sharedFolder).pathname;
  const counts: [slice: string, rows: number, drugs: number][] = [["a375_24h", 291, 49], [
    "ht115_6h",
    564,
    301,
  ], [
    "skbr3",
    283,
    10,
  ]];
  let genes: readonly string[] = [];
  for (const [slice, rows, drugs] of counts) {
    const started = performance.now();
    const data = await readPretrainingFolder(shared(`csg2a-format/${slice}`));
    assert.ok(
      performance.now() - started < 5000,
      "reading a slice takes well under a second on a free machine",
    );
    assert.deepEqual([data.samples.rows, data.samples.drugs.length, data.genes.length], [rows, drugs, 978]);
    assert.ok(data.basal.every((value) => Math.abs(value) <= 10));
    genes = data.genes;
  }
  const finetuning = await readFinetuningFolder(shared("csg2a-format/gdsc_finetune"));
  assert.deepEqual([finetuning.samples.rows, finetuning.genes], [640, genes]);
  const landmark = await readGeneList(shared("csg2a/LINCS_L1000_landmark_genes.txt"));
  assert.deepEqual(landmark, genes);
  const graph = await readPpiEdges(shared("csg2a/STRING_edges.csv"), landmark);
  assert.deepEqual([graph.edgesInside, graph.indices.length], [1771, 4520]);
  const sums = ppiRowSums(graph);
  assert.deepEqual([Math.max(...sums) - 1, sums.filter((sum) => sum === 1).length], [86, 370]);
  const bing = await readGeneList(shared("csg2a/LINCS_L1000_bing_genes.txt"));
  const large = await readPpiEdges(shared("csg2a/STRING_edges.csv"), bing);
  assert.deepEqual([bing.length, large.edgesInside, large.indices.length], [10167, 57092, 124351]);
});
