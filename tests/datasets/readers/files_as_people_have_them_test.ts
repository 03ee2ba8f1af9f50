import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { valuesOf } from "../../../datasets/matrix.ts";
import { readFinetuningFolder } from "../../../datasets/readers/read_finetuning_folder.ts";
import { readPpiEdges } from "../../../datasets/readers/read_ppi_edges.ts";
import { readPretrainingFolder } from "../../../datasets/readers/read_pretraining_folder.ts";
import { messageOf, withFolder } from "./data_files.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

const conditions = "dose,time,canonical_smiles,cell_id\n10,24,CCO,A375\n2,6,CCN,MCF7\n0.5,24,CCC,A375\n";
const before = "DDR1,SEPTIN2,AARS1\n0.5,-1,2\n1,2,-3\n-3,4,0.25\n";
const after = "DDR1,SEPTIN2,AARS1\n1.5,-2,1\n2,1,-1\n-1,3,0.5\n";
const sound: Files = { "condition_table.csv": conditions, "gex_DMSO.csv": before, "gex_comp.csv": after };

const utf16 = (text: string) =>
  new Uint8Array([0xff, 0xfe, ...new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer)]);
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const each = (change: (text: string) => string | Uint8Array): Files => ({
  "condition_table.csv": change(conditions),
  "gex_DMSO.csv": change(before),
  "gex_comp.csv": change(after),
});
const indexed = (text: string, name: string, of: (row: number) => string) =>
  text.trimEnd().split("\n").map((line, row) => `${row === 0 ? name : of(row - 1)},${line}`).join("\n") +
  "\n";

/** Each reads as the sound folder does, number by number. */
const faults: readonly (readonly [kind: string, files: Files, note?: RegExp])[] = [
  ["semicolons", each((text) => text.replaceAll(",", ";"))],
  [
    "semicolons and decimal commas",
    each((text) => text.replaceAll(",", ";").replaceAll(".", ",")),
    /decimal comma/,
  ],
  [
    "Excel told what parts the values",
    each((text) => "\ufeffsep=;\r\n" + text.replaceAll(",", ";").replaceAll("\n", "\r\n")),
  ],
  ["tabs", each((text) => text.replaceAll(",", "\t"))],
  ["CRLF and a byte order mark", each((text) => "\ufeff" + text.replaceAll("\n", "\r\n"))],
  ["bare carriage returns", each((text) => text.replaceAll("\n", "\r"))],
  ["UTF-16, as a spreadsheet saves Unicode text", each((text) => utf16(text.replaceAll(",", "\t")))],
  ["gzip under the plain name", each((text) => new Uint8Array(gzipSync(text)))],
  ["Latin-1", {
    ...sound,
    "condition_table.csv": latin1(
      conditions.replace("\n", ",note\n").replaceAll(/(A375|MCF7)\n/g, "$1,caf\u00e9\n"),
    ),
  }],
  ["quotes everywhere", each((text) => text.replaceAll(/[^,\n]+/g, '"$&"'))],
  ["gz and tsv names", {
    "condition_table.csv.gz": new Uint8Array(gzipSync(conditions)),
    "GEX_DMSO.tsv": before.replaceAll(",", "\t"),
    "gex_comp.txt": after,
  }],
  [
    "a saved pandas index",
    each((text) => indexed(text, "Unnamed: 0", String)),
    /counts the rows and was left out/,
  ],
  [
    "row names of R, counted from 1",
    each((text) => indexed(text, "", (row) => String(row + 1))),
    /counts the rows/,
  ],
  [
    "names of samples",
    { ...sound, "gex_DMSO.csv": indexed(before, "sample_id", (row) => `well ${row}`) },
    /row names/,
  ],
  ["row names without a column", {
    ...sound,
    "gex_comp.csv": after.split("\n").map((line, row) => row === 0 || line === "" ? line : `s${row},${line}`)
      .join("\n"),
  }, /row names that the header does not have/],
  [
    "genes in another order",
    { ...sound, "gex_comp.csv": "AARS1,DDR1,SEPTIN2\n1,1.5,-2\n-1,2,1\n0.5,-1,3\n" },
    /another order/,
  ],
  [
    "genes in small letters in one file",
    { ...sound, "gex_comp.csv": after.toLowerCase() },
    /written otherwise/,
  ],
  [
    "an old symbol in one file",
    { ...sound, "gex_comp.csv": after.replace("AARS1", "AARS") },
    /AARS is AARS1/,
  ],
  ["a gene that became a date", {
    ...sound,
    "gex_DMSO.csv": before.replace("SEPTIN2", "2-Sep"),
    "gex_comp.csv": after.replace("SEPTIN2", "Sep-02"),
  }, /"2-Sep" is SEPTIN2/],
  ["Entrez ids in one file", {
    ...sound,
    "gex_DMSO.csv": before.replace("SEPTIN2", "780x").replace("DDR1,780x", "DDR1,SEPTIN2"),
  }],
  ["capitals", {
    ...sound,
    "condition_table.csv": conditions.replace(/^[^\n]+/, (head) => head.toUpperCase()),
  }],
  ["other names", {
    ...sound,
    "condition_table.csv": conditions.replace(/^[^\n]+/, "Dose,Pert Time,SMILES,Cell Line"),
  }],
  ["µM in the cells", {
    ...sound,
    "condition_table.csv": conditions.replace("10,24", "10 \u00b5M,24 h").replace("2,6", "2 \u03bcM,6h")
      .replace("0.5,24", "500 nM,1 d"),
  }],
  ["nM in the header", {
    ...sound,
    "condition_table.csv": conditions.replace("dose,", "dose_nM,").replace("\n10,", "\n10000,").replace(
      "\n2,",
      "\n2000,",
    ).replace("\n0.5,", "\n500,"),
  }, /converted to µM/],
  ["(nM) in the header", {
    ...sound,
    "condition_table.csv": conditions.replace("dose,", "Dose (nM),").replace("\n10,", "\n1e4,").replace(
      "\n2,",
      "\n2000,",
    ).replace("\n0.5,", "\n500,"),
  }, /converted to µM/],
  ["a column of units", {
    ...sound,
    "condition_table.csv":
      "pert_dose,pert_dose_unit,pert_time,pert_time_unit,canonical_smiles,cell_id\n10,uM,24,h,CCO,A375\n2000,nM,360,min,CCN,MCF7\n0.0005,mM,1,d,CCC,A375\n",
  }, /their own column/],
];

