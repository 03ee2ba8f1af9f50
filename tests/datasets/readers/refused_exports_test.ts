import assert from "node:assert/strict";
import { join } from "node:path";
import { Chemistry } from "../../../datasets/molecules/chemistry.ts";
import { readCsv } from "../../../datasets/readers/csv.ts";
import { readExpressionTable } from "../../../datasets/readers/read_expression_table.ts";
import { readFinetuningFolder } from "../../../datasets/readers/read_finetuning_folder.ts";
import { readPretrainingFolder } from "../../../datasets/readers/read_pretraining_folder.ts";
import { prepareScreen } from "../../../datasets/response_screen/prepare_screen.ts";
import { messageOf, withFolder } from "./data_files.ts";

const conditions = "dose,time,canonical_smiles,cell_id\n10,24,CCO,A375\n2,6,CCN,MCF7\n0.5,24,CCC,A375\n";
const before = "DDR1,SEPTIN2,AARS1\n0.5,-1,2\n1,2,-3\n-3,4,0.25\n";
const sound = { "condition_table.csv": conditions, "gex_DMSO.csv": before, "gex_comp.csv": before };
const change = (from: string | RegExp, to: string) => conditions.replace(from, to);

/** Condition tables with a fault of an export, and what is said of it. */
const tables: readonly (readonly [what: string, table: string, message: RegExp])[] = [
  [
    "a title",
    `Drug screen 7\n${conditions}`,
    /line 1: found "Drug screen 7", a title .*remove what stands above line 2/,
  ],
  [
    "a title with commas and an empty line",
    `Exported 2026-11-02, plate 7\n\n${conditions}`,
    /"Exported 2026-11-02", a title .*above line 3/,
  ],
  ["a title as wide as the table", `Screen,,,\n${conditions}`, /line 1: found "Screen", a title/],
  [
    "a title under what Excel is told",
    `sep=;\nScreen of May\n${conditions.replaceAll(",", ";")}`,
    /line 2: found "Screen of May", a title .*remove what stands above line 3/,
  ],
  ["a remark", `# made by R\n${conditions}`, /line 1: found "# made by R", a title/],
  [
    "a title above semicolons",
    `Screen of May\n${conditions.replaceAll(",", ";")}`,
    /line 1: found "Screen of May", a title/,
  ],
  [
    "groups above the header",
    `treatment,treatment,drug,sample\n${conditions}`,
    /lines 1 and 2: found two headers .*remove line 1/,
  ],
  [
    "merged groups above the header",
    `treatment,,drug,sample\n${conditions}`,
    /lines 1 and 2: found two headers/,
  ],
  ["a row of units", change("\n", "\nuM,h,,\n"), /line 2: found "uM", "h", a row of units .*dose_uM/],
  ["units in brackets", change("\n", "\n[\u00b5M],[h],,\n"), /line 2: found .*a row of units/],
  [
    "a row of types",
    change("\n", "\nfloat,float,string,string\n"),
    /line 2: found "float", .*a row of units/,
  ],
  ["the header again", conditions.trimEnd() + "\n" + conditions, /row 4 \(line 5\): found the header again/],
  ["two tables", conditions + "\n" + conditions, /row 4 .*(empty line|header again)/],
  ["a footnote", conditions + "* in triplicate\n", /row 4 .*found 1 value.*footnote/],
  ["a wide footnote", conditions + "* in triplicate,,,\n", /row 4 .*"\* in triplicate"/],
  ["a row of means", conditions + "4.17,18,Mean,\n", /row 4 .*column cell_id/],
  ["a bound", change("\n10,", "\n<0.01,"), /row 1 .*column dose: found "<0\.01", a bound/],
  ["a bound in words", change("\n10,", "\n>= 10,"), /row 1 .*">= 10", a bound/],
  ["a date for a dose", change("\n10,", "\n10-Jan,"), /row 1 .*"10-Jan", a date.*spreadsheet/],
  ["a range", change("\n10,", "\n5-15,"), /row 1 .*"5-15", a range/],
  ["about", change("\n10,", "\n~10,"), /row 1 .*"~10", an estimate/],
  ["a percentage", change("\n10,", "\n50%,"), /row 1 .*"50%".*unit "%"/],
  ["not determined", change("\n10,", "\nn.d.,"), /row 1 .*"n\.d\.", a missing value/],
  ["an error of a spreadsheet", change("\n10,", "\n#DIV/0!,"), /"#DIV\/0!", a missing value/],
  [
    "a sign that may be of thousands",
    change("\n10,", '\n"1,234",').replace("0.5", "5").replace("2,6", "2500,6"),
    /"1,234", which may be 1\.234 or 1234/,
  ],
  [
    "both signs before decimals",
    conditions.replaceAll(",", ";").replace("\n10;", "\n10,5;").replace("\n2;", "\n2.25;"),
    /column dose: found "10,5"/,
  ],
  [
    "points that may part thousands",
    "dose_nM,time,smiles\n40,24,CCO\n10.000,24,CCN\n3.330,24,CCC\n",
    /"10\.000", which may be 10 or 10000 .*row 1/,
  ],
  ["doses in M", "dose,time,smiles\n1e-5,24,CCO\n4e-8,24,CCN\n", /found 0\.00001,.*dose_M.*dose_uM/],
  ["doses of femtomoles", "dose,time,smiles\n0.0001,24,CCO\n0,24,CCN\n", /found 0\.0001,.*dose_M/],
  ["minutes", "dose,time,smiles\n10,360,CCO\n10,1440,CCN\n", /column time: found 1440,.*time_min.*time_h/],
  ["seconds", "dose,time,smiles\n10,86400,CCO\n", /column time: found 86400,.*time_min/],
];
for (const [what, table, message] of tables) {
  Deno.test(`conditions with ${what} are refused in one sentence that says what to do`, async () => {
    await withFolder({ ...sound, "condition_table.csv": table }, async (folder) => {
      const text = await messageOf(folder, readPretrainingFolder(folder));
      assert.match(text, message);
      assert.ok(text.length < 300 && text.startsWith("DIR/condition_table.csv"), text);
    });
  });
}

