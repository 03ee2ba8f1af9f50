import assert from "node:assert/strict";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { matrixOf } from "../../../datasets/dataset.ts";
import { writeDataTables } from "../../../datasets/formats/data_tables.ts";
import { layoutNamed } from "../../../datasets/layouts/mod.ts";
import { piecesOf, valuesOf, withColumns, withRows } from "../../../datasets/matrix.ts";
import { RandomStream } from "../../../datasets/random.ts";
import { readCsv } from "../../../datasets/readers/csv.ts";
import { readExpressionTable } from "../../../datasets/readers/read_expression_table.ts";
import { readPretrainingFolder } from "../../../datasets/readers/read_pretraining_folder.ts";
import { writeStoredTable } from "../../../datasets/readers/stored_table.ts";
import {
  writeFinetuningFolder,
  writePretrainingFolder,
} from "../../../datasets/readers/write_data_folder.ts";
import { simulateL1000 } from "../../../datasets/simulator/simulator.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { messageOf, withFolder } from "../readers/data_files.ts";

const simulated = simulateL1000({ genes: 163, cells: 3, drugs: 5, decoys: 1, responseCells: 7 });

for (const name of ["profiles", "response"] as const) {
  Deno.test(`${name}: a stored folder and its twin in CSV are the same data, row for row`, async () => {
    await withFolder({}, async (folder) => {
      const read = async (form: "csv" | "stored") => {
        const own = join(folder, "data");
        if (name === "profiles") await writePretrainingFolder(own, simulated.pretraining, form);
        else await writeFinetuningFolder(own, simulated.finetuning, form);
        const files = (await Array.fromAsync(Deno.readDir(own))).map((entry) => entry.name).sort();
        const layout = layoutNamed(name), settings = layout.settings.parse({ genes: 161, ppi: "none" });
        const { truth, basal, inputs: _, files: __, ...table } = await layout.read(own, settings, {
          identity: "parent",
        });
        const rows = [table.rows - 1, 0, 1, 2, 7, 7, 3];
        return { files, table, values: [truth!.take(rows), basal!.take(rows), valuesOf(truth!)] };
      };
      const text = await read("csv"), stored = await read("stored");
      assert.deepEqual(stored.values, text.values);
      assert.deepEqual(stored.table, text.table);
      assert.equal(stored.table.fingerprint, text.table.fingerprint);
      assert.deepEqual(
        stored.files,
        name === "profiles"
          ? ["condition_table.parquet", "gex_DMSO.safetensors", "gex_comp.safetensors"]
          : ["gex_before.safetensors", "label.parquet"],
        "the tables in the other form are gone",
      );
    });
  });
}

Deno.test("rows of a stored table are those of the table, in any order, and by rows and columns of it", async () => {
  const rows = 3001, columns = 701, random = new RandomStream(3);
  const values = Float32Array.from({ length: rows * columns }, () => random.normal());
  const genes = Array.from({ length: columns }, (_, gene) => `G${gene}`), matrix = matrixOf(values, columns);
  await withFolder({}, async (folder) => {
    const path = join(folder, "gex.safetensors");
    await writeStoredTable(path, { genes, values: matrix });
    const { values: stored, rows: found, genes: named } = await readExpressionTable(path);
    assert.deepEqual([found, named], [rows, genes]);
    const some = Array.from({ length: 97 }, () => random.below(rows));
    assert.deepEqual(stored.take(some), matrix.take(some));
    const pieces = [...piecesOf(stored)];
    assert.ok(pieces.length > 2, "more than one piece");
    assert.deepEqual(pieces.map(({ length }) => length).reduce((sum, length) => sum + length), values.length);
    assert.deepEqual(valuesOf(stored), values);
    const view = withRows(withColumns(stored, [5, 0, 700]), [9, 3000, 9]);
    const at = (row: number) => [5, 0, 700].map((column) => values[row * columns + column]);
    assert.deepEqual([...view.take([2, 1])], [...at(9), ...at(3000)]);
  });
});