for (const [kind, files, note] of faults) {
  Deno.test(`a folder with ${kind} reads as the mended one`, async () => {
    const mended = await withFolder(sound, (folder) => readPretrainingFolder(folder));
    await withFolder(files, async (folder) => {
      const data = await readPretrainingFolder(folder);
      assert.deepEqual(
        [
          [...valuesOf(data.basal)],
          [...valuesOf(data.perturbed)],
          [...data.samples.dose],
          [...data.samples.time].map((t) => Math.round(t * 1e3) / 1e3),
        ],
        [[...valuesOf(mended.basal)], [...valuesOf(mended.perturbed)], [...mended.samples.dose], [
          ...mended.samples.time,
        ]],
      );
      assert.deepEqual([data.samples.smiles, data.samples.cells, data.genes], [
        mended.samples.smiles,
        mended.samples.cells,
        mended.genes,
      ]);
      if (note) assert.match((data.notes ?? []).join("\n"), note);
    });
  });
}

for (const text of ["-666", "-666.0", "NA", "nan", "", "null", "#N/A", "-", "<NA>"]) {
  Deno.test(`a missing value written ${JSON.stringify(text)} is refused with its count, and left out with --skip-bad`, async () => {
    const files = {
      ...sound,
      "gex_DMSO.csv": before.replace("1,2,-3", `1,${text},${text}`).replace("-3,4", `-3,${text}`),
    };
    await withFolder(files, async (folder) => {
      const message = await messageOf(folder, readPretrainingFolder(folder));
      assert.match(
        message,
        /^DIR\/gex_DMSO\.csv: 3 missing values \(3 ".*"\) in 2 rows of 3, first in row 2 \(line 3\), column SEPTIN2;/,
      );
      assert.ok(message.length < 300, message);
      const { basal, perturbed, notes } = await readPretrainingFolder(folder, { skipBad: true });
      assert.deepEqual([[...valuesOf(basal)], [...valuesOf(perturbed)]], [[0.5, -1, 2], [1.5, -2, 1]]);
      assert.match(notes!.join(), /Left out: 3 missing values/);
    });
  });
}

Deno.test("differing gene sets are refused, or cut to what both have", async () => {
  const files = { ...sound, "gex_comp.csv": "AARS1,TP53,DDR1\n1,9,1.5\n-1,9,2\n0.5,9,-1\n" };
  await withFolder(files, async (folder) => {
    assert.match(
      await messageOf(folder, readPretrainingFolder(folder)),
      /"SEPTIN2".*"TP53".*--genes intersection/,
    );
    const data = await readPretrainingFolder(folder, { genes: "intersection" });
    assert.deepEqual([data.genes, [...valuesOf(data.basal)], [...valuesOf(data.perturbed)]], [[
      "DDR1",
      "AARS1",
    ], [
      0.5,
      2,
      1,
      -3,
      -3,
      0.25,
    ], [1.5, 1, 2, -1, -1, 0.5]]);
  });
});

