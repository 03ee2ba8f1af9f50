import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { meanSquaredError, pearsonPooled } from "../../datasets/metrics/metrics.ts";
import { configure } from "../../runs/configure.ts";
import { Device } from "../../runs/device.ts";
import { baselinePredictions } from "../../runs/predictors.ts";
import { prepareRun } from "../../runs/prepare.ts";
import { withFolder } from "../datasets/readers/data_files.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

const genes = ["DDR1", "SEPTIN2", "AARS1", "RHOA", "TP53"];
const drugs = ["CCO", "CCCN", "Oc1ccccc1", "CC(=O)O", "CCCCl", "NCc1ccncc1"];
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
const profiles = {
  "condition_table.csv": "dose,time,canonical_smiles,cell_id\n" +
    conditions.map(({ drug, cell, amount: [dose, time] }) => `${dose},${time},${drug},${cell}\n`).join(""),
  "gex_DMSO.csv": expression(0, conditions.length),
  "gex_comp.csv": expression(1, conditions.length),
};
const pairs = drugs.flatMap((drug, a) => cells.map((cell, b) => ({ drug, cell, ln: value(a, b, 5) * 2 })));
const labels = (header: string, write: (ln: number) => number) =>
  `canonical_smiles,${header},cell_id\n` +
  pairs.map(({ drug, cell, ln }) => `${drug},${write(ln)},${cell}\n`).join("");
const response = { "label.csv": labels("IC50", (ln) => ln), "gex_before.csv": expression(0, pairs.length) };

interface Case {
  readonly name: string;
  readonly files: Files;
  /** What it has to be like; absent: the sound folder. */
  readonly mended?: Files;
  readonly reading?: object;
}

const lines = (text: string, change: (line: string, row: number) => string) =>
  text.trimEnd().split("\n").map((line, at) => change(line, at - 1)).join("\n") + "\n";
const named = (text: string, header: string, of: (row: number) => string) =>
  lines(text, (line, row) => `${row < 0 ? header : of(row)},${line}`);
const head = (text: string, change: (header: string) => string) =>
  lines(text, (line, row) => row < 0 ? change(line) : line);
/** A cell of some rows written otherwise. */
const cell = (text: string, column: number, rows: readonly number[], to: (cell: string) => string) =>
  lines(
    text,
    (line, row) =>
      row < 0 || (rows.length > 0 && !rows.includes(row))
        ? line
        : line.split(",").map((cell, at) => at === column ? to(cell) : cell).join(),
  );
const without = (files: Readonly<Record<string, string>>, rows: readonly number[]): Files =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      text.trimEnd().split("\n").filter((_, at) => !rows.includes(at - 1)).join("\n") + "\n",
    ]),
  );
const every = (change: (text: string) => string | Uint8Array): Files =>
  Object.fromEntries(Object.entries(profiles).map(([name, text]) => [name, change(text)]));
const table = (name: keyof typeof profiles, change: (text: string) => string): Files => ({
  ...profiles,
  [name]: change(profiles[name]),
});
const both = (change: (text: string) => string): Files => ({
  ...profiles,
  "gex_DMSO.csv": change(profiles["gex_DMSO.csv"]),
  "gex_comp.csv": change(profiles["gex_comp.csv"]),
});
const swap = (from: string, to: string) => (text: string) => head(text, (line) => line.replace(from, to));
const utf16 = (text: string) =>
  new Uint8Array([0xff, 0xfe, ...new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer)]);

const ensembl = (version: string) =>
  ["ENSG00000204580", "ENSG00000168385", "ENSG00000090861", "ENSG00000067560", "ENSG00000141510"].map((id) =>
    id + version
  )
    .join();

