import assert from "node:assert/strict";
import { openMatrix } from "../../../datasets/formats/open_matrix.ts";
import {
  gctLines,
  gctxBytes,
  h5adBytes,
  type WritableMatrix,
} from "../../../datasets/formats/write_matrix.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { sharedFolder, sharedTest } from "../../shared_folder.ts";

const fixtures = new URL("fixtures/", import.meta.url);
const fixture = (name: string) => new URL(name, fixtures).pathname;

/** 5 samples x 3 features with everything that is awkward: no value, tabs in names, signs, the smallest numbers. */
const matrix: WritableMatrix = {
  samples: {
    ids: ["PLATE_1:A01", "b c", "µ", "100 %", 'x"y'],
    fields: new Map([["pert_dose", ["10", "0.12", "", "3.33", "1e-3"]], ["cell", [
      "A375",
      "",
      "HT-29",
      "MCF7",
      "ß",
    ]]]),
  },
  features: { ids: ["780", "ENSG00000204580", "DDR1"], fields: new Map([["title", ["a kinase", "", "Σ"]]]) },
  values: Float32Array.from([1, -2.5, NaN, 4e-38, 0, 6, -0.1, 3.4e38, 12.125, NaN, NaN, NaN, 1 / 3, 15, -7]),
};

async function written(form: string, folder: string): Promise<string> {
  const path = `${folder}/matrix.${form}`;
  if (form === "gct") await Deno.writeTextFile(path, [...gctLines(matrix)].join(""));
  else {await Deno.writeFile(
      path,
      form === "gctx" ? await gctxBytes(matrix, "test") : await h5adBytes(matrix),
    );}
  return path;
}

/** The whole sentence of the refusal. */
async function refusal(path: string): Promise<string> {
  try {
    using file = await openMatrix(path);
    file.read(0, file.samples.ids.length);
  } catch (error) {
    assert(error instanceof UserError, `a raw ${error}`);
    return error.message;
  }
  throw new Error(`${path} was accepted.`);
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const form of ["gct", "gctx", "h5ad"]) {
  Deno.test(`what is written as ${form} is read back, whole and by slices`, () =>
    inFolder(async (folder) => {
      using file = await openMatrix(await written(form, folder));
      assert.deepEqual(file.samples.ids, matrix.samples.ids);
      assert.deepEqual(file.features.ids, matrix.features.ids);
      assert.deepEqual(Object.fromEntries(file.samples.fields), Object.fromEntries(matrix.samples.fields));
      assert.deepEqual(Object.fromEntries(file.features.fields), Object.fromEntries(matrix.features.fields));
      assert.deepEqual(file.read(0, 5), matrix.values);
      assert.deepEqual(file.read(1, 3, [2, 0]), Float32Array.of(6, 4e-38, 12.125, -0.1));
      assert.deepEqual(file.read(2, 2), new Float32Array(0));
    }));
}

Deno.test("a packed GCT reads like the plain one", () =>
  inFolder(async (folder) => {
    const text = new Blob([...gctLines(matrix)]).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(`${folder}/m.gct.gz`, text);
    using file = await openMatrix(`${folder}/m.gct.gz`);
    assert.deepEqual(file.read(0, 5), matrix.values);
    await Deno.truncate(`${folder}/m.gct.gz`, 120);
    assert.match(await refusal(`${folder}/m.gct.gz`), /gzip|cut/);
  }));

Deno.test("h5ad of anndata: dense, csr and csc hold the same, categories and missing ones come out as texts", async () => {
  const read: number[][] = [];
  for (const kind of ["dense", "csr", "csc"]) {
    using file = await openMatrix(fixture(`anndata_${kind}.h5ad`));
    assert.deepEqual(file.samples.fields.get("cell_line"), [
      "A375",
      "MCF7",
      "A375",
      "HT29",
      "MCF7",
      "",
      "A375",
    ]);
    assert.deepEqual(file.samples.fields.get("dose"), ["0.1", "1", "10", "0.1", "", "1", "10"]);
    assert.deepEqual(file.samples.fields.get("ok"), [
      "true",
      "false",
      "true",
      "false",
      "true",
      "false",
      "true",
    ]);
    assert.deepEqual(file.features.fields.get("entrez"), ["5720", "466", "6009", "2309", "387"]);
    read.push([...file.read(0, 7)], [...file.read(0, 3), ...file.read(3, 3), ...file.read(3, 7)]);
  }
  for (const values of read) assert.deepEqual(values, read[0]);
  const expected = [2.0409191, 0, 0.41809884, 0, 0, 0, 0, 0, 0, 3.3229995, 0.22578661, 0, 0, NaN, 0];
  expected.forEach((value, at) =>
    assert(Object.is(value, read[0][at]) || Math.abs(value - read[0][at]) < 1e-6, `${at}: ${read[0][at]}`)
  );
});