Deno.test("a header is no title where the texts below hold more of another sign than of what parts them", async () => {
  for (
    const [table, first] of [
      ["name\tdose\na\t1,5 uM\nb\t3,5 uM\n", ["a", "1.5 uM"]],
      ["name;note\nA;slow, at first\nB;fast, later\n", ["A", "slow, at first"]],
      ["drug;target\nx, y;TP53\nz, w;MYC\n", ["x, y", "TP53"]],
    ] as const
  ) {
    await withFolder({ "table.txt": table }, async (folder) => {
      const rows: (readonly string[])[] = [];
      await readCsv(join(folder, "table.txt"), { header: () => {}, row: (cells) => rows.push(cells) });
      assert.deepEqual(rows[0], first);
    });
  }
});

Deno.test("amounts with a unit are what they say, however unusual", async () => {
  for (
    const [header, rows, dose, time] of [
      ["dose_M,time_min", "1e-5,1440", 10, 24],
      ["dose_uM,time_h", "0.0001,1000", 0.0001, 1000],
      ["dose,time", "1e-5 M,1440 min", 10, 24],
      ["dose,time", "100 pM,60 d", 0.0001, 1440],
      ["pert_dose,pert_dose_unit,pert_time,pert_time_unit", "1e-5,M,1440,min", 10, 24],
      ["dose,time", "0,720", 0, 720],
    ] as const
  ) {
    const files = {
      "condition_table.csv": `${header},smiles\n${rows},CCO\n`,
      "gex_DMSO.csv": "DDR1\n1\n",
      "gex_comp.csv": "DDR1\n1\n",
    };
    await withFolder(files, async (folder) => {
      const { samples } = await readPretrainingFolder(folder);
      assert.deepEqual([...samples.dose, ...samples.time], [Math.fround(dose), time], header);
    });
  }
});

