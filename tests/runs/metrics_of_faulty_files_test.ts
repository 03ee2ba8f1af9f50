import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  both,
  type Case,
  cell,
  ensembl,
  every,
  head,
  labels,
  lines,
  metricsOf,
  named,
  profiles,
  response,
  soundMetrics,
  swap,
  table,
  testKinds,
  utf16,
  without,
} from "./faulty_files.ts";

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

testKinds(kinds);

Deno.test("one value that is another changes the metrics", async () => {
  const expected = await soundMetrics(profiles);
  const found = await metricsOf(
    table("gex_comp.csv", (all) => cell(all, 2, [], (value) => String(Number(value) + 0.5))),
  );
  assert.notEqual(found["MSE of Ridge"], expected["MSE of Ridge"]);
});