Deno.test("faults of a GCT are named with line and column", () =>
  inFolder(async (folder) => {
    const lines = [...gctLines(matrix)].map((line) => line.slice(0, -1));
    const changed = async (line: number, change: (text: string) => string) => {
      const path = `${folder}/bad.gct`;
      await Deno.writeTextFile(
        path,
        lines.map((text, at) => at === line ? change(text) : text).join("\n") + "\n",
      );
      return await refusal(path);
    };
    assert.match(await changed(0, () => "#2.0"), /neither GCTX/);
    assert.match(await changed(1, () => "3\t5"), /line 2: found "3 5", expected four counts/);
    assert.match(await changed(1, () => "3\t6\t1\t2"), /line 3: found 7 cells, expected 8/);
    assert.match(await changed(1, () => "4\t5\t1\t2"), /ends after line 8/);
    assert.match(await changed(1, () => "99999999\t99999\t1\t2"), /line 2: found 99999999 x/);
    assert.match(
      await changed(2, (text) => text.replace("b c", "PLATE_1:A01")),
      /ids 1 and 2: found "PLATE_1:A01" twice/,
    );
    assert.match(
      await changed(7, (text) => text.replace("6", "six")),
      /line 8, column b c: found "six", expected a number/,
    );
    assert.match(
      await changed(7, (text) => text.split("\t").slice(0, 4).join("\t")),
      /line 8: found 4 cells, expected 7/,
    );
    assert.match(await refusal(`${folder}/none.gct`), /does not exist/);
  }));

Deno.test("-666 is no value, in metadata and in the matrix", () =>
  inFolder(async (folder) => {
    const path = `${folder}/m.gct`;
    await Deno.writeTextFile(
      path,
      "#1.3\n1\t3\t1\t1\nid\tt\ta\tb\tc\ndose\t\t-666\t10\tNaN\ng\t-666\t-666\t-666.0\t-665\n",
    );
    using file = await openMatrix(path);
    assert.deepEqual(file.read(0, 3), Float32Array.of(NaN, NaN, -665));
    assert.deepEqual(file.samples.fields.get("dose"), ["", "10", ""]);
    assert.deepEqual(file.features.fields.get("t"), [""]);
  }));

sharedTest(
  "data/reader-tests",
  "published GCT and GCTX files give the values that their README states",
  async () => {
    const folder = new URL("data/reader-tests/", sharedFolder).pathname;
    const sizes: Record<string, [number, number]> = {
      "a375_level3_n323x978.gct": [323, 978],
      "a375_level3_n323x978_chunked_gzip.gctx": [323, 978],
      "modz_level5_n229x978.gctx": [229, 978],
      "cmapR_modzs_n25x50.gctx": [25, 50],
      "cmapR_n5x10.gctx": [5, 10],
      "cmapPy_mini_gctx_with_metadata_n2x3.gctx": [2, 3],
      "cmapPy_test_v1point2_n5x10.gct": [5, 10],
    };
    for (const [name, size] of Object.entries(sizes)) {
      using file = await openMatrix(folder + name);
      assert.deepEqual([file.samples.ids.length, file.features.ids.length], size, name);
    }
    using text = await openMatrix(`${folder}a375_level3_n323x978.gct`);
    for (const name of ["a375_level3_n323x978.gctx", "a375_level3_n323x978_chunked_gzip.gctx"]) {
      using binary = await openMatrix(folder + name);
      assert.deepEqual(binary.samples.ids, text.samples.ids);
      const a = text.read(7, 301), b = binary.read(7, 301);
      const worst = a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at])), 0);
      assert(worst <= 5e-7, `${name}: ${worst}`);
    }
    for (const [gct, gctx] of [["mini_gctoo_for_testing", "mini_gctoo_for_testing"]]) {
      using a = await openMatrix(`${folder}cmapPy_${gct}.gct`);
      using b = await openMatrix(`${folder}cmapPy_${gctx}.gctx`);
      assert.deepEqual(a.samples.fields.get("distil_nsample"), b.samples.fields.get("distil_nsample"));
      assert.deepEqual(a.read(0, 6), b.read(0, 6));
    }
  },
);
