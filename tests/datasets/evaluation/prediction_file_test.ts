import assert from "node:assert/strict";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Dataset } from "../../../datasets/dataset.ts";
import { readPredictionFile, writePredictionFile } from "../../../datasets/evaluation/prediction_file.ts";
import { RandomStream } from "../../../datasets/random.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { rowTable } from "./row_table.ts";

const random = new RandomStream(2);
const truth = Float32Array.from({ length: 15 }, () => random.normal());
const data: Dataset = {
  ...rowTable({
    drugs: ["C", "CC", "C", "CO, acid", "CC"],
    cells: ["A375", "SK-BR-3", "SK-BR-3", "A375", "SK-BR-3"],
    doses: [1, 0.1, NaN, 10, 3.3],
    times: [6, 24, 24, NaN, 24],
    outputs: 3,
    truth,
  }),
  name: "the demo",
};
const rows = Uint32Array.of(4, 1, 3);
const values = Float32Array.of(0.1, -2, 3e-7, 4, 5, -0, 7, 8, 1e20);

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Reads a CSV text, or columns as Parquet, as predictions. */
async function read(content: string | Uint8Array<ArrayBuffer>, of = rows, options = {}) {
  let found!: Awaited<ReturnType<typeof readPredictionFile>>;
  await inFolder(async (folder) => {
    const path = `${folder}/given row file`;
    await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
    found = await readPredictionFile(path, data, of, options);
  });
  return found;
}

