import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { openMatrix } from "../../../datasets/formats/open_matrix.ts";
import { tableEnding, tableEndings, writeValueTable } from "../../../datasets/formats/value_table.ts";
import { UserError } from "../../../datasets/user_error.ts";

const table = {
  ids: ["row 1", "row 3", "row 4"],
  columns: new Map<string, readonly string[] | Float32Array>([
    ["name", ["a, b", 'q"uote', "µ"]],
    ["smiles", ["CCO", "C", "N"]],
    ["dose", Float32Array.of(0.1, NaN, 10)],
  ]),
  names: ["DDR1", "PAX8"],
  values: Float32Array.of(0.1, -2, 3e-8, 4, 5.5, 1 / 3),
};

async function written(ending: string, read: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeValueTable(`${folder}/out${ending}`, table);
    await read(`${folder}/out${ending}`);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), [`out${ending}`]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const text =
  'name,smiles,dose,DDR1,PAX8\n"a, b",CCO,0.1,0.1,-2\n"q""uote",C,,3e-8,4\nµ,N,10,5.5,0.33333334\n';

Deno.test("CSV, packed CSV and tabs hold the same cells", async () => {
  await written(".csv", async (path) => assert.equal(await Deno.readTextFile(path), text));
  await written(
    ".csv.gz",
    async (path) => assert.equal(new TextDecoder().decode(gunzipSync(await Deno.readFile(path))), text),
  );
  await written(
    ".tsv",
    async (path) => assert.equal((await Deno.readTextFile(path)).split("\n")[1], "a, b\tCCO\t0.1\t0.1\t-2"),
  );
});

Deno.test("Parquet keeps numbers, texts and what is unknown", () =>
  written(".parquet", async (path) => {
    const rows = await parquetReadObjects({ file: (await Deno.readFile(path)).buffer });
    assert.deepEqual(rows.map(({ name, dose }) => [name, dose]), [["a, b", 0.1], ['q"uote', null], [
      "µ",
      10,
    ]]);
    assert.deepEqual(rows.map(({ DDR1 }) => DDR1), [...Float32Array.of(0.1, 3e-8, 5.5)]);
  }));

for (const ending of [".h5ad", ".gctx", ".gct"]) {
  Deno.test(`${ending} holds rows as samples, their columns as fields, outputs as features`, () =>
    written(ending, async (path) => {
      using file = await openMatrix(path);
      assert.deepEqual(file.samples.ids, table.ids);
      assert.deepEqual(file.features.ids, table.names);
      assert.deepEqual(file.samples.fields.get("dose"), ["0.1", "", "10"]);
      assert.deepEqual(file.samples.fields.get("name"), table.columns.get("name"));
      assert.deepEqual(file.read(0, 3), table.values);
    }));
}

Deno.test("an ending that nothing writes is refused before anything is computed", () => {
  assert.equal(tableEnding("A.B.CSV.GZ"), ".csv.gz");
  for (const path of ["x.xlsx", "x", "x.csv.zip", "x.h5", "csv"]) {
    assert.throws(
      () => tableEnding(path),
      (error) => error instanceof UserError && error.message.startsWith(`${path}: its ending`),
    );
  }
  assert.equal(Object.keys(tableEndings).length, 7);
});
