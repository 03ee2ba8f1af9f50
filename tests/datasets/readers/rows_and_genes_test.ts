import assert from "node:assert/strict";
import { valuesOf } from "../../../datasets/matrix.ts";
import { alignGenes } from "../../../datasets/readers/align_genes.ts";
import { readPretrainingFolder } from "../../../datasets/readers/read_pretraining_folder.ts";
import { selectRows } from "../../../datasets/readers/select_rows.ts";
import { messageOf, pretrainingFiles, withFolder } from "./data_files.ts";

Deno.test("selectRows() keeps samples, profiles and drugs together", async () => {
  await withFolder(pretrainingFiles, async (folder) => {
    const data = selectRows(await readPretrainingFolder(folder), [2, 1]);
    assert.deepEqual([...valuesOf(data.basal)], [3, 4, 1, 2]);
    assert.deepEqual([...valuesOf(data.perturbed).subarray(2)], [7, 8]);
    assert.deepEqual(data.samples.drugNames, ["ethanol", "acetic acid"]);
    assert.deepEqual([...data.samples.fileRows!], [3, 2]);
  });
});

Deno.test("alignGenes() puts genes into the model's order and refuses unknown and missing ones", async () => {
  await withFolder(pretrainingFiles, async (folder) => {
    const data = await readPretrainingFolder(folder);
    assert.equal(alignGenes(data, ["DDR1", "PAX8"]), data);
    const aligned = alignGenes(data, ["PAX8", "DDR1"]);
    assert.deepEqual([...valuesOf(aligned.basal)], [-1, 0.5, 2, 1, 4, 3]);
    assert.deepEqual([...valuesOf(aligned.perturbed).subarray(0, 4)], [6, 5, 8, 7]);
    assert.equal(
      await messageOf(folder, Promise.try(() => alignGenes(data, ["DDR1", "PAX9"]))),
      'DIR: 1 gene unknown to the model ("PAX8"), expected its 2 genes in any order; did you mean "PAX9"? Rename or ' +
        "remove the columns.",
    );
    assert.equal(
      await messageOf(folder, Promise.try(() => alignGenes(data, ["DDR1", "PAX8", "RPS5"]))),
      'DIR: 1 of the model\'s 3 genes missing ("RPS5"), expected all of them in any order; add these columns.',
    );
  });
});