const lnValues = [-2.5, 0.75, 3, 1.25];
const responses: readonly (readonly [header: string, write: (ln: number) => number])[] = [
  ["IC50", (ln) => ln],
  ["LN_IC50", (ln) => ln],
  ["ln_ic50", (ln) => ln],
  ["log10_IC50", (ln) => ln / Math.LN10],
  ["pIC50", (ln) => 6 - ln / Math.LN10],
  ["IC50_uM", (ln) => Math.exp(ln)],
  ["IC50 (nM)", (ln) => 1e3 * Math.exp(ln)],
  ["ic50.um", (ln) => Math.exp(ln)],
];
for (const [header, write] of responses) {
  Deno.test(`a response column called ${header} is ln of µM in the end`, async () => {
    const files = {
      "label.csv": `SMILES,${header},cell\n${
        lnValues.map((ln, k) => `CC${"C".repeat(k)},${write(ln)},A\n`).join("")
      }`,
      "gex_before.csv": "DDR1,PAX8\n1,-1\n-1,1\n0,0.5\n0.5,0\n",
    };
    await withFolder(files, async (folder) => {
      const { logIc50 } = await readFinetuningFolder(folder);
      logIc50.forEach((value, row) =>
        assert.ok(Math.abs(value - lnValues[row]) < 1e-5, `${value} ${lnValues[row]}`)
      );
    });
  });
}

const refusedResponses: readonly (readonly [string, string, readonly (number | string)[], RegExp])[] = [
  ["concentrations called IC50", "IC50", [78.2, 90.9, 182, 3.1], /row 1 .*78\.2.*concentrations.*IC50_uM/],
  ["a fit gone wrong", "IC50", [-1, 2, 1.5e17, 3], /row 3 .*1\.5e\+?17/],
  ["one of the two logarithms", "log_IC50", [1, 2, 3, 1], /natural logarithm or log10/],
  ["a concentration of zero", "IC50_uM", [1, 0, 3, 1], /row 2 .*no logarithm/],
  ["a negative concentration", "IC50_nM", [1, 3, -3, 1], /row 3 .*no logarithm/],
  ["a missing label", "LN_IC50", [1, "-666", 3, "NA"], /2 missing values/],
];
for (const [what, header, values, message] of refusedResponses) {
  Deno.test(`a response column with ${what} is refused with its row`, async () => {
    const files = {
      "label.csv": `smiles,${header}\n${values.map((value) => `CC,${value}\n`).join("")}`,
      "gex_before.csv": "DDR1,PAX8\n1,-1\n-1,1\n0,0.5\n0.5,0\n",
    };
    await withFolder(
      files,
      async (folder) => assert.match(await messageOf(folder, readFinetuningFolder(folder)), message),
    );
  });
}

const genes = ["DDR1", "PAX8", "AARS1", "RHOA"];
const edgeFiles: readonly (readonly [string, Files, object, number, RegExp?])[] = [
  ["symbols", { e: "source,target\nDDR1,PAX8\nPAX8,RHOA\n" }, {}, 2],
  [
    "STRING's header, parted by blanks",
    { e: "protein1 protein2 combined_score\nDDR1 PAX8 900\nPAX8 RHOA 150\n" },
    {},
    2,
  ],
  ["a least score", { e: "protein1 protein2 combined_score\nDDR1 PAX8 900\nPAX8 RHOA 150\n" }, {
    minScore: 700,
  }, 1],
  ["tabs and a hash", { e: "#node1\tnode2\tcombined_score\nDDR1\tPAX8\t0.9\nRHOA\tPAX8\t0.2\n" }, {
    minScore: 0.4,
  }, 1],
  ["small letters", { e: "source,target\nddr1,pax8\nrhoa,pax8\n" }, {}, 2, /written otherwise/],
  ["an old symbol", { e: "source,target\nAARS,PAX8\n" }, {}, 1, /AARS is AARS1/],
  [
    "proteins with their names",
    {
      e: "protein1 protein2 combined_score\n9606.ENSP1 9606.ENSP2 900\n",
      a: "#string_protein_id\tpreferred_name\n9606.ENSP1\tDDR1\n9606.ENSP2\tRHOA\n",
    },
    { aliases: "a" },
    1,
  ],
];
for (const [kind, files, options, edges, note] of edgeFiles) {
  Deno.test(`interactions given by ${kind} are found`, async () => {
    await withFolder(files, async (folder) => {
      const named = "aliases" in options ? { aliases: join(folder, "a") } : {};
      const graph = await readPpiEdges(join(folder, "e"), genes, { ...options, ...named });
      assert.equal(graph.edgesInside, edges);
      if (note) assert.match(graph.notes.join(), note);
    });
  });
}

