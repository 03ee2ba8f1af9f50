import {
  both,
  type Case,
  cell,
  drugs,
  every,
  type Files,
  labels,
  lines,
  named,
  response,
  table,
  testKinds,
} from "./faulty_files.ts";

/** The condition table with its doses in nM, written in some way, parted by some sign. */
const nanomolar = (write: (dose: number) => string, separator = ",", beside = ""): Files =>
  table("condition_table.csv", (all) =>
    lines(all, (line, row) => {
      const [dose, ...rest] = line.split(",");
      const cells = row < 0
        ? ["dose_nM", ...rest, ...(beside ? ["factor"] : [])]
        : [write(1e3 * Number(dose)), ...rest, ...(beside ? [beside] : [])];
      return cells.join(separator);
    }));
const english = (value: number, digits = 0) =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const german = (value: number, digits = 0) =>
  english(value, digits).replaceAll(",", "_").replace(".", ",").replaceAll("_", ".");
/** The condition table with names of drugs, by the number of the drug. */
const named6 = (name: (drug: number) => string): Files =>
  table(
    "condition_table.csv",
    (all) =>
      lines(all, (line, row) => `${line},${row < 0 ? "drug_name" : name(drugs.indexOf(line.split(",")[2]))}`),
  );
const tissues = (change: (cell: string, row: number) => string) =>
  table("condition_table.csv", (all) =>
    lines(all, (line, row) => {
      const at = line.lastIndexOf(",") + 1;
      return row < 0 ? line : line.slice(0, at) + change(line.slice(at), row);
    }));
const tissueOf: Readonly<Record<string, string>> = { A375: "SKIN", MCF7: "BREAST", HT29: "LARGE_INTESTINE" };
const minus = (text: string) => lines(text, (line, row) => row < 0 ? line : line.replaceAll("-", "\u2212"));

testKinds({
  "cell lines with their tissue": [
    {
      name: "in every other row",
      files: tissues((cell, row) => row % 2 ? `${cell}_${tissueOf[cell]}` : cell),
    },
    { name: "of one line", files: tissues((cell, row) => cell === "A375" && row % 4 ? "A375_SKIN" : cell) },
    {
      name: "in small letters",
      files: tissues((cell, row) => row % 3 ? `${cell}_${tissueOf[cell]}`.toLowerCase() : cell),
    },
    {
      name: "behind another spelling",
      files: tissues((cell, row) => row % 5 ? cell : `${cell.replace("HT29", "HT-29")}_${tissueOf[cell]}`),
    },
    { name: "everywhere", files: tissues((cell) => `${cell}_${tissueOf[cell]}`) },
  ],
  "numbers with two signs": [
    { name: "1.234,5", files: nanomolar((dose) => german(dose, 1), ";") },
    {
      name: "10.000 where others have decimal commas",
      files: nanomolar((dose) => german(dose), ";", "0,25"),
    },
    { name: "10,000 in quotes", files: nanomolar((dose) => `"${english(dose)}"`) },
    { name: "10,000.0 in quotes", files: nanomolar((dose) => `"${english(dose, 1)}"`) },
    {
      name: "10,000 with a unit",
      files: table(
        "condition_table.csv",
        (all) => cell(all, 0, [], (dose) => `"${english(1e3 * Number(dose))} nM"`),
      ),
    },
    {
      name: "0,5 in quotes",
      files: table(
        "condition_table.csv",
        (all) => cell(all, 0, [], (dose) => `"${Number(dose).toFixed(1).replace(".", ",")}"`),
      ),
    },
    {
      name: "decimal commas and tabs",
      files: every((text) => text.replaceAll(",", "\t").replaceAll(".", ",")),
    },
    { name: "5,00E-01", files: nanomolar((dose) => dose.toExponential(2).replace(".", ","), ";") },
    {
      name: "10 000 with blanks that do not break",
      files: nanomolar((dose) => english(dose).replace(",", "\u00a0")),
    },
    { name: "10'000", files: nanomolar((dose) => english(dose).replace(",", "'")) },
    { name: "a minus sign", files: both(minus) },
    {
      name: "a dash of Windows-1252 for a minus",
      files: both((text) => minus(text).replaceAll("\u2212", "\u2013")),
    },
  ],
  "columns that describe samples": [
    ...["batch", "Mean", "std", "SD", "replicate", "dose", "tissue", "Total"].map((name, at): Case => ({
      name,
      files: both((text) => named(text, name, (row) => String((row * 7) % (at + 3)))),
    })),
    {
      name: "two at once",
      files: both((text) => named(named(text, "Median", String), "group", (row) => `g${row % 2}`)),
    },
  ],
  "labels by their names": ([
    ["log10_IC50_M", (ln: number) => ln / Math.LN10 - 6],
    ["log10_IC50 [nM]", (ln: number) => ln / Math.LN10 + 3],
    ["p_IC50", (ln: number) => 6 - ln / Math.LN10],
    ["ic50.pM", (ln: number) => 1e6 * Math.exp(ln)],
    ["IC50_M", (ln: number) => 1e-6 * Math.exp(ln)],
  ] as const).map(([header, write]): Case => ({
    name: header,
    files: { ...response, "label.csv": labels(header, write) },
    mended: response,
  })),
  "several structures under one name": [
    ["one name for all", () => "compound"],
    ["two drugs of one name", (drug: number) => drug < 2 ? "kinase inhibitor" : `drug ${drug}`],
    ["in other capitals", (drug: number) => drug < 2 ? ["Inhibitor", "INHIBITOR "][drug] : `drug ${drug}`],
    ["names in pairs", (drug: number) => `drug ${drug >> 1}`],
    ["a name beside blanks", (drug: number) => drug % 2 ? "" : "compound"],
  ].map(([name, of]): Case => ({ name: name as string, files: named6(of as (drug: number) => string) })),
});