const skipBad = { skipBad: true };
const kinds: Readonly<Record<string, readonly Case[]>> = {
  "missing values": [
    ...["-666.000", "N/A", "<NA>", "#VALUE!", " ", "none"].map((text): Case => ({
      name: `${JSON.stringify(text)} in the profiles of rows 3 and 20`,
      files: table("gex_comp.csv", (all) => cell(all, 2, [3, 20], () => text)),
      mended: without(profiles, [3, 20]),
      reading: skipBad,
    })),
    {
      name: "-666 for a dose and a time",
      files: table(
        "condition_table.csv",
        (all) => cell(cell(all, 0, [1], () => "-666"), 1, [7], () => "-666.0"),
      ),
      mended: without(profiles, [1, 7]),
      reading: skipBad,
    },
    {
      name: "-666 for a label",
      files: { ...response, "label.csv": cell(response["label.csv"], 1, [4], () => "-666") },
      mended: without(response, [4]),
      reading: skipBad,
    },
  ],
  "columns that are no genes": [
    { name: "a saved index", files: both((text) => named(text, "Unnamed: 0", String)) },
    {
      name: "two saved indices",
      files: both((text) => named(named(text, "Unnamed: 0", String), "Unnamed: 0.1", String)),
    },
    { name: "X of R, from 1", files: both((text) => named(text, "X", (row) => String(row + 1))) },
    { name: "X1 of readr with names", files: both((text) => named(text, "X1", (row) => `w${row}`)) },
    { name: "...1 of readr", files: both((text) => named(text, "...1", (row) => String(row + 1))) },
    { name: "barcodes", files: both((text) => named(text, "Barcode", (row) => `AAC-${row}`)) },
    {
      name: "write.table of R",
      files: both((text) =>
        lines(text, (line, row) => row < 0 ? line : `"${row + 1}",${line}`).replaceAll(",", "\t")
      ),
    },
    {
      name: "write.table of R as it is",
      files: every((text) =>
        lines(
          text,
          (line, row) =>
            (row < 0 ? "" : `"${row + 1}" `) +
            line.split(",").map((cell) => isNaN(Number(cell)) ? `"${cell}"` : cell).join(" "),
        )
      ),
    },
    {
      name: "symbols with ids, as DepMap has",
      files: both((text) => head(text, () => "DDR1 (780),SEPTIN2 (4735),AARS1 (16),RHOA (387),TP53 (7157)")),
    },
    {
      name: "Ensembl ids of two versions",
      files: {
        ...profiles,
        "gex_DMSO.csv": head(profiles["gex_DMSO.csv"], () => ensembl(".14")),
        "gex_comp.csv": head(profiles["gex_comp.csv"], () => ensembl(".15")),
      },
    },
    { name: "a date, ISO", files: both(swap("SEPTIN2", "2024-09-02")) },
    { name: "a date, German", files: table("gex_comp.csv", swap("SEPTIN2", "02. Sep")) },
    { name: "a date with a year", files: both(swap("SEPTIN2", "02-Sep-24")) },
    { name: "ids of Entrez", files: both((text) => head(text, () => "780,4735,16,387,7157")) },
    { name: "an alias and small letters", files: table("gex_comp.csv", swap("TP53", "p53")) },
    {
      name: "differing gene sets",
      files: table("gex_comp.csv", (text) => named(text, "EGFR", (row) => String(row / 10))),
      reading: { genes: "intersection" },
    },
  ],
  "quantities with units": [
    {
      name: "10 \u00b5M and 24 hrs",
      files: table(
        "condition_table.csv",
        (all) => cell(cell(all, 0, [], (d) => `${d} \u00b5M`), 1, [], (t) => `${t} h`),
      ),
    },
    {
      name: "nM in the cells",
      files: table("condition_table.csv", (all) => cell(all, 0, [], (d) => `${Number(d) * 1000}nM`)),
    },
    {
      name: "mM in the header",
      files: table("condition_table.csv", (all) =>
        head(
          cell(all, 0, [], (d) => String(Number(d) / 1e3)),
          (line) => line.replace("dose", "dose_mM"),
        )),
    },
    {
      name: "dose_nM",
      files: table("condition_table.csv", (all) =>
        head(
          cell(all, 0, [], (d) => String(Number(d) * 1000)),
          (line) => line.replace("dose", "pert_dose_nM"),
        )),
    },
    {
      name: "minutes",
      files: table("condition_table.csv", (all) =>
        head(
          cell(all, 1, [], (t) => String(Number(t) * 60)),
          (line) => line.replace("time", "time_min"),
        )),
    },
    {
      name: "a column of units",
      files: table(
        "condition_table.csv",
        (all) =>
          lines(
            all,
            (line, row) =>
              row < 0
                ? `${line},dose_unit`
                : row % 2
                ? `${Number(line.split(",")[0]) * 1000}${line.slice(line.indexOf(","))},nM`
                : `${line},uM`,
          ),
      ),
    },
    ...([
      ["LN_IC50", (ln: number) => ln],
      ["log10_ic50_um", (ln: number) => ln / Math.LN10],
      ["pIC50", (ln: number) => 6 - ln / Math.LN10],
      ["IC50_nM", (ln: number) => 1e3 * Math.exp(ln)],
      ["IC50 (\u00b5M)", Math.exp],
    ] as const).map(([header, write]): Case => ({
      name: header,
      files: { ...response, "label.csv": labels(header, write) },
      mended: response,
    })),
  ],
  "names and encodings": [
    {
      name: "capitals",
      files: table("condition_table.csv", (all) => head(all, (line) => line.toUpperCase())),
    },
    {
      name: "other names",
      files: table("condition_table.csv", (all) => head(all, () => "Dose,Time,Isomeric SMILES,Cell Line")),
    },
    {
      name: "cell lines spelt in several ways",
      files: table("condition_table.csv", (all) => cell(all, 3, [0, 6, 12], () => "a-375")),
    },
    {
      name: "HT-29 beside HT29",
      files: table(
        "condition_table.csv",
        (all) => lines(all, (line, row) => row % 4 ? line : line.replace("HT29", "HT-29 ")),
      ),
    },
    { name: "UTF-16", files: every((text) => utf16(text.replaceAll(",", "\t"))) },
    { name: "a byte order mark and CRLF", files: every((text) => "\ufeff" + text.replaceAll("\n", "\r\n")) },
    {
      name: "semicolons and decimal commas",
      files: every((text) => text.replaceAll(",", ";").replaceAll(".", ",")),
    },
    {
      name: "Latin-1",
      files: table(
        "condition_table.csv",
        (all) => lines(all, (line, row) => row < 0 ? `${line},note` : `${line},caf\u00e9`),
      ),
    },
    { name: "gzip", files: every((text) => new Uint8Array(gzipSync(text))) },
    { name: "quotes", files: every((text) => text.replaceAll(/[^,\n]+/g, '"$&"')) },
  ],
  "molecules": [
    {
      name: "hydrochlorides in some rows",
      files: table("condition_table.csv", (all) => cell(all, 2, [8, 9, 30, 31], (smiles) => `${smiles}.Cl`)),
    },
    {
      name: "a sodium salt",
      files: table("condition_table.csv", (all) => cell(all, 2, [18, 20], () => "CC(=O)[O-].[Na+]")),
    },
    {
      name: "another spelling",
      files: table("condition_table.csv", (all) => cell(all, 2, [12, 13, 14], () => "c1ccc(O)cc1")),
    },
    {
      name: "Kekulé's form",
      files: table("condition_table.csv", (all) => cell(all, 2, [12, 15], () => "OC1=CC=CC=C1")),
    },
    {
      name: "hydrogens written out",
      files: table("condition_table.csv", (all) => cell(all, 2, [0, 3], () => "[H]OC([H])([H])C")),
    },
    {
      name: "an ammonium ion",
      files: table("condition_table.csv", (all) => cell(all, 2, [6, 7], () => "CCC[NH3+]")),
    },
    {
      name: "blanks around",
      files: table("condition_table.csv", (all) => cell(all, 2, [2, 5], (smiles) => ` ${smiles} `)),
    },
  ],
};

/** Errors of every free baseline on the test rows of a random split. */
async function metricsOf(files: Files, reading: object = {}): Promise<Record<string, number>> {
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
const soundMetrics = (files: Files) => {
  if (!sound.has(files)) sound.set(files, metricsOf(files));
  return sound.get(files)!;
};

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

Deno.test("one value that is another changes the metrics", async () => {
  const expected = await soundMetrics(profiles);
  const found = await metricsOf(
    table("gex_comp.csv", (all) => cell(all, 2, [], (value) => String(Number(value) + 0.5))),
  );
  assert.notEqual(found["MSE of Ridge"], expected["MSE of Ridge"]);
});