async function refused(content: string | Uint8Array<ArrayBuffer>, message: RegExp, of = rows) {
  await assert.rejects(() => read(content, of), (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

type Cell = string | number | bigint | null;

function parquet(columns: Record<string, readonly Cell[]>): Uint8Array<ArrayBuffer> {
  const typeOf = (cells: readonly Cell[]) =>
    typeof cells.find((cell) => cell !== null) === "string"
      ? "STRING" as const
      : cells.some((cell) => typeof cell === "bigint")
      ? "INT64" as const
      : "DOUBLE" as const;
  return new Uint8Array(parquetWriteBuffer({
    columnData: Object.entries(columns).map(([name, data]) => ({
      name,
      data: [...data],
      type: typeOf(data),
      nullable: true,
    })),
    rowGroupSize: 2,
  }));
}

Deno.test("what is written is read back, value by value, by row names and by conditions", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/predictions.csv`;
    await writePredictionFile(path, data, rows, values);
    const text = await Deno.readTextFile(path);
    const lines = text.trimEnd().split("\n");
    assert.equal(lines[0], "row,drug,drug_name,cell,dose,time,kind,G0,G1,G2");
    assert.match(lines[1], /^sig4,CC,name of CC,name of SK-BR-3,3\.3,24,truth,/);
    assert.equal(lines[2], "sig4,CC,name of CC,name of SK-BR-3,3.3,24,prediction,0.1,-2,3e-7");
    assert.equal(
      lines[6],
      'sig3,"CO, acid","name of CO, acid",name of A375,10,,prediction,7,8,100000000000000000000',
    );
    const back = await readPredictionFile(path, data, rows);
    assert.deepEqual(back, { values, ignored: 3 });
    assert.ok(Object.is(back.values[5], -0));
    const turned = Uint32Array.of(3, 4);
    const two = await readPredictionFile(path, data, turned);
    assert.deepEqual([...two.values], [...values.subarray(6), ...values.subarray(0, 3)]);
    assert.equal(two.ignored, 4);
    await Deno.writeTextFile(path, text.replaceAll(/^[^,]*,/gm, ""));
    assert.deepEqual((await readPredictionFile(path, data, rows)).values, values);
  });
});

Deno.test("columns come in any order, others are not looked at, and a file without kind holds predictions", async () => {
  const csv = "G2,note,G0,row,G1\n3,x,1,sig1,2\n6,y,4,sig3,5\n9,z,7,sig4,8\n12,w,10,sig0,11\n";
  const found = await read(csv);
  assert.deepEqual([...found.values], [7, 8, 9, 1, 2, 3, 4, 5, 6]);
  assert.equal(found.ignored, 1, "sig0 is known and not asked for");
});

Deno.test("conditions are found by identity, name or SMILES, and cell lines however they are written", async () => {
  const csv = "drug,cell,dose,time,G0,G1,G2\n" +
    'NAME OF cc,name-of sk br3,3.3,24,1,2,3\nOCC,name of SKBR3,0.1,24.0,4,5,6\n"CO, acid",Name of A-375,10,,7,8,9\n';
  const options = {
    identify: (smiles: string) => {
      if (smiles !== "OCC") throw new Error("no SMILES");
      return "CC";
    },
  };
  assert.deepEqual([...(await read(csv, rows, options)).values], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await refused(
    csv,
    /row 2 \(line 3\), column drug: found "OCC", expected the identity or the name of a drug of the demo, such as "CC"/,
  );
  await refused(
    csv.replace("3.3", "3.4"),
    /row 1 \(line 2\): found "NAME OF cc" in "name-of sk br3" at "3\.4" µM for "24" h, which is no condition of the demo/,
  );
});

Deno.test("a line that names a row and says of it what is not so is refused: rows of another table have the same names", async () => {
  const csv = (row: string) =>
    `row,drug,cell,dose,time,G0,G1,G2\n${row},1,2,3\nsig1,,,,,4,5,6\nsig3,,,,,7,8,9\n`;
  const good = ["CC,name of SK-BR-3,3.3,24", "name of cc,NAME OF SKBR3,3.30,24.0", "CC,,3.3,"];
  for (const said of good) {
    assert.deepEqual([...(await read(csv(`sig4,${said}`))).values], [1, 2, 3, 4, 5, 6, 7, 8, 9], said);
  }
  const bad = [
    [
      "C,name of SK-BR-3,3.3,24",
      /column drug: found "C", but the row "sig4" of the demo has "CC"; give the predictions of this table/,
    ],
    ["CCC,name of SK-BR-3,3.3,24", /column drug: found "CCC"/],
    ["CC,name of A375,3.3,24", /column cell: found "name of A375", but the row "sig4"/],
    ["CC,name of SK-BR-3,3300,24", /column dose: found "3300"/],
    ["CC,name of SK-BR-3,3.3,6", /column time: found "6"/],
  ] as const;
  for (const [said, message] of bad) await refused(csv(`sig4,${said}`), message);
  // What the table does not know, a file may say.
  assert.deepEqual([...(await read("row,dose,G0,G1,G2\nsig2,7,1,2,3\n", Uint32Array.of(2))).values], [
    1,
    2,
    3,
  ]);
});

Deno.test("a name that two drugs share stands for neither", async () => {
  const shared: Dataset = { ...data, drug: { ...data.drug, names: data.drug.names.map(() => "acid") } };
  await inFolder(async (folder) => {
    await Deno.writeTextFile(
      `${folder}/p`,
      "drug,cell,dose,time,G0,G1,G2\nacid,name of SK-BR-3,3.3,24,1,2,3\n",
    );
    await assert.rejects(
      () => readPredictionFile(`${folder}/p`, shared, Uint32Array.of(4)),
      /column drug: found "acid"/,
    );
  });
});

Deno.test("Parquet is read like CSV: integers, decimals, nulls of unused lines, row groups", async () => {
  const content = parquet({
    G1: [2, 5, 8, null],
    row: ["sig1", "sig3", "sig4", "sig3"],
    kind: ["prediction", "prediction", "prediction", "truth"],
    G2: [3n, 6n, 9n, null],
    G0: [1.5, 4.5, 7.5, null],
  });
  const found = await read(content);
  assert.deepEqual([...found.values], [7.5, 8, 9, 1.5, 2, 3, 4.5, 5, 6]);
  assert.equal(found.ignored, 1);
  const byCondition = parquet({
    drug: ["CC", "CC", "CO, acid"],
    cell: ["name of skbr3", "name of skbr3", "name of a375"],
    dose: [Math.fround(3.3), Math.fround(0.1), 10],
    time: [24, 24, null],
    G0: [1, 4, 7],
    G1: [2, 5, 8],
    G2: [3, 6, 9],
  });
  assert.deepEqual([...(await read(byCondition)).values], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("a Parquet file of pyarrow with Zstandard and a dictionary is read", async () => {
  const path = new URL("files/pyarrow_zstd.parquet", import.meta.url).pathname;
  const { values } = await readPredictionFile(path, data, Uint32Array.of(0, 1, 2));
  assert.deepEqual([...values], [2.25, 5.5, 8, 1.25, 4.5, 7, 3.25, 6.5, 9]);
});

Deno.test("a wide and long Parquet file keeps every value in its place", async () => {
  const genes = 131, count = 70;
  const wide = rowTable({
    drugs: Array.from({ length: count }, (_, row) => `D${row}`),
    outputs: genes,
    truth: new Float32Array(genes * count),
  });
  const order = random.permutation(count);
  const columns: Record<string, Cell[]> = { row: Array.from(order, (row) => `sig${row}`) };
  for (let gene = 0; gene < genes; gene++) {
    columns[`G${gene}`] = Array.from(order, (row) => 1000 * row + gene);
  }
  await inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/p`, parquet(columns));
    const { values } = await readPredictionFile(
      `${folder}/p`,
      wide,
      Uint32Array.from({ length: count }, (_, row) => row),
    );
    assert.ok(values.every((value, i) => value === 1000 * Math.floor(i / genes) + i % genes));
  });
});