Deno.test("a stored table that is damaged, of another kind, changed in use or no number is refused by name", async () => {
  const table = { genes: ["DDR1", "PAX8"], values: matrixOf(Float32Array.of(1, 2, 3, 4, 5, 6), 2) };
  await withFolder({}, async (folder) => {
    const path = join(folder, "gex.safetensors");
    const refusal = () => messageOf(folder, readExpressionTable(path));
    await writeStoredTable(path, table);
    const whole = await Deno.readFile(path);
    for (const at of [whole.length - 3, 100, 8]) {
      await Deno.writeFile(path, whole.map((byte, place) => place === at ? byte ^ 4 : byte));
      assert.match(await refusal(), /^DIR\/gex\.safetensors: /);
    }
    await Deno.writeFile(path, whole.subarray(0, -4));
    assert.match(await refusal(), /it has been cut/);
    await writeStoredTable(path, { ...table, genes: ["DDR1"] });
    assert.match(await refusal(), /expected a table of profiles .* found profiles \(F32, 3 x 2\)/);
    await writeStoredTable(path, {
      ...table,
      values: matrixOf(Float32Array.of(1, 2, NaN, 4, 5, Infinity), 2),
    });
    assert.match(await refusal(), /row 2, column DDR1: found NaN, expected a finite number/);
    const bad: number[] = [];
    await readExpressionTable(path, { badRow: (_, { row }) => bad.push(row) });
    assert.deepEqual(bad, [2, 3]);
    await writeStoredTable(path, table);
    const { values } = await readExpressionTable(path);
    assert.deepEqual([...values.take([2])], [5, 6]);
    await writeStoredTable(path, { ...table, values: matrixOf(Float32Array.of(9, 9, 9, 9, 9, 9), 2) });
    assert.throws(() => values.take([2]), /was changed while it was in use/);
    await Deno.remove(path);
    assert.throws(() => values.take([2]), (error) => error instanceof UserError);
  });
});

Deno.test("faulty rows of a stored folder are left out with --skip-bad, as of a text", async () => {
  await withFolder({}, async (folder) => {
    const { genes, samples, basal } = simulated.pretraining;
    const values = valuesOf(basal).slice();
    values[2 * genes.length + 3] = NaN;
    await writePretrainingFolder(folder, simulated.pretraining, "stored");
    await writeStoredTable(join(folder, "gex_DMSO.safetensors"), {
      genes,
      values: matrixOf(values, genes.length),
    });
    const read = await readPretrainingFolder(folder, { skipBad: true });
    assert.deepEqual(
      [read.samples.rows, read.basal.rows, read.perturbed.rows],
      Array(3).fill(samples.rows - 1),
    );
    assert.deepEqual(read.basal.take([2]), basal.take([3]));
    assert.deepEqual(read.skipped!.map(({ row }) => row), [3]);
    const smiles = samples.smiles.with(4, "C1CC");
    await writePretrainingFolder(
      folder,
      { ...simulated.pretraining, samples: { ...samples, smiles } },
      "stored",
    );
    const layout = layoutNamed("profiles"), settings = layout.settings.parse({ ppi: "none" });
    assert.match(
      await messageOf(folder, layout.read(folder, settings, { identity: "parent" })),
      /^DIR\/condition_table\.parquet: .*\n.*row 5: "C1CC"/,
    );
  });
});

Deno.test("new tables that cannot be written leave the old ones; what a killed writer left is cleared away", async () => {
  await withFolder({}, async (folder) => {
    const { pretraining } = simulated;
    await writePretrainingFolder(folder, pretraining);
    await Deno.writeTextFile(join(folder, "prepared.json"), "{}");
    await Deno.mkdir(join(folder, ".part-0123abcd"));
    const before = await readPretrainingFolder(folder);
    const faulty = { ...pretraining, genes: pretraining.genes.with(3, "3-Sep") };
    assert.match(await messageOf(folder, writePretrainingFolder(folder, faulty, "stored")), /"3-Sep"/);
    assert.deepEqual(await readPretrainingFolder(folder), before);
    await Deno.stat(join(folder, "prepared.json"));
    await writePretrainingFolder(folder, pretraining, "stored");
    const left = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
    assert.deepEqual(left, ["condition_table.parquet", "gex_DMSO.safetensors", "gex_comp.safetensors"]);
    await Deno.remove(join(folder, "condition_table.parquet"));
    assert.match(await messageOf(folder, readPretrainingFolder(folder)), /missing "condition_table.csv"/);
  });
});

