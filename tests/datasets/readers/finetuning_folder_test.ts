import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFinetuningFolder } from "../../../datasets/mod.ts";
import { readFinetuningFolder } from "../../../datasets/readers/read_finetuning_folder.ts";
import { messageOf, withFolder } from "./data_files.ts";

Deno.test("readFinetuningFolder() gives ln IC50 with 10 µM and 72 h in every row", async () => {
  const files = {
    "label.csv": "canonical_smiles,IC50,cell_id,drug_name\nCCO,-0.25,A375,ethanol\nC,3,MCF7,methane\n",
    "gex_before.csv": "DDR1,PAX8\n0.5,-1\n1,2\n",
  };
  await withFolder(files, async (folder) => {
    const data = await readFinetuningFolder(folder);
    assert.deepEqual([...data.logIc50], [-0.25, 3]);
    assert.deepEqual([[...data.samples.dose], [...data.samples.time]], [[10, 10], [72, 72]]);
    assert.deepEqual(data.samples.drugNames, ["ethanol", "methane"]);
    const copy = join(folder, "copy");
    await writeFinetuningFolder(copy, data);
    assert.deepEqual(await readFinetuningFolder(copy), { ...data, folder: copy });
  });
  await withFolder({ ...files, "gex_before.csv": "DDR1,PAX8\n0.5,-1\n" }, async (folder) => {
    assert.match(
      await messageOf(folder, readFinetuningFolder(folder)),
      /gex_before.csv: found 1 rows below the header, but DIR\/label.csv has 2;/,
    );
  });
  await withFolder({ ...files, "label.csv": "canonical_smiles,IC50\nC,low\nC,1\n" }, async (folder) => {
    assert.equal(
      await messageOf(folder, readFinetuningFolder(folder)),
      'DIR/label.csv, row 1 (line 2), column IC50: found "low", not a number, expected ln IC50 (of µM); ' +
        "mend or remove the row.",
    );
  });
});

Deno.test("labels refuse a blank cell line beside filled ones, and profiles of other rows", async () => {
  const cases = [
    ["C,1,A375\nCC,2,\n", "1\n2\n", 'label.csv, row 2 (line 3), column cell_id: found "", a missing value'],
    ["C,1,A375\nCC,2,MCF7\n", "MCF7,1\nA375,2\n", 'gex_before.csv, row 1: found the profile of "MCF7"'],
  ];
  for (const [labels, profiles, said] of cases) {
    await withFolder({
      "label.csv": `canonical_smiles,IC50,cell_id\n${labels}`,
      "gex_before.csv": `${profiles.includes(",") ? "cell_line," : ""}DDR1\n${profiles}`,
    }, async (folder) => {
      const message = await messageOf(folder, readFinetuningFolder(folder));
      assert.ok(message.startsWith(`DIR/${said}`), message);
    });
  }
});