Deno.test("what is wrong with a file is said in a sentence with its place", async () => {
  const csv = "row,G0,G1,G2\nsig4,1,2,3\nsig1,4,5,6\nsig3,7,8,9\n";
  const table = { row: ["sig4", "sig1", "sig3"], G0: [1, 4, 7], G1: [2, 5, 8], G2: [3, 6, 9] };
  const both = async (text: string, columns: Record<string, readonly Cell[]>, message: RegExp) => {
    await refused(text, message);
    await refused(parquet(columns), message);
  };
  assert.deepEqual((await read(csv)).values, (await read(parquet(table))).values);
  await both(
    csv.replace("sig1", "sig9"),
    { ...table, row: ["sig4", "sig9", "sig3"] },
    /row 2.*, column row: found "sig9", expected the name of a row of the demo, such as "sig4"; correct or remove it\.$/,
  );
  await both(
    csv.replace("sig3", "sig4"),
    { ...table, row: ["sig4", "sig1", "sig4"] },
    /row 3.*: found a second prediction of the row "sig4", after row 1( \(line 2\))?; expected one; remove the other\.$/,
  );
  await both(
    csv.replace("sig3", "sig2"),
    { ...table, row: ["sig4", "sig1", "sig2"] },
    /: found no prediction for 1 of the 3 evaluated rows \("sig3"\), expected one for each; add them\.$/,
  );
  const { G1: _, ...withoutG1 } = table;
  await both(
    csv.replace("G1", "G7"),
    withoutG1,
    /header: found no column for 1 of 3 outputs \("G1"\), expected one named after each/,
  );
  await both(
    csv.replace("5", "inf").replace("8", "nan"),
    { ...table, G1: [2, Infinity, NaN] },
    /row 2.*, column G1: found "\w+",.* expected a finite number; mend or remove it\.$/i,
  );
  await both(
    csv.replace("5", ""),
    { ...table, G1: [2, null, 8] },
    /row 2.*, column G1: found "(null)?",.*expected a finite number/,
  );
  await both(
    csv.replace("row,", "row,kind,").replaceAll(/^(sig.),/gm, "$1,forecast,"),
    { ...table, kind: ["forecast", "forecast", "forecast"] },
    /row 1.*, column kind: found "forecast", expected "prediction" or "truth"\.$/,
  );
  const { row: __, ...withoutRow } = table;
  await both(
    csv.replace("row", "name"),
    { ...withoutRow, name: ["a", "b", "c"] },
    /header: found neither a column "row" nor "drug", "cell", "dose", "time", expected the rows' names/,
  );
  const damaged = parquet(table);
  damaged.fill(7, damaged.length - 40, damaged.length - 8);
  await refused(damaged, /cannot be read as Parquet/);
});

Deno.test("rows that share a condition need their names", async () => {
  const twins: Dataset = { ...data, dose: Float32Array.of(1, 3.3, NaN, 10, 3.3) };
  await inFolder(async (folder) => {
    const path = `${folder}/p.csv`;
    await Deno.writeTextFile(path, "drug,cell,dose,time,G0,G1,G2\nCC,name of SK-BR-3,3.3,24,1,2,3\n");
    await assert.rejects(
      () => readPredictionFile(path, twins, rows),
      /the evaluated rows "sig4" and "sig1" have the same drug, cell line, dose and time; expected the rows' names/,
    );
  });
});

Deno.test("values that do not fit the rows are not written", async () => {
  await assert.rejects(
    () => writePredictionFile("never.csv", data, rows, values.subarray(1)),
    /8 values, expected 3 for each of 3 rows/,
  );
});