Deno.test("a table is the same rows as text and as Parquet, numbers, blanks and row groups too", async () => {
  const rows = 2300;
  const columns = new Map<string, readonly string[] | Float32Array>([
    ["dose", Float32Array.from({ length: rows }, (_, row) => row % 7 === 3 ? NaN : row / 3)],
    ["name", Array.from({ length: rows }, (_, row) => row % 5 === 0 ? "" : `drug, "${row}"`)],
  ]);
  const cellsOf = async (path: string) => {
    const cells: (readonly string[])[] = [];
    assert.equal(
      await readCsv(path, { header: (names) => cells.push(names), row: (one) => cells.push([...one]) }),
      rows,
    );
    return cells;
  };
  await withFolder({}, async (folder) => {
    const written = async (form: "csv" | "stored") => {
      await writeDataTables(folder, { profiles: {}, rows: { name: "t", columns } }, form);
      return await cellsOf(join(folder, form === "csv" ? "t.csv" : "t.parquet"));
    };
    assert.deepEqual(await written("stored"), await written("csv"));
    const other = join(folder, "other.parquet");
    const write = (data: unknown[], type?: "INT64" | "TIMESTAMP") =>
      Deno.writeFile(
        other,
        new Uint8Array(parquetWriteBuffer({
          columnData: [{ name: "n", data: data as never, type }, {
            name: "__index_level_0__",
            data: data.map((_, row) => `r${row}`),
          }],
        })),
      );
    await write([1n, -5n], "INT64");
    const read: (readonly string[])[] = [];
    await readCsv(other, { header: (names) => read.push(names), row: (cells) => read.push(cells) });
    assert.deepEqual(read, [["n"], ["1"], ["-5"]]);
    const named: (readonly string[])[] = [];
    await readCsv(other, {
      unnamedFirst: true,
      header: (names) => named.push(names),
      row: (cells) => named.push(cells),
    });
    assert.deepEqual(named, [["", "n"], ["r0", "1"], ["r1", "-5"]], "row names stand where text has them");
    // A table whose index has a name, as pandas notes it.
    const indexed = (note: string) =>
      Deno.writeFile(
        other,
        new Uint8Array(parquetWriteBuffer({
          columnData: [{ name: "TP53", data: [0.5, -1] }, { name: "drug", data: ["a", "b"] }],
          kvMetadata: [{ key: "pandas", value: note }],
        })),
      );
    const rowsOf = async () => {
      const found: (readonly string[])[] = [];
      await readCsv(other, { header: (names) => found.push(names), row: (cells) => found.push(cells) });
      return found;
    };
    await indexed('{"index_columns": ["drug", "gone", {"kind": "range"}]}');
    assert.deepEqual(await rowsOf(), [["drug", "TP53"], ["a", "0.5"], ["b", "-1"]]);
    for (const note of ["", "{", "null", '{"index_columns": 3}']) {
      await indexed(note);
      assert.deepEqual((await rowsOf())[0], ["TP53", "drug"], note);
    }
    // The later one would take the place of the first.
    await Deno.writeFile(
      other,
      new Uint8Array(parquetWriteBuffer({
        columnData: [{ name: "n", data: [1.5] }, { name: "m", data: [2.5] }, { name: "n", data: [3.5] }],
      })),
    );
    assert.match(
      await messageOf(folder, rowsOf()),
      /^DIR\/other\.parquet: cannot be read as Parquet \(two columns are called n\); export it again\.$/,
    );
    await write([new Date(0)], "TIMESTAMP");
    assert.match(
      await messageOf(folder, readCsv(other, { header: () => {}, row: () => {} })),
      /^DIR\/other\.parquet, row 1, column n: found a date, expected text or a number/,
    );
  });
});