const headers: readonly (readonly [header: string, row: string, message: RegExp])[] = [
  ["TP53,MYC,TP53.1", "1,2,3", /columns 1 and 3: "TP53" and "TP53\.1" both mean TP53/],
  ["TP53,MYC,TP53_2", "1,2,3", /"TP53" and "TP53_2" both mean TP53/],
  ["TP53...1,MYC,TP53...3", "1,2,3", /"TP53\.\.\.1" and "TP53\.\.\.3" both mean TP53/],
  ["Tp53,MYC,TP53", "1,2,3", /"Tp53" and "TP53" both mean TP53/],
  ["TP53,P53,MYC", "1,2,3", /"TP53" and "P53" both mean TP53/],
  ["AARS1,AARS,MYC", "1,2,3", /"AARS1" and "AARS" both mean AARS1/],
  ["MYC.1,EGFR,MYC", "1,2,3", /"MYC\.1" and "MYC" both mean MYC/],
  ["batch,Mean,std", "1,2,3", /no gene among 3 columns/],
  ["TP53,MYC,EGFR", "7157,4609,1956", /line 2: .*Entrez ids.*second header/],
  ["TP53,MYC,EGFR", "tumor protein,proto-oncogene,receptor", /second header, remove it/],
];
for (const [header, row, message] of headers) {
  Deno.test(`genes ${header} above ${row} are refused by name`, async () => {
    await withFolder({ "gex.csv": `${header}\n${row}\n1,2,3\n` }, async (folder) => {
      assert.match(await messageOf(folder, readExpressionTable(join(folder, "gex.csv"))), message);
    });
  });
}

Deno.test("genes that are not written as approved are said, and stay what they are", async () => {
  const known = "TP53,MYC,EGFR,BRAF,KRAS,PTEN,CDK4,CDK6,CCND1";
  for (
    const [header, note] of [
      [known, /^$/],
      ["P53,MYC,EGFR", /1 gene goes by an older symbol .*P53 is TP53/],
      ["Tp53,Myc,Egfr", /3 genes go in other capitals .*Tp53 is TP53.*mouse/],
      ["TP53,myc,EGFR", /1 gene goes in other capitals than approved \(myc is MYC\)\.$/],
      [`${known},RBB1`, /1 of 10 columns is no gene .*\(RBB1: RB1\?\)/],
      [`${known},plate_effect`, /\(plate_effect\); remove what is no gene/],
      [`batch,${known}`, /the column "batch" is no gene and was left out/],
    ] as const
  ) {
    const width = header.split(",").length;
    await withFolder({ "gex.csv": `${header}\n${"1.5,".repeat(width).slice(0, -1)}\n` }, async (folder) => {
      const { notes = [], genes } = await readExpressionTable(join(folder, "gex.csv"));
      assert.match(notes.join(" "), note);
      assert.deepEqual(genes, header.replace("batch,", "").split(","));
    });
  }
});

const scales: readonly (readonly [what: string, values: readonly number[], name: string])[] = [
  ["log10 of M", [-5, -6.2, -7.1, -4.8, -5.5, -6], "log10_IC50_M"],
  ["log10 of M of weak drugs", [-3.2, -4.1, -3.9, -4.5, -5, -3.6], "log10_IC50_M"],
  ["log10 of M of strong drugs", [-8.2, -9.1, -7.7, -8.8, -9.5, -10.2, -7.9], "log10_IC50_M"],
  ["log10 of M of many drugs", Array.from({ length: 24 }, (_, row) => -1 - 0.3 * row), "log10_IC50_M"],
  ["pIC50", [5, 6.2, 7.1, 4.8, 5.5, 6], "pIC50"],
  ["pIC50 of strong drugs", [8.2, 9.1, 7.7, 8.8, 9.5, 10.2], "pIC50"],
];
for (const [what, values, name] of scales) {
  Deno.test(`labels called IC50 that are ${what} are refused, and taken under their name`, async () => {
    const folderOf = (header: string) => ({
      "label.csv": `smiles,${header}\n${values.map((value) => `CC,${value}\n`).join("")}`,
      "gex_before.csv": `DDR1\n${values.map((_, row) => `${row / 8}\n`).join("")}`,
    });
    await withFolder(folderOf("IC50"), async (folder) => {
      const text = await messageOf(folder, readFinetuningFolder(folder));
      assert.match(text, new RegExp(`row 1 .*name the column ${name} .*or ln_IC50`));
      assert.ok(text.length < 300, text);
    });
    await withFolder(folderOf(name), async (folder) => {
      const { logIc50 } = await readFinetuningFolder(folder);
      values.forEach((value, row) =>
        assert.ok(Math.abs(logIc50[row] - Math.LN10 * (6 - Math.abs(value))) < 1e-5, `${logIc50[row]}`)
      );
    });
    await withFolder(folderOf("ln_IC50"), async (folder) => {
      const { logIc50, notes = [] } = await readFinetuningFolder(folder);
      assert.deepEqual([...logIc50], [...Float32Array.from(values)]);
      assert.match(notes.join(), new RegExp(`if they are that, name the column ${name}`));
    });
  });
}

