import assert from "node:assert/strict";
import fc from "fast-check";
import { layoutNamed } from "../../../datasets/layouts/mod.ts";
import type { Dataset } from "../../../datasets/dataset.ts";
import { type BadgerFoldInput, badgerFolds } from "../../../datasets/splits/badger_folds.ts";
import { hashSplit } from "../../../datasets/splits/hash_split.ts";
import { kFold } from "../../../datasets/splits/k_fold.ts";
import { torchRandomSplit } from "../../../datasets/splits/torch_random_split.ts";
import type { BadgerData } from "../../../datasets/badger/types.ts";
import { conditionSplit } from "../../../datasets/splits/condition_split.ts";
import { makeSplit, ruleName } from "../../../datasets/splits/make_split.ts";
import type { SplitRule } from "../../../datasets/splits/split_rule.ts";
import { splitRuleSchema } from "../../../datasets/splits/split_rule.ts";
import type { Split } from "../../../datasets/types.ts";
import { sharedFolder, sharedTest } from "../../shared_folder.ts";
import { alcohol, type SmallRow, smallTable } from "../small_table.ts";

const simulator = {
  genes: 160,
  cells: 7,
  drugs: 13,
  decoys: 4,
  doses: [10],
  times: [24],
  replicates: 1,
  responseCells: 9,
};
const context = { identity: "parent" } as const;

function rowsOf(split: Split): number[][] {
  return [split.train, split.validation, split.test].map((rows) => [...rows]);
}

/** Ways of writing one alcohol. */
const spellings = [
  (carbons: number) => alcohol(carbons),
  (carbons: number) => `O${"C".repeat(carbons)}`,
  (carbons: number) => `${alcohol(carbons)}.Cl`,
  (carbons: number) => `[Na+].[O-]${"C".repeat(carbons)}`,
  (carbons: number) => `${"C".repeat(carbons)}O[K]`,
];
const cellSpellings = [
  (cell: number) => `C-${cell}`,
  (cell: number) => `c${cell}`,
  (cell: number) => `C ${cell}`,
];

const row = fc.record({
  drug: fc.integer({ min: 1, max: 17 }),
  drugAs: fc.nat(spellings.length - 1),
  cell: fc.integer({ min: 0, max: 12 }),
  cellAs: fc.nat(cellSpellings.length - 1),
});
/** At least twelve drugs and ten cell lines, so that every rule can be had. */
const table = fc.array(row, { minLength: 60, maxLength: 90 }).map((rows) => {
  const all = [
    ...Array.from({ length: 13 }, (_, k) => ({ drug: k + 1, drugAs: 0, cell: k, cellAs: 0 })),
    ...rows,
  ];
  return smallTable(all.map(({ drug, drugAs, cell, cellAs }): SmallRow => ({
    smiles: spellings[drugAs](drug),
    cell: cellSpellings[cellAs](cell),
  })));
});

const drugRules: readonly SplitRule[] = [
  { rule: "drug-blind", number: 3 },
  { rule: "drug-folds", folds: 4, fold: 2, number: 5 },
  { rule: "disjoint-folds", folds: 2, fold: 1, number: 42 },
];
const cellRules: readonly SplitRule[] = [
  { rule: "cell-blind", number: 1 },
  { rule: "cell-folds", folds: 3, fold: 0, number: 42 },
  { rule: "disjoint-folds", folds: 2, fold: 0, number: 1 },
];

Deno.test("no drug and no cell line of a blind part is in another part, however it is written", async () => {
  await fc.assert(
    fc.asyncProperty(table, async (data) => {
      for (const [rules, { of }] of [[drugRules, data.drug], [cellRules, data.cell]] as const) {
        for (const rule of rules) {
          const parts = rowsOf(await makeSplit(rule, data)).map((rows) =>
            new Set(rows.map((row) => of[row]))
          );
          for (const [a, b] of [[0, 1], [0, 2], [1, 2]]) {
            assert.deepEqual(
              [...parts[a].intersection(parts[b])],
              [],
              `${ruleName(rule)}: parts ${a} and ${b}`,
            );
          }
        }
      }
    }),
    { numRuns: 15 },
  );
});

Deno.test("writing a row in another way changes no split by identity", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 60, maxLength: 70 }), async (rows) => {
      const plain = smallTable(rows.map(({ drug, cell }) => ({ smiles: alcohol(drug), cell: `C${cell}` })));
      const written = smallTable(rows.map(({ drug, drugAs, cell, cellAs }) => ({
        smiles: spellings[drugAs](drug),
        cell: cellSpellings[cellAs](cell),
      })));
      for (const rule of [drugRules[0], cellRules[0], { rule: "condition", number: 2 } as const]) {
        assert.deepEqual(rowsOf(await makeSplit(rule, written)), rowsOf(await makeSplit(rule, plain)));
      }
    }),
    { numRuns: 15 },
  );
});

