import assert from "node:assert/strict";
import { join } from "node:path";
import { makeSplit } from "../../../datasets/splits/make_split.ts";
import { overlapSentences, splitOverlap } from "../../../datasets/splits/overlap.ts";
import {
  checksumOfSplit,
  checksumOfSplitFile,
  readSplitFile,
  type SplitFile,
  splitFromFile,
  writeSplitFile,
} from "../../../datasets/splits/split_file.ts";
import { alcohol, smallTable } from "../small_table.ts";

const rows = Array.from({ length: 23 }, (_, k) => ({ smiles: alcohol(k % 11 + 1), cell: `C${k % 5}` }));
const data = smallTable(rows);

async function withFile(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(join(folder, "split.json"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a split file gives the same rows back, on rows in another order too, and keeps rows that are in no part", async () => {
  await withFile(async (path) => {
    for (
      const rule of [{ rule: "drug-blind", number: 1 }, {
        rule: "disjoint-folds",
        folds: 3,
        fold: 1,
        number: 2,
      }] as const
    ) {
      const split = await makeSplit(rule, data);
      await writeSplitFile(path, data, split, rule);
      assert.equal(await checksumOfSplitFile(path), checksumOfSplit(data, split));
      assert.deepEqual((await readSplitFile(path)).rule, rule);
      assert.deepEqual(await splitFromFile(path, data), split);
      const order = rows.map((_, row) => row).reverse();
      const turned = {
        ...smallTable(order.map((row) => rows[row])),
        rowNames: order.map((row) => data.rowNames[row]),
      };
      const back = await makeSplit(
        { rule: "file", file: path, checksum: await checksumOfSplitFile(path) },
        turned,
      );
      assert.deepEqual([...back.test].map((row) => order[row]).sort((a, b) => a - b), [...split.test]);
      assert.deepEqual([back.name, back.unit], [split.name, split.unit]);
    }
  });
});

Deno.test("a split file that does not fit, or was changed, is refused by name", async () => {
  await withFile(async (path) => {
    const split = await makeSplit({ rule: "random", number: 0 }, data);
    await writeSplitFile(path, data, split, { rule: "random", number: 0 });
    const { checksum } = await readSplitFile(path), text = await Deno.readTextFile(path);
    const refused = async (message: RegExp, table = data, wanted = checksum) =>
      await assert.rejects(makeSplit({ rule: "file", file: path, checksum: wanted }, table), {
        name: "UserError",
        message,
      });
    await refused(/found the checksum .* expected abc; it is another split/, data, "abc");
    await refused(/1 of its 23 rows are not in the small table \("row 23"\)/, smallTable(rows.slice(0, 22)));
    await refused(/1 rows of the small table are in no part \("row 24"\)/, smallTable([...rows, rows[0]]));
    await Deno.writeTextFile(path, text.replace('"row 5"', '"row 4"'));
    await refused(/the file was changed or damaged/);
    // Each part counts: a row that leaves it unseen is noticed.
    for (const part of ["train", "validation", "test"] as const) {
      const { parts } = JSON.parse(text) as SplitFile, [first, ...rest] = parts[part];
      const changed = text.replace(JSON.stringify(parts[part]), JSON.stringify(rest))
        .replace('"unused": []', `"unused": ["${first}"]`);
      await Deno.writeTextFile(path, changed);
      await refused(/the file was changed or damaged/);
    }
    await Deno.writeTextFile(path, text.replace('"unused": []', '"unused": ["row 5"]'));
    await refused(/found "row 5" more than once/);
    await Deno.writeTextFile(path, text.slice(0, 50));
    await refused(/no split file/);
    await Deno.writeTextFile(path, text.replace('"unit": "drug"', '"unit": "gene"'));
    await refused(/no split file \(unit: /);
    await Deno.remove(path);
    await refused(/cannot be read/);
  });
});

Deno.test("a split file refuses rows that were moved or edited under the same names, and one written by hand takes them", async () => {
  await withFile(async (path) => {
    const rule = { rule: "random", number: 0 } as const;
    await writeSplitFile(path, data, await makeSplit(rule, data), rule);
    const other = [
      smallTable(rows.toReversed()),
      smallTable(rows.map((row, k) => k === 7 ? { ...row, cell: "C9" } : row)),
      smallTable(rows.map((row, k) => k === 7 ? { ...row, smiles: alcohol(12) } : row)),
      { ...data, dose: data.dose.with(3, 77) },
      { ...data, time: data.time.with(22, 7) },
    ];
    for (const table of other) {
      await assert.rejects(splitFromFile(path, table), {
        name: "UserError",
        message: /rows were edited/,
      });
    }
    await splitFromFile(path, smallTable(rows.map((row) => ({ ...row, truth: 5 }))));
    const { conditions: _, ...bare } = await readSplitFile(path);
    await Deno.writeTextFile(path, JSON.stringify(bare));
    await splitFromFile(path, other[0]);
  });
});

Deno.test("splitOverlap() counts what the test part shares with training, by parent and without stereo", async () => {
  const table = smallTable([
    { smiles: "C[C@H](N)C(=O)O", cell: "A", truth: 1 },
    { smiles: "c1ccccc1C", cell: "A", truth: 2 },
    { smiles: "CCO", cell: "B", truth: 3 },
    // Test part: an enantiomer, a salt of a trained drug twice (once with its value), a new drug of a known scaffold, cell C.
    { smiles: "C[C@@H](N)C(=O)O", cell: "A", truth: 1 },
    { smiles: "CCO.[Na+].[OH-]", cell: "b", truth: 3 },
    { smiles: "CCO", cell: "B", truth: 3.5 },
    { smiles: "c1ccccc1CC", cell: "C", truth: 2 },
  ]);
  const split = {
    name: "by hand",
    train: Uint32Array.of(0, 1, 2),
    validation: Uint32Array.of(),
    test: Uint32Array.of(3, 4, 5, 6),
  };
  const overlap = await splitOverlap(table, split);
  assert.deepEqual(overlap.parents, { test: 3, shared: 1, rows: 2 });
  assert.deepEqual(overlap.flat, { test: 3, shared: 2, rows: 3 });
  assert.deepEqual(overlap.cells, { test: 3, shared: 2, rows: 3 });
  assert.deepEqual(overlap.scaffolds, { test: 2, shared: 2, rows: 4 });
  assert.equal(overlap.exactRows, 1);
  assert.deepEqual(overlap.sentences, [
    "1 of the 3 drugs of the test part is trained on too (2 of 4 test rows).",
    "2 of the 3 drugs, told apart without stereo, of the test part are trained on too (3 of 4 test rows).",
    "2 of the 3 cell lines of the test part are trained on too (3 of 4 test rows).",
    "2 of the 2 scaffolds of the test part are trained on too (4 of 4 test rows).",
    "1 of 4 test rows are trained on as they are: the same condition with the same values.",
  ]);
  assert.deepEqual(
    await overlapSentences(table, { ...split, test: Uint32Array.of(6), train: Uint32Array.of(2) }),
    [],
  );
  // A split by spelling shares parents, and says so.
  const spelled = smallTable([{ smiles: "CCO", cell: "A" }, { smiles: "OCC", cell: "A" }], "spelling");
  const parts = { name: "", train: Uint32Array.of(0), validation: Uint32Array.of(), test: Uint32Array.of(1) };
  assert.deepEqual((await splitOverlap(spelled, parts)).parents, { test: 1, shared: 1, rows: 1 });
});