Deno.test("structures under several names are said, spellings of one name are not", async () => {
  for (
    const [names, note] of [
      [["a", "b", "c"], /^$/],
      [["x", "y", "c"], /1 structure stands under several drug names .*"x, y"/],
      [["x", "X ", "c"], /^$/],
      [["x", "", "c"], /^$/],
      [["drug 1", "drug-1", "c"], /^$/],
      [["x", "y", "z"], /1 structure stands/],
    ] as const
  ) {
    const smiles = ["CCO", "CCO", "CCC"].map((text, row) => names[0] === "a" ? text + "C".repeat(row) : text);
    const table = "dose,time,smiles,drug_name\n" +
      names.map((name, row) => `1,24,${smiles[row]},${name}\n`).join("");
    await withFolder({ ...sound, "condition_table.csv": table }, async (folder) => {
      assert.match((await readPretrainingFolder(folder)).notes?.join() ?? "", note);
    });
  }
});

Deno.test("a structure and more in one cell is named", async () => {
  const chemistry = await Chemistry.load();
  for (
    const [text, fault] of [
      ["CCO ethanol", /"ethanol" follows the structure/],
      ["CCO\tethanol", /"ethanol" follows the structure/],
      ["CCO; ethanol", /"ethanol" follows the structure/],
      ["CCO|ethanol", /two values parted by "\|"/],
      ["CCO;ethanol", /two values parted by ";"/],
      ["CCO,CCN", /two values parted by ","/],
      ["ethanol (CCO)", /"\(CCO\)" follows/],
    ] as const
  ) assert.match(chemistry.fault(text) ?? "", fault);
});

/** A table of drugs beside one response and one profile; what is written, or what is said. */
const drugFiles: readonly (readonly [what: string, drugs: string, expected: string | RegExp])[] = [
  ["one structure", "drug_name,smiles\nx,CCO\ny,CCN\n", "CCO"],
  ["a drug twice", "drug_name,smiles\nx,CCO\nx,CCO\n", "CCO"],
  ["another spelling", "drug_name,smiles\nx,CCO\nX ,OCC\n", "CCO"],
  ["a salt", "drug_name,smiles\nx,CCN\nx,CCN.Cl\n", "CCN"],
  [
    "two structures",
    "drug_name,smiles\nx,CCO\nx,CCN\n",
    /row 2: found "CCN" for the drug "x", which has "CCO" in row 1/,
  ],
  ["two structures of another drug", "drug_name,smiles\nx,CCO\ny,CCN\ny,CCC\n", "CCO"],
  ["two structures by capitals", "drug_name,smiles\nX,CCO\nx,c1ccccc1\n", /row 2: found "c1ccccc1"/],
  [
    "two structures by an id",
    "drug_id,drug_name,smiles\n1,x,CCO\n2,x,CCN\n",
    /row 2: found "CCN" for the drug "x"/,
  ],
  ["isomers", "drug_name,smiles\nx,C[C@H](N)O\nx,C[C@@H](N)O\n", /row 2: found/],
];
for (const [what, drugs, expected] of drugFiles) {
  Deno.test(`a table of drugs with ${what} gives ${expected}`, async () => {
    const files = {
      "r.csv": "cell_id,drug_name,ln_ic50\nA,x,0.5\n",
      "p.csv": "cell,DDR1\nA,1\n",
      "d.csv": drugs,
    };
    await withFolder(files, async (folder) => {
      const at = (name: string) => join(folder, name);
      const made = prepareScreen({
        ...{ output: at("out"), response: at("r.csv"), profiles: at("p.csv"), drugs: at("d.csv") },
        ...{ standardise: "none", floor: 0.1, clip: 10 } as const,
      });
      if (expected instanceof RegExp) return assert.match(await messageOf(folder, made), expected);
      await made;
      const [, row] = (await Deno.readTextFile(at("out/label.csv"))).split("\n");
      assert.equal(row.split(",")[0], expected);
    });
  });
}