Deno.test("drugs of one name are held out together, and stereo tells parents apart unless asked otherwise", async () => {
  const forms = ["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O"];
  const rows = [
    ...forms.map((smiles) => ({ smiles, cell: "A" })),
    { smiles: "CC(=O)C", name: "acetone", cell: "A" },
    { smiles: "CC(O)=C", name: "Acetone", cell: "A" },
    ...Array.from({ length: 9 }, (_, k) => ({ smiles: alcohol(k + 1), cell: "A" })),
  ];
  assert.deepEqual([...smallTable(rows).drug.of.subarray(0, 4)], [0, 1, 2, 2]);
  assert.deepEqual([...smallTable(rows, "flat").drug.of.subarray(0, 4)], [0, 0, 1, 1]);
  assert.deepEqual([...smallTable(rows, "canonical").drug.of.subarray(0, 4)], [0, 1, 2, 3]);
  for (let number = 0; number < 9; number++) {
    const { test } = await makeSplit({ rule: "drug-blind", number }, smallTable(rows));
    assert.equal(test.includes(2), test.includes(3));
  }
});

Deno.test("every rule gives the rows of the function that it stands for, under its own name", async () => {
  const { simulate, settings } = layoutNamed("profiles");
  const data: Dataset = await simulate(simulator, settings.parse({ ppi: "none" }), context);
  const drugs = Array.from(data.drug.of, String), cells = Array.from(data.cell.of, String), { rows } = data;
  const expected: [SplitRule, Split, string, string][] = [
    [{ rule: "random", number: 2 }, hashSplit({ rows, kind: "random", split: 2 }), "random, split 2", "drug"],
    [
      { rule: "condition", number: 3 },
      conditionSplit(data.condition, 3),
      "condition, seed 3",
      "drug",
    ],
    [{ rule: "torch", number: 42 }, torchRandomSplit(rows, 42), "torch, seed 42", "drug"],
    [
      { rule: "drug-blind", number: 1 },
      hashSplit({ rows, kind: "blind", split: 1, groups: drugs }),
      "drug-blind, split 1",
      "drug",
    ],
    [
      { rule: "cell-blind", number: 0 },
      hashSplit({ rows, kind: "blind", split: 0, groups: cells }),
      "cell-blind, split 0",
      "cell",
    ],
    ...([["random", "mixed", "drug"], ["drug", "drug-blind", "drug"], [
      "cell",
      "cell-blind",
      "cell",
    ]] as const).map(
      ([name, kind, unit]): [SplitRule, Split, string, string] => [
        { rule: `${name}-folds`, folds: 5, fold: 1, number: 7 },
        kFold({ kind, drugs, cells, seed: 7, folds: 5 })[1],
        `${name}-folds, fold 2 of 5, seed 7`,
        unit,
      ],
    ),
  ];
  for (const [rule, split, name, unit] of expected) {
    assert.deepEqual(splitRuleSchema.parse(rule), rule);
    const found = await makeSplit(rule, data);
    assert.deepEqual(rowsOf(found), rowsOf(split), name);
    assert.deepEqual([found.name, found.unit], [name, unit]);
  }
});

Deno.test("disjoint folds and released pairs draw the factor of which the test part has fewer units", async () => {
  const { simulate, settings } = layoutNamed("response");
  const data: Dataset = await simulate(simulator, settings.parse({ ppi: "none" }), context);
  const split = await makeSplit({ rule: "disjoint-folds", folds: 2, fold: 0, number: 42 }, data);
  const count = (of: Uint32Array) => new Set(Array.from(split.test, (row) => of[row])).size;
  assert.ok(count(data.cell.of) < count(data.drug.of));
  assert.equal(split.unit, "cell");
});

Deno.test("the folds of BADGER's release are those of its lists; batches of one drug are in one part", async () => {
  const { simulate, settings } = layoutNamed("signatures");
  const data: Dataset<BadgerData> = await simulate(
    simulator,
    settings.parse({ minTas: "off", requireQc: false }),
    context,
  );
  const { lists, drugs, drugOfRow, cells, cellOfRow } = data.inputs;
  const input: BadgerFoldInput = {
    drugs: lists.drugs.length,
    cells: lists.cells.length,
    drugOfRow: Array.from(drugOfRow, (drug) => lists.drugs.indexOf(drugs[drug].id)),
    cellOfRow: Array.from(cellOfRow, (cell) => lists.cells.indexOf(cells[cell])),
    seed: 88,
  };
  for (const [name, kind, unit] of [["cells", "cell_id", "cell"], ["drugs", "pert_id", "drug"]] as const) {
    for (let fold = 0; fold < 5; fold++) {
      const expected = badgerFolds(input, kind)[fold];
      if (expected.test.length === 0) continue;
      const found = await makeSplit({ rule: `badger-${name}`, fold, number: 88 }, data);
      assert.deepEqual(rowsOf(found), rowsOf(expected));
      assert.deepEqual([found.name, found.unit], [`badger-${name}, fold ${fold + 1} of 5, seed 88`, unit]);
    }
  }
  for (const kind of ["drug", "cell"] as const) {
    const groups = kind === "drug"
      ? Array.from(drugOfRow, (drug) => drugs[drug].name)
      : Array.from(cellOfRow, (cell) => cells[cell]);
    const expected = hashSplit({ rows: data.rows, kind: "blind", split: 4, groups });
    assert.deepEqual(rowsOf(await makeSplit({ rule: `${kind}-blind`, number: 4 }, data)), rowsOf(expected));
  }
  // The second drug becomes a batch of the first.
  const of = data.drug.of.map((unit) => unit === 1 ? 0 : unit);
  const merged = { ...data, drug: { ...data.drug, of } };
  for (let fold = 0; fold < 5; fold++) {
    const parts = rowsOf(await makeSplit({ rule: "badger-drugs", fold, number: 88 }, merged));
    assert.equal(parts.filter((rows) => rows.some((row) => of[row] === 0)).length, 1);
  }
});

