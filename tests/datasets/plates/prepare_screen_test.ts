import assert from "node:assert/strict";
import {
  prepareScreen,
  type PrepareScreenOptions,
} from "../../../datasets/response_screen/prepare_screen.ts";
import { valuesOf } from "../../../datasets/matrix.ts";
import { readFinetuningFolder } from "../../../datasets/readers/read_finetuning_folder.ts";
import { naturalLogs } from "../../../datasets/readers/response_column.ts";
import { UserError } from "../../../datasets/user_error.ts";

const long =
  "cell_id,drug_name,canonical_smiles,LN_IC50\nSK-BR-3,d1,CCO,-1.5\nA375,d1,CCO,2\nA375,d2,,1\nHT29,d1,CCO,0\nMCF7,d1,CCO,\n";
const wide = "cosmic_id,drug_1,drug_2\n11,-1.5,\n12,2,1\n13,0,NA\n";
const lines = "cosmic_id,cell_line\n11,SKBR3\n12,A-375\n13,HT-29\n";
const drugs = "drug_id,drug_name,canonical_smiles\n1,d1,CCO\n2,d2,\n";
const profiles = "cell_id,DDR1,PAX8,RPS5\nskbr3,1,2,3\nA375,2,2,5\nHT29,4,2,9\nOTHER,100,2,0\n";

const lnOfPair = [-1.5, 2, 0, 0.5, 3, -2];
for (
  const [header, write] of [
    ["LN_IC50", (ln: number) => ln],
    ["ln_ic50_um", (ln: number) => ln],
    ["IC50_uM", Math.exp],
    ["IC50 (nM)", (ln: number) => 1e3 * Math.exp(ln)],
    ["pIC50", (ln: number) => 6 - ln / Math.LN10],
    ["log10_IC50_M", (ln: number) => ln / Math.LN10 - 6],
  ] as const
) {
  Deno.test(`a long table of ${header} gives ln of µM`, async () => {
    const rows = lnOfPair.map((ln, row) => `A375,d${row},C${"C".repeat(row)}O,${write(ln)}\n`);
    await made({ response: "other.csv" }, async (folder) => {
      const { logIc50 } = await readFinetuningFolder(`${folder}/out`);
      lnOfPair.forEach((ln, row) => assert.ok(Math.abs(logIc50[row] - ln) < 1e-5, `${logIc50[row]} ${ln}`));
    }, { "other.csv": `cell_id,drug_name,smiles,${header}\n${rows.join("")}` });
  });
}

Deno.test("tables of responses that are no ln of µM are refused, wide ones too", async () => {
  for (
    const [name, text, message] of [
      ["long µM", "cell_id,drug_name,IC50\nA375,d1,80\nHT29,d1,120\n", /column IC50: found 80.*IC50_uM/],
      ["wide µM", "cell_id,d1,d2\nA375,80,90\nHT29,120,0.5\n", /found 80, which can be no natural logarithm/],
      ["wide pIC50", "cell_id,d1,d2,d3\nA375,5,6,7\nHT29,6.5,5.5,7\n", /look like minus log10 of M/],
      [
        "wide log10 M",
        "cell_id,d1,d2,d3\nA375,-5,-6,-7\nHT29,-6.5,-5.5,-7\n",
        /look like log10 of M.*one pair of cell line and drug a row, then name/,
      ],
      [
        "a line without a tissue, and with two",
        "cell_id,drug_name,canonical_smiles,ln_IC50\nA375_SKIN,d1,CCO,1\nA375_LUNG,d1,CCO,2\n",
        /"A375" beside "A375_SKIN" and "A375_LUNG"/,
      ],
      ["either logarithm", "cell_id,drug_name,log_IC50\nA375,d1,1\n", /natural logarithm or log10/],
    ] as const
  ) {
    await assert.rejects(
      made({ response: "other.csv" }, () => {}, { "other.csv": text }),
      (error) => error instanceof UserError && message.test(error.message),
      name,
    );
  }
});

