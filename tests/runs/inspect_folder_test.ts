import assert from "node:assert/strict";
import { inspect } from "../../runs/inspect.ts";
import { messageOf, withFolder } from "../datasets/readers/data_files.ts";

const conditions = "dose,time,canonical_smiles,cell_id\n10,24,CCO,A375\n2,6,CCN,MCF7\n0.5,24,CCC,A375\n";
const before = "DDR1,SEPTIN2,AARS1\n0.5,-1,2\n1,2,-3\n-3,4,0.25\n";
const sound = { "condition_table.csv": conditions, "gex_DMSO.csv": before, "gex_comp.csv": before };
type Files = Readonly<Record<string, string>>;

/** Folders with what is said of each file (rows; "wrong" where it cannot be read), of the whole, and what to do next. */
const folders: readonly (readonly [
  what: string,
  files: Files,
  format: string,
  of: Readonly<Record<string, number | "wrong">>,
  wrong: RegExp | null,
  next: RegExp,
])[] = [
  [
    "sound",
    sound,
    "folder (profiles)",
    { "condition_table.csv": 3, "gex_DMSO.csv": 3, "gex_comp.csv": 3 },
    null,
    /train csg2a --data DIR$/,
  ],
  [
    "with a title above one table",
    { ...sound, "gex_DMSO.csv": `Untreated,,\n${before}` },
    "folder (profiles)",
    { "condition_table.csv": 3, "gex_DMSO.csv": "wrong", "gex_comp.csv": 3 },
    /gex_DMSO\.csv, line 1: found "Untreated", a title/,
    /mend it, then perturbine inspect DIR again/,
  ],
  [
    "with a row too few",
    { ...sound, "gex_comp.csv": before.replace("1,2,-3\n", "") },
    "folder (profiles)",
    { "condition_table.csv": 3, "gex_DMSO.csv": 3, "gex_comp.csv": 2 },
    /gex_comp\.csv: found 2 rows below the header, but .* has 3/,
    /mend it/,
  ],
  [
    "with a structure that is none",
    { ...sound, "condition_table.csv": conditions.replace("CCN", "CC(N") },
    "folder (profiles)",
    { "condition_table.csv": 3, "gex_DMSO.csv": 3, "gex_comp.csv": 3 },
    /CC\(N.*parenthesis is opened/s,
    /mend it/,
  ],
  [
    "of responses, with other endings",
    { "label.tsv": "smiles\tln_IC50\nCC\t1\nCCC\t-1\n", "gex_before.csv": "DDR1\n1\n2\n" },
    "folder (response)",
    { "gex_before.csv": 2, "label.tsv": 2 },
    null,
    /train csg2a-response/,
  ],
  [
    "of files that belong to nothing",
    { "a.csv": "cell_id,drug_name,LN_IC50\nA375,x,1\n", "b.txt": "x,y\n\n1,2\n", "empty.csv": "" },
    "folder of files",
    { "a.csv": 1, "b.txt": "wrong", "empty.csv": "wrong" },
    null,
    /each file by itself/,
  ],
];
for (const [what, files, format, of, wrong, next] of folders) {
  Deno.test(`inspect looks into a folder ${what}`, async () => {
    await withFolder(files, async (folder) => {
      const found = await inspect(folder);
      const plain = (text: string) => text.replaceAll(folder, "DIR");
      assert.equal(found.format, format);
      assert.deepEqual(
        Object.fromEntries(
          found.files.map(({ name, rows, wrong }) => [name, wrong === null ? rows : "wrong"]),
        ),
        of,
      );
      if (wrong) assert.match(found.wrong ?? "", wrong);
      else assert.equal(found.wrong, null);
      assert.match(plain(found.next), next);
      for (const file of found.files) assert.equal(file.next === null, file.wrong !== null, file.name);
    });
  });
}

Deno.test("inspect says what a training would say of a folder, and refuses an empty one", async () => {
  const files = {
    ...sound,
    "condition_table.csv": conditions.replace("0.5,24,CCC,A375", "0.5,24,CCC,A375_SKIN"),
  };
  await withFolder(files, async (folder) => {
    const { rows, columns, notes } = await inspect(folder);
    assert.deepEqual([rows, columns], [3, 3]);
    assert.match(notes.join(), /A375: A375, A375_SKIN/);
  });
  await withFolder({}, async (folder) => {
    assert.match(await messageOf(folder, inspect(folder)), /^DIR: the folder holds no file/);
  });
});
