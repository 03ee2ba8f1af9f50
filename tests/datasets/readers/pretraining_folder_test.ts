import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { matrixOf } from "../../../datasets/dataset.ts";
import { valuesOf } from "../../../datasets/matrix.ts";
import { type PretrainingData, UserError, writePretrainingFolder } from "../../../datasets/mod.ts";
import { readPretrainingFolder } from "../../../datasets/readers/read_pretraining_folder.ts";
import { buildSampleTable } from "../../../datasets/readers/sample_table.ts";
import { messageOf, pretrainingFiles, withFolder } from "./data_files.ts";

Deno.test("readPretrainingFolder() aligns conditions and profiles and numbers the drugs", async () => {
  await withFolder(pretrainingFiles, async (folder) => {
    const { samples, ...data } = await readPretrainingFolder(folder);
    assert.deepEqual(data.genes, ["DDR1", "PAX8"]);
    assert.deepEqual([...valuesOf(data.basal)], [0.5, -1, 1, 2, 3, 4]);
    assert.deepEqual([...valuesOf(data.perturbed)], [5, 6, 7, 8, 9, Math.fround(1e-3)]);
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
      "DIR/gex_comp.csv, header: 2 genes, expected the 2 of DIR/gex_DMSO.csv in any order: 1 of DIR/gex_DMSO.csv are missing " +
      '("PAX8"), 1 are not in that file ("PAX9"). Is PAX9 PAX8? Rename them, or keep what both have with --genes intersection.',
    ],
    [
      "a gene more",
      { "gex_comp.csv": "DDR1,PAX8,RPS5\n5,6,1\n7,8,1\n9,9,1\n" },
      'DIR/gex_comp.csv, header: 3 genes, expected the 2 of DIR/gex_DMSO.csv in any order: 1 are not in that file ("RPS5"). ' +
      "Rename them, or keep what both have with --genes intersection.",
    ],
    [
      "wrong header",
      { "condition_table.csv": "doze,time,canonical_smiles\n1,6,C\n" },
      'DIR/condition_table.csv, header: found the columns "doze", "time", "canonical_smiles", expected "dose" or "pert_dose" or ' +
      '"pert_idose" among them; ' +
      'did you mean "doze"? Rename it.',
    ],
    [
      "negative dose",
      { "condition_table.csv": "dose,time,canonical_smiles\n-666,6,C\n1,1,C\n1,1,C\n" },
      'DIR/condition_table.csv, row 1 (line 2), column dose: found "-666", a missing value, expected a dose in µM; fill it in ' +
      "or remove the row.",
    ],
    [
      "time in words",
      { "condition_table.csv": "dose,time,canonical_smiles\n1,6,C\n1,six,C\n1,1,C\n" },
      'DIR/condition_table.csv, row 2 (line 3), column time: found "six", not a number, with or without a unit, expected a ' +
      "time in hours; mend or remove the row.",
    ],
    [
      "no structure",
      { "condition_table.csv": "dose,time,canonical_smiles\n1,6,C\n1,6,\n1,1,C\n" },
      'DIR/condition_table.csv, row 2 (line 3), column canonical_smiles: found "", a missing value, expected a SMILES; fill ' +
      "it in or remove the row.",
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
    assert.deepEqual([...valuesOf(data.perturbed)], [1, 2, 7, 8]);
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
          basal: matrixOf(values, width),
          perturbed: matrixOf(values.map((value) => -value), width),
        };
        await writePretrainingFolder(folder, data);
        assert.deepEqual(await readPretrainingFolder(folder), data);
      }),
      { numRuns: 25 },
    );
  });
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
            for (const matrix of [data.basal, data.perturbed]) {
              assert.deepEqual([matrix.rows, matrix.columns], [data.samples.rows, data.genes.length]);
              assert.ok(valuesOf(matrix).every(Number.isFinite));
            }
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

Deno.test("profiles whose row names stand in another order than the conditions are refused", async () => {
  const table = "sig_id,dose,time,canonical_smiles\ns1,1,6,C\ns2,2,6,CC\ns3,3,6,C\n";
  const profiles = (header: string, rows: string[]) =>
    `${header},DDR1\n${rows.map((row, at) => `${row},${at}\n`).join("")}`;
  const read = (header: string, rows: string[]) =>
    withFolder({
      "condition_table.csv": table,
      "gex_DMSO.csv": profiles("sig_id", ["c9", "c9", "c8"]),
      "gex_comp.csv": profiles(header, rows),
    }, async (folder) => {
      const outcome = readPretrainingFolder(folder).then(({ samples }) => samples.rows);
      return await outcome.catch(() => messageOf(folder, outcome));
    });
  for (const header of ["sig_id", "", "Sample"]) {
    assert.equal(await read(header, ["s1", "s2", "s3"]), 3);
    assert.equal(
      await read(header, ["s1", "s3", "s2"]),
      'DIR/gex_comp.csv, row 2: found the profile of "s3", expected that of "s2", which DIR/condition_table.csv has in this ' +
        'row (column "sig_id"); sort both tables alike.',
    );
  }
  // Names of something else than the table's rows.
  assert.equal(await read("Sample", ["x3", "x2", "x1"]), 3);
  assert.equal(await read("Sample", ["s3", "s2", "x1"]), 3);
});

Deno.test("a blank cell line or unit beside filled ones is a missing value", async () => {
  const cases = [
    ["dose,time,canonical_smiles,cell_id\n1,6,C,A375\n2,6,C,\n3,6,C,\n", "cell_id", 1],
    ["dose,dose_unit,time,canonical_smiles\n1,nM,6,C\n2,,6,C\n0,,6,C\n", "dose_unit", 2],
    ["dose,dose_unit,time,canonical_smiles\n1,nM,6,C\n2 nM,,6,C\n0,,6,C\n", "", 3],
    ["dose,dose_unit,time,canonical_smiles,cell_id\n1,,6,C,\n2,,6,C,\n0,,6,C,\n", "", 3],
  ] as const;
  for (const [table, column, left] of cases) {
    await withFolder({ ...pretrainingFiles, "condition_table.csv": table }, async (folder) => {
      assert.equal((await readPretrainingFolder(folder, { skipBad: true })).samples.rows, left);
      if (column === "") return void await readPretrainingFolder(folder);
      const message = await messageOf(folder, readPretrainingFolder(folder));
      assert.ok(
        message.startsWith(`DIR/condition_table.csv, row 2 (line 3), column ${column}: found "", a missing`),
        message,
      );
      assert.ok(message.includes('a blank is not taken to mean "as above"'), message);
    });
  }
});