Deno.test("scaffold splits hold out whole scaffolds", async () => {
  const cores = [
    "c1ccccc1",
    "c1ccncc1",
    "C1CCCCC1",
    "C1CCNCC1",
    "c1ccc2ccccc2c1",
    "C1CC1",
    "c1ccoc1",
    "c1ccsc1",
    "CCO",
    "CCCN",
  ];
  const tails = ["C", "CC", "OC", "FC(F)", "F[C@H](Cl)"];
  const data = smallTable(
    cores.flatMap((core) => tails.map((tail) => ({ smiles: `${tail}${core}`, cell: "A" }))),
  );
  const split = await makeSplit({ rule: "scaffold", number: 0 }, data);
  assert.equal(split.unit, "drug");
  // The last two have no ring and count as one scaffold.
  const scaffold = (row: number) => Math.min(8, Math.floor(row / tails.length));
  const parts = rowsOf(split).map((rows) => new Set(rows.map(scaffold)));
  assert.deepEqual(parts.map(({ size }) => size), [7, 1, 1]);
  assert.equal(parts[0].union(parts[1]).union(parts[2]).size, 9);
});

Deno.test("a split that cannot be had says what was found and what is needed", async () => {
  const few = smallTable([1, 2, 2, 2].map((carbons) => ({ smiles: alcohol(carbons), cell: "A375" })));
  const refused = (rule: SplitRule, data: Dataset, message: RegExp) =>
    assert.rejects(makeSplit(rule, data), { name: "UserError", message });
  await refused(
    { rule: "drug-blind", number: 0 },
    few,
    /the small table: found 2 drugs .*expected at least 3/,
  );
  await refused({ rule: "cell-blind", number: 0 }, few, /found 1 cell lines \("A375"\)/);
  const unnamed = smallTable([1, 2, 3, 4].map((carbons) => ({ smiles: alcohol(carbons), cell: "" })));
  await refused({ rule: "cell-blind", number: 0 }, unnamed, /no cell_id column/);
  await refused({ rule: "disjoint-folds", folds: 2, fold: 0, number: 1 }, unnamed, /no cell_id column/);
  await refused({ rule: "drug-folds", folds: 4, fold: 4, number: 1 }, few, /Fold 4 of 4/);
  await refused({ rule: "badger-drugs", fold: 0, number: 88 }, few, /layout small .*choose drug-folds/);
});

sharedTest("data/csg2a-format", "the real slices keep the rows of the reference runs", async () => {
  const { settings } = layoutNamed("profiles");
  const counts = async (
    slice: string,
    rule: SplitRule,
    layout = layoutNamed("profiles"),
    identity: "parent" | "canonical" = "parent",
  ) => {
    const folder = new URL(`data/csg2a-format/${slice}`, sharedFolder).pathname;
    const data = await layout.read(folder, settings.parse({ ppi: "none" }), { identity });
    const { train, validation, test } = await makeSplit(rule, data);
    return [train.length, validation.length, test.length, test.reduce((sum, row) => sum + row, 0)];
  };
  // Check values of reference-runs.md section 1.
  assert.deepEqual(await counts("skbr3", { rule: "random", number: 0 }), [227, 28, 28, 3046]);
  assert.deepEqual(await counts("a375_24h", { rule: "random", number: 0 }), [233, 29, 29, 3145]);
  assert.deepEqual(await counts("a375_24h", { rule: "drug-blind", number: 0 }), [215, 24, 52, 8161]);
  const response = layoutNamed("response");
  assert.deepEqual(await counts("gdsc_finetune", { rule: "random", number: 0 }, response), [
    512,
    64,
    64,
    17855,
  ]);
  assert.deepEqual(
    await counts("gdsc_finetune", { rule: "drug-blind", number: 0 }, response, "canonical"),
    [431, 59, 150, 50445],
  );
});
