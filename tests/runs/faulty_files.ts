import assert from "node:assert/strict";
import { meanSquaredError, pearsonPooled } from "../../datasets/metrics/metrics.ts";
import { configure } from "../../runs/configure.ts";
import { Device } from "../../runs/device.ts";
import { baselinePredictions } from "../../runs/predictors.ts";
import { prepareRun } from "../../runs/prepare.ts";
import { withFolder } from "../datasets/readers/data_files.ts";

export type Files = Readonly<Record<string, string | Uint8Array>>;

export const genes = ["DDR1", "SEPTIN2", "AARS1", "RHOA", "TP53"];
export const drugs = ["CCO", "CCCN", "Oc1ccccc1", "CC(=O)O", "CCCCl", "NCc1ccncc1"];
const cells = ["A375", "MCF7", "HT29"];
const amounts = [[10, 24], [0.5, 6]] as const;
const conditions = drugs.flatMap((drug) =>
  cells.flatMap((cell) => amounts.map((amount) => ({ drug, cell, amount })))
);

/** Values that look like z-scores, the same each time, with an effect of drug and cell. */
const value = (row: number, gene: number, table: number) =>
  Math.round(1e3 * (Math.sin(7.1 * row + 3.3 * gene + 1.7 * table) + Math.cos(row % 6 + gene))) / 1e3;
const expression = (table: number, rows: number) =>
  [
    genes.join(),
    ...Array.from({ length: rows }, (_, row) => genes.map((_, gene) => value(row, gene, table)).join()),
  ].join("\n") + "\n";
export const profiles = {
  "condition_table.csv": "dose,time,canonical_smiles,cell_id\n" +
    conditions.map(({ drug, cell, amount: [dose, time] }) => `${dose},${time},${drug},${cell}\n`).join(""),
  "gex_DMSO.csv": expression(0, conditions.length),
  "gex_comp.csv": expression(1, conditions.length),
};
const pairs = drugs.flatMap((drug, a) => cells.map((cell, b) => ({ drug, cell, ln: value(a, b, 5) * 2 })));
export const labels = (header: string, write: (ln: number) => number) =>
  `canonical_smiles,${header},cell_id\n` +
  pairs.map(({ drug, cell, ln }) => `${drug},${write(ln)},${cell}\n`).join("");
export const response = {
  "label.csv": labels("IC50", (ln) => ln),
  "gex_before.csv": expression(0, pairs.length),
};

export interface Case {
  readonly name: string;
  readonly files: Files;
  /** What it has to be like; absent: the sound folder. */
  readonly mended?: Files;
  readonly reading?: object;
}

export const lines = (text: string, change: (line: string, row: number) => string) =>
  text.trimEnd().split("\n").map((line, at) => change(line, at - 1)).join("\n") + "\n";
export const named = (text: string, header: string, of: (row: number) => string) =>
  lines(text, (line, row) => `${row < 0 ? header : of(row)},${line}`);
export const head = (text: string, change: (header: string) => string) =>
  lines(text, (line, row) => row < 0 ? change(line) : line);
/** A cell of some rows written otherwise. */
export const cell = (text: string, column: number, rows: readonly number[], to: (cell: string) => string) =>
  lines(
    text,
    (line, row) =>
      row < 0 || (rows.length > 0 && !rows.includes(row))
        ? line
        : line.split(",").map((cell, at) => at === column ? to(cell) : cell).join(),
  );
export const without = (files: Readonly<Record<string, string>>, rows: readonly number[]): Files =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      text.trimEnd().split("\n").filter((_, at) => !rows.includes(at - 1)).join("\n") + "\n",
    ]),
  );
export const every = (change: (text: string) => string | Uint8Array): Files =>
  Object.fromEntries(Object.entries(profiles).map(([name, text]) => [name, change(text)]));
export const table = (name: keyof typeof profiles, change: (text: string) => string): Files => ({
  ...profiles,
  [name]: change(profiles[name]),
});
export const both = (change: (text: string) => string): Files => ({
  ...profiles,
  "gex_DMSO.csv": change(profiles["gex_DMSO.csv"]),
  "gex_comp.csv": change(profiles["gex_comp.csv"]),
});
export const swap = (from: string, to: string) => (text: string) =>
  head(text, (line) => line.replace(from, to));
export const utf16 = (text: string) =>
  new Uint8Array([0xff, 0xfe, ...new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer)]);

export const ensembl = (version: string) =>
  ["ENSG00000204580", "ENSG00000168385", "ENSG00000090861", "ENSG00000067560", "ENSG00000141510"].map((id) =>
    id + version
  )
    .join();

/** Errors of every free baseline on the test rows of a random split. */
export async function metricsOf(files: Files, reading: object = {}): Promise<Record<string, number>> {
  return await withFolder(files, async (folder) => {
    const layout = "label.csv" in files ? "response" : "profiles";
    const config = await configure({
      model: "ridge",
      data: folder,
      layout,
      reading: { ppi: "none", ...reading },
    });
    const prepared = await prepareRun(config);
    using device = new Device();
    const { data, split: { test } } = prepared;
    const truth = data.truth!.take(test);
    const { predictions } = await baselinePredictions(prepared, test, device, new Set());
    assert.ok(predictions.length >= 8, `${predictions.map(({ name }) => name)}`);
    return Object.fromEntries(predictions.flatMap(({ name, values }) => [
      [`MSE of ${name}`, meanSquaredError(values, truth)],
      [`Pearson of ${name}`, pearsonPooled(values, truth)],
    ]));
  });
}

const sound = new Map<Files, Promise<Record<string, number>>>();
export const soundMetrics = (files: Files) => {
  if (!sound.has(files)) sound.set(files, metricsOf(files));
  return sound.get(files)!;
};

/** One test a kind: every metric of every baseline is that of the mended files. */
export function testKinds(kinds: Readonly<Record<string, readonly Case[]>>): void {
  for (const [kind, cases] of Object.entries(kinds)) {
    Deno.test(`${kind}: every metric of every baseline is that of the mended files`, async (t) => {
      for (const { name, files, mended = profiles, reading } of cases) {
        await t.step(name, async () => {
          const expected = await soundMetrics(mended), found = await metricsOf(files, reading);
          assert.deepEqual(Object.keys(found), Object.keys(expected));
          for (const [metric, value] of Object.entries(expected)) {
            assert.ok(
              Object.is(value, found[metric]) ||
                Math.abs(found[metric] - value) <= 1e-5 * Math.max(1e-3, Math.abs(value)),
              `${metric}: ${found[metric]}, expected ${value}`,
            );
          }
        });
      }
    });
  }
}