async function made(
  options: Partial<PrepareScreenOptions>,
  work: (folder: string, result: Awaited<ReturnType<typeof prepareScreen>>) => Promise<void> | void,
  files: Record<string, string> = {},
) {
  const folder = await Deno.makeTempDir();
  try {
    const all = {
      "long.csv": long,
      "wide.csv": wide,
      "lines.csv": lines,
      "drugs.csv": drugs,
      "profiles.csv": profiles,
      ...files,
    };
    for (const [name, text] of Object.entries(all)) await Deno.writeTextFile(`${folder}/${name}`, text);
    const inside = Object.fromEntries(
      Object.entries(options).map((
        [name, value],
      ) => [name, typeof value === "string" && value.endsWith(".csv") ? `${folder}/${value}` : value]),
    );
    const result = await prepareScreen({
      output: `${folder}/out`,
      response: `${folder}/long.csv`,
      profiles: `${folder}/profiles.csv`,
      standardise: "none",
      floor: 0.1,
      clip: 10,
      ...inside,
    });
    await work(folder, result);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a long table and a wide one give the same rows, lines joined by name or id", async () => {
  const rows: unknown[] = [];
  const read = async (folder: string) => {
    const data = await readFinetuningFolder(`${folder}/out`);
    rows.push([[...data.logIc50], data.samples.smiles, data.samples.cells, [...valuesOf(data.basal)]]);
  };
  await made({}, async (folder, { steps, notes }) => {
    assert.deepEqual(steps.map(({ left }) => left), [4, 3, 3]);
    assert.match(notes.join(), /1 drugs have no structure and are left out: "d2"/);
    await read(folder);
  });
  await made(
    { response: "wide.csv", drugs: "drugs.csv", cells: "lines.csv" },
    async (folder) => await read(folder),
  );
  assert.deepEqual(rows[1], rows[0]);
  assert.deepEqual(rows[0], [[-1.5, 2, 0], ["CCO", "CCO", "CCO"], ["skbr3", "A375", "HT29"], [
    1,
    2,
    3,
    2,
    2,
    5,
    4,
    2,
    9,
  ]]);
});

Deno.test("robust z is taken over the lines that are written, constant genes are 0", () =>
  made({ standardise: "robust-z" }, async (folder) => {
    const { basal } = await readFinetuningFolder(`${folder}/out`);
    const z = (x: number) => Math.fround(x / 1.4826);
    assert.deepEqual([...valuesOf(basal)], [z(-1), 0, z(-1), 0, 0, 0, z(2), 0, z(2)]);
  }));

Deno.test("faults of a screen are refused by name", async () => {
  const refused = async (
    files: Record<string, string>,
    expected: RegExp,
    options: Partial<PrepareScreenOptions> = {},
  ) =>
    await assert.rejects(made(options, () => {}, files), (error) => {
      assert(error instanceof UserError, String(error));
      assert.match(error.message, expected);
      return true;
    });
  await refused({ "long.csv": long.replace("-1.5", "low") }, /row 1 \(line 2\), column LN_IC50: found "low"/);
  await refused({ "profiles.csv": profiles.replace("4,2,9", "4,,9") }, /row 3 \(line 4\), column PAX8/);
  await refused(
    { "profiles.csv": "cell_id,DDR1\nX,1\n" },
    /no pair is left after the step "with a basal profile"/,
  );
  await refused({ "lines.csv": "cosmic_id,tissue\n11,breast\n" }, /expected two or more of cell_id/, {
    cells: "lines.csv",
  });
});

Deno.test("a cell line whose profile stands twice is refused, under one name or two", async () => {
  const cases = [["A375,9,9,9\n", 'ids 2 and 5: found "A375" twice'], [
    "a-375,9,9,9\n",
    'ids 2 and 5: found "A375" and "a-375", one cell line',
  ]];
  for (const [row, said] of cases) {
    await assert.rejects(
      made({}, () => {}, { "profiles.csv": profiles + row }),
      (error) => error instanceof UserError && error.message.includes(`profiles.csv, first column, ${said}`),
    );
  }
});

Deno.test("columns are found whatever their case and punctuation", () =>
  made(
    {},
    (_, { steps }) => assert.deepEqual(steps.map(({ left }) => left), [4, 3, 3]),
    {
      "long.csv": long.replace("cell_id,drug_name,canonical_smiles", "Cell Line,Drug Name,Canonical SMILES"),
    },
  ));

Deno.test("a drug without a name has no structure, and a missing structure is none", () =>
  made({ drugs: "drugs.csv" }, (_, { steps, notes }) => {
    assert.deepEqual(steps.map(({ left }) => left), [4, 1, 1]);
    assert.match(notes.join(), /3 drugs have no structure and are left out: "", "NA", "d2"/);
  }, {
    "long.csv": "cell_id,drug_name,smiles,LN_IC50\nA375,,,1\nA375,NA,NA,2\nA375,d1,,3\nHT29,d2,,4\n",
    "drugs.csv": "drug_id,drug_name,canonical_smiles\n1,d1,CCO\n,d3,CCC\nNA,d4,CCN\n2,d2,restricted\n",
  }));

Deno.test("a screen may have more values than a call takes arguments", () => {
  const place = { file: "label.csv", row: 1 };
  const rows = Array.from({ length: 200_003 }, (_, row) => ({ value: 4 * Math.sin(row), place }));
  const column = { at: 1, name: "IC50", unnamed: true, toLn: (value: number) => value };
  assert.equal(naturalLogs(column, rows, assert.fail)[200_002], Math.fround(4 * Math.sin(200_002)));
});
