/**
 * Large tables: how long reading takes and how much memory it needs, each in a process of its own (Linux).
 *
 *     deno task large-tables OUT
 *
 * 40,000 x 978 values as CSV and as GCTX, read whole and by slices; 200,000 x 978 pairs of profiles as a stored folder, some steps of
 * CSG2A (preset small) trained on them, beside the same steps on 2,000 rows. What is made stays in OUT and is used again.
 */
import type { Matrix } from "../datasets/dataset.ts";

// Modules are loaded where they are needed: what reads a table should not count the memory of what it has no use for.

const genes = Array.from({ length: 978 }, (_, gene) => `GENE${gene + 1}`);
const tableRows = 40_000, folderRows = 200_000, fewRows = 2_000, steps = 6;

/** Like z-scores with three decimals, between -4 and 4: a hash of row and gene. */
function value(table: number, row: number, gene: number): number {
  let hash = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(gene + 1, 0x85ebca77) ^ Math.imul(table, 0xc2b2ae3d);
  hash = Math.imul(hash ^ hash >>> 15, 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return Math.round(((hash & 0xffff) + (hash >>> 16) - 0xffff) / 0xffff * 4000) / 1000;
}

/** A table whose values are made when they are asked for. */
function made(table: number, rows: number): Matrix {
  return {
    rows,
    columns: genes.length,
    take(wanted) {
      const values = new Float32Array(wanted.length * genes.length);
      for (let at = 0; at < values.length; at++) {
        values[at] = value(table, wanted[Math.floor(at / genes.length)], at % genes.length);
      }
      return values;
    },
  };
}

function* csvLines(): Generator<string> {
  yield genes.join(",") + "\n";
  for (let row = 0; row < tableRows; row++) {
    yield genes.map((_, gene) => value(0, row, gene)).join(",") + "\n";
  }
}

async function writeFolder(folder: string, rows: number): Promise<void> {
  const { buildSampleTable } = await import("../datasets/readers/sample_table.ts");
  const { writePretrainingFolder } = await import("../datasets/readers/write_data_folder.ts");
  const { simulatedDrugs } = await import("../datasets/simulator/simulator_drugs.ts");
  const doses = [0.1, 1, 10], cells = ["A375", "HT29", "MCF7", "PC3", "VCAP"];
  const samples = Array.from({ length: rows }, (_, row) => {
    const { smiles, name } = simulatedDrugs[row % simulatedDrugs.length];
    const dose = doses[Math.floor(row / 7) % doses.length], time = row % 2 === 0 ? 6 : 24;
    return { dose, time, smiles, drugName: name, cell: cells[Math.floor(row / 11) % cells.length] };
  });
  await writePretrainingFolder(folder, {
    kind: "pretraining",
    genes,
    samples: buildSampleTable(samples),
    basal: made(1, rows),
    perturbed: made(2, rows),
  }, "stored");
}

const tasks: Readonly<Record<string, (out: string) => Promise<string>>> = {
  async csv(out) {
    const { readExpressionTable } = await import("../datasets/readers/read_expression_table.ts");
    const { rows, genes } = await readExpressionTable(`${out}/table.csv`);
    return `CSV, ${rows} x ${genes.length}`;
  },
  async gctx(out) {
    const { openMatrix } = await import("../datasets/formats/open_matrix.ts");
    using file = await openMatrix(`${out}/table.gctx`);
    const rows = file.samples.ids.length;
    let sum = 0;
    for (let row = 0; row < rows; row += 512) {
      for (const value of file.read(row, Math.min(rows, row + 512))) sum += value;
    }
    return `GCTX by slices, ${rows} x ${file.features.ids.length}, sum ${sum.toFixed(0)}`;
  },
  "train-few": (out) => train(`${out}/few`),
  "train-many": (out) => train(`${out}/many`),
};

/** Some steps, as `perturbine train` takes them. */
async function train(folder: string): Promise<string> {
  const { configure } = await import("../runs/configure.ts");
  const { Device } = await import("../runs/device.ts");
  const { openPredictor } = await import("../runs/predictors.ts");
  const { prepareRun } = await import("../runs/prepare.ts");
  const { userTuning } = await import("../runs/tuning.ts");
  const config = await configure({
    model: "csg2a",
    data: folder,
    reading: { ppi: "identity" },
    training: { epochs: 1, batchSize: 32, readEvery: 1, saveEvery: 0 },
  });
  const prepared = await prepareRun(config);
  const read = await peak();
  using device = new Device(userTuning);
  await using predictor = await openPredictor(prepared, prepared.shown, device);
  const stop = new AbortController();
  let loss = NaN;
  await predictor.fit({
    signal: stop.signal,
    onProgress(progress) {
      loss = progress.loss ?? loss;
      if (progress.step >= steps) stop.abort();
    },
  });
  const { data: { rows }, split } = prepared;
  return `${steps} steps of CSG2A on ${split.train.length} of ${rows} rows, loss ${
    loss.toFixed(3)
  }, after reading ${read} MB`;
}

/** Most memory that this process has had, in MB. */
async function peak(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return Math.round(Number(/VmHWM:\s*(\d+)/.exec(status)![1]) / 1024);
}

const [out, task] = Deno.args;
if (out === undefined) {
  console.error("Give the folder to work in: deno task large-tables OUT");
  Deno.exit(2);
}
if (task !== undefined) {
  const before = performance.now(), said = await tasks[task](out);
  const seconds = (performance.now() - before) / 1000;
  const stat = (await Deno.readTextFile("/proc/self/stat")).split(") ")[1].split(" ");
  // Ticks of a hundredth of a second in user and system mode.
  const processor = (Number(stat[11]) + Number(stat[12])) / 100;
  console.log(
    `${said}: ${seconds.toFixed(1)} s, ${
      processor.toFixed(1)
    } s of processor time, ${await peak()} MB at most`,
  );
  Deno.exit(0);
}
const missing = async (path: string) => !await Deno.stat(`${out}/${path}`).then(() => true, () => false);
await Deno.mkdir(out, { recursive: true });
const { writeFileAtomic } = await import("../datasets/readers/write_file_atomic.ts");
if (await missing("table.csv")) await writeFileAtomic(`${out}/table.csv`, csvLines());
if (await missing("table.gctx")) {
  const { gctxBytes } = await import("../datasets/formats/write_matrix.ts");
  const axis = (ids: readonly string[]) => ({ ids, fields: new Map() });
  const all = Uint32Array.from({ length: tableRows }, (_, row) => row);
  await Deno.writeFile(
    `${out}/table.gctx`,
    await gctxBytes({
      samples: axis(Array.from(all, (row) => `w${row + 1}`)),
      features: axis(genes),
      values: made(0, tableRows).take(all),
    }, out),
  );
}
if (await missing("few/condition_table.parquet")) await writeFolder(`${out}/few`, fewRows);
if (await missing("many/condition_table.parquet")) await writeFolder(`${out}/many`, folderRows);
for (const name of Object.keys(tasks)) {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", import.meta.url, out, name],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (code !== 0) Deno.exit(code);
}