Deno.test("interactions in any form give the same matrix as plain symbols", async () => {
  const plain = "source,target\nDDR1,PAX8\nPAX8,RHOA\nAARS1,RHOA\n";
  const forms: readonly (readonly [form: string, text: string, options?: object])[] = [
    ["both directions", plain + "PAX8,DDR1\nRHOA,PAX8\nRHOA,AARS1\n"],
    ["edges twice and one to itself", plain + "DDR1,PAX8\nRHOA,RHOA\n"],
    ["other columns first", "score,from,source,target\n1,x,DDR1,PAX8\n1,x,PAX8,RHOA\n1,x,AARS1,RHOA\n"],
    ["mixed case and an alias", "protein1,protein2\nddr1,Pax8\nPAX8,rhoa\nAARS,RhoA\n"],
    ["semicolons", plain.replaceAll(",", ";")],
    ["genes that the data do not have", plain + "EGFR,TP53\nDDR1,EGFR\n"],
    [
      "weak edges below the least score",
      "protein1 protein2 combined_score\nDDR1 PAX8 701\nPAX8 RHOA 999\nAARS1 RHOA 700\nDDR1 RHOA 699\n",
      { minScore: 700 },
    ],
  ];
  const matrix = async (text: string, options = {}) =>
    await withFolder({ e: text }, async (folder) => {
      const { notes: _, file: __, ...graph } = await readPpiEdges(
        join(folder, "e"),
        genes,
        options,
      ) as unknown as Record<string, unknown>;
      return Object.fromEntries(Object.entries(graph).filter(([name]) => !name.startsWith("edges")));
    });
  const expected = await matrix(plain);
  assert.ok(Object.keys(expected).length > 1, Object.keys(expected).join());
  for (const [form, text, options] of forms) assert.deepEqual(await matrix(text, options), expected, form);
  assert.notDeepEqual(await matrix(plain + "DDR1,RHOA\n"), expected);
});

Deno.test("dates that are no gene are refused by name", async () => {
  for (const date of ["1/3/2024", "03.09.24", "9/2", "15-Jan", "20-Sep"]) {
    const files = { ...sound, "gex_comp.csv": after.replace("SEPTIN2", date) };
    await withFolder(
      files,
      async (folder) =>
        assert.match(
          await messageOf(folder, readPretrainingFolder(folder)),
          /column 2: found ".*", a date, expected a gene symbol/,
          date,
        ),
    );
  }
  for (
    const [date, gene] of [["1. Mrz", "MARCHF1"], ["4-Okt", "POU5F1"], ["1-Dez", "DELEC1"], [
      "02. Sep",
      "SEPTIN2",
    ]]
  ) {
    const change = (text: string) => text.replace("SEPTIN2", date);
    const files = { ...sound, "gex_DMSO.csv": change(before), "gex_comp.csv": change(after) };
    await withFolder(
      files,
      async (folder) => assert.equal((await readPretrainingFolder(folder)).genes[1], gene),
    );
  }
});

const refusedEdges: readonly (readonly [string, object, RegExp])[] = [
  [
    "protein1 protein2 combined_score\n9606.ENSP00000000000 9606.ENSP00000000007 150\n",
    {},
    /--ppi-aliases FILE/,
  ],
  ["source,target,combined_score\nDDR1,PAX8,0.9\n", { minScore: 700 }, /the highest is 0\.9.*from 0 to 1/],
  ["source,target\nDDR1,PAX8\n", { minScore: 700 }, /no combined_score/],
];
for (const [content, options, message] of refusedEdges) {
  Deno.test(`interactions that cannot be used say why: ${message.source}`, async () => {
    await withFolder({ e: content }, async (folder) => {
      assert.match(await messageOf(folder, readPpiEdges(join(folder, "e"), genes, options)), message);
    });
  });
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const otherKinds: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  [
    "a Git LFS pointer",
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    /Git LFS pointer.*git lfs pull/,
  ],
  ["an HTML page", "<!DOCTYPE html>\n<html><body>404</body></html>\n", /web page/],
  ["HDF5", bytes(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0), /HDF5/],
  ["GCT", "#1.3\n2\t2\t0\t0\nid\ta\tb\n", /GCT/],
  ["zip", bytes(0x50, 0x4b, 3, 4, 0, 0), /zip archive or spreadsheet/],
  ["Parquet", "PAR1\u0000\u0000", /Parquet/],
  ["a pickle", bytes(0x80, 4, 0x95, 0, 0), /Python pickle/],
  ["JSON", '{"a": 1}', /JSON/],
  ["NumPy", bytes(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0), /NumPy/],
  ["a GEO series", '!Series_title\t"x"\n', /GEO/],
  ["gzip of HTML", new Uint8Array(gzipSync("<html><body>no</body></html>")), /web page/],
];
for (const [kind, content, message] of otherKinds) {
  Deno.test(`${kind} in the place of a table is named for what it is`, async () => {
    await withFolder({ ...sound, "gex_comp.csv": content }, async (folder) => {
      const text = await messageOf(folder, readPretrainingFolder(folder));
      assert.match(text, message);
      assert.ok(text.length < 300, text);
    });
  });
}
