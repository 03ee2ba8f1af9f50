import assert from "node:assert/strict";
import fc from "fast-check";
import type { BadgerData } from "../../../datasets/badger/types.ts";
import type { Dataset, Key } from "../../../datasets/dataset.ts";
import type { ProfileInputs } from "../../../datasets/layouts/basal_profiles/inputs.ts";
import { dealUnits } from "../../../datasets/layouts/common/deal_units.ts";
import type { ControlName } from "../../../datasets/layouts/layout.ts";
import { layoutNamed, layouts } from "../../../datasets/layouts/mod.ts";

const simulator = {
  genes: 163,
  cells: 4,
  drugs: 7,
  decoys: 2,
  doses: [0.5, 10],
  times: [24],
  replicates: 2,
  responseCells: 5,
};

async function simulated(name: string, options: Record<string, unknown> = simulator): Promise<Dataset> {
  const { simulate, settings } = layoutNamed(name);
  const filters = { minTas: "off", requireQc: false };
  return await simulate(
    options,
    settings.parse(name === "signatures" ? filters : name === "knowledge-graph" ? {} : { ppi: "none" }),
    {
      identity: "parent",
    },
  );
}

function disturb(data: Dataset, name: ControlName, rows: ArrayLike<number>, seed = 3): Dataset | string {
  const control = layoutNamed(data.layout).controls.find((control) => control.name === name)!;
  return control.disturb(data, Uint32Array.from(rows), seed);
}

/** What a model sees of the drug of a row, as a text. */
function shownDrug({ inputs }: Dataset, row: number): string {
  const own = inputs as ProfileInputs & BadgerData;
  if (!own.drugs) return own.molecules[own.moleculeOfRow[row]].smiles;
  const { smiles, moleculeBits, fragments } = own.drugs[own.drugOfRow[row]];
  return smiles === "" && moleculeBits.length === 0 && fragments.join("") === "" ? "" : smiles;
}

/** What a model sees of the cell line of a row. */
function shownCell({ inputs }: Dataset, row: number): string {
  const own = inputs as ProfileInputs & BadgerData;
  if (own.cells) return own.cells[own.cellOfRow[row]];
  return own.basal.take([row]).join();
}

/** What belongs to an input that is disturbed. */
const views = {
  drug: ["inputs", "drug", "structures"],
  cell: ["inputs", "cell", "basal", "cellFeatures"],
} as const;

/** Nothing but the view of the disturbed input has changed, and of that nothing in other rows. */
function sameTable(found: Dataset, data: Dataset, input: keyof typeof views, rows: readonly number[]): void {
  for (const name of Object.keys(data) as (keyof Dataset)[]) {
    if (!(views[input] as readonly string[]).includes(name)) assert.equal(found[name], data[name], name);
  }
  for (let row = 0; row < data.rows; row++) {
    if (rows.includes(row)) continue;
    assert.equal(found[input].of[row], data[input].of[row]);
    if (data.basal) assert.deepEqual(found.basal!.take([row]), data.basal.take([row]));
  }
}

Deno.test("dealUnits() gives every unit of the rows another one of them, each once", () => {
  const table = fc.record({
    of: fc.array(fc.nat(6), { minLength: 2, maxLength: 30 }),
    seed: fc.nat(),
  });
  fc.assert(fc.property(table, ({ of, seed }) => {
    const key = { of: Uint32Array.from(of) } as unknown as Key;
    const rows = Uint32Array.from(of, (_, row) => row).subarray(1);
    const units = new Set(Array.from(rows, (row) => of[row]));
    const dealt = dealUnits(key, rows, seed, 1);
    if (units.size === 1) return assert.equal(dealt, undefined);
    assert.deepEqual(new Set(dealt!.keys()), units);
    assert.deepEqual(new Set(dealt!.values()), units);
    for (const [unit, other] of dealt!) assert.notEqual(unit, other);
  }));
});

for (const { name } of layouts) {
  Deno.test(`${name}: a removed drug is gone from the given rows alone, and nothing else changes`, async () => {
    const data = await simulated(name), rows = [1, 4, 6];
    const found = disturb(data, "drug-removed", rows) as Dataset;
    sameTable(found, data, "drug", rows);
    for (const row of rows) assert.equal(found.structures[found.drug.of[row]], "");
    for (let row = 0; row < data.rows; row++) {
      assert.equal(shownDrug(found, row), rows.includes(row) ? "" : shownDrug(data, row));
      assert.equal(shownCell(found, row), shownCell(data, row));
    }
    // Twice over other rows, as the parts of a split: the first stay removed.
    const twice = disturb(found, "drug-removed", [0]) as Dataset;
    assert.deepEqual([0, 1, 2].map((row) => shownDrug(twice, row) === ""), [true, true, false]);
    if (name !== "signatures") {
      const count = (data: Dataset) => (data.inputs as ProfileInputs).molecules.length;
      assert.equal(count(twice), count(data) + 1, "one dummy for all");
    }
  });

  Deno.test(`${name}: permuted drugs are those of the given rows, none its own, the same for all rows of a drug`, async () => {
    const data = await simulated(name), rows = Array.from({ length: data.rows >> 1 }, (_, k) => 2 * k);
    const found = disturb(data, "drug-permuted", rows) as Dataset;
    sameTable(found, data, "drug", rows);
    // The row table tells of the same other drug as the inputs.
    const unitOf = new Map(rows.map((row) => [shownDrug(data, row), data.drug.of[row]]));
    for (const row of rows) assert.equal(found.drug.of[row], unitOf.get(shownDrug(found, row)));
    const known = new Set(rows.map((row) => shownDrug(data, row)));
    const shownAs = new Map<number, string>();
    for (let row = 0; row < data.rows; row++) {
      const shown = shownDrug(found, row);
      if (!rows.includes(row)) {
        assert.equal(shown, shownDrug(data, row));
        continue;
      }
      assert.ok(known.has(shown));
      assert.notEqual(shown, shownDrug(data, row));
      assert.equal(shownAs.get(data.drug.of[row]) ?? shown, shown);
      shownAs.set(data.drug.of[row], shown);
      assert.equal(shownCell(found, row), shownCell(data, row));
    }
    assert.equal(new Set(shownAs.values()).size, shownAs.size);
    assert.deepEqual(disturb(data, "drug-permuted", rows), found, "the same seed gives the same");
    assert.notDeepEqual((disturb(data, "drug-permuted", rows, 4) as Dataset).inputs, found.inputs);
  });

  Deno.test(`${name}: permuted cell lines are those of the given rows, none its own`, async () => {
    const data = await simulated(name), rows = Array.from({ length: data.rows - 3 }, (_, k) => k + 2);
    const found = disturb(data, "cell-permuted", rows) as Dataset;
    sameTable(found, data, "cell", rows);
    const lineOf = new Map(rows.map((row) => [shownCell(data, row), data.cell.of[row]]));
    const shownAs = new Map<number, number>();
    for (let row = 0; row < data.rows; row++) {
      assert.equal(shownDrug(found, row), shownDrug(data, row));
      if (!rows.includes(row)) {
        assert.equal(shownCell(found, row), shownCell(data, row));
        continue;
      }
      const line = lineOf.get(shownCell(found, row))!;
      assert.equal(found.cell.of[row], line);
      if (data.basal) assert.notDeepEqual(found.basal!.take([row]), data.basal.take([row]));
      assert.notEqual(line, data.cell.of[row]);
      assert.equal(shownAs.get(data.cell.of[row]) ?? line, line);
      shownAs.set(data.cell.of[row], line);
    }
  });

  Deno.test(`${name}: with one drug or one cell line there is nothing to deal, and a sentence says so`, async () => {
    const data = await simulated(name);
    const sameCell = Array.from(data.cell.of.keys()).filter((row) => data.cell.of[row] === data.cell.of[0]);
    const sameDrug = Array.from(data.drug.of.keys()).filter((row) => data.drug.of[row] === data.drug.of[0]);
    const cell = disturb(data, "cell-permuted", sameCell), drug = disturb(data, "drug-permuted", sameDrug);
    assert.equal(
      cell,
      `all ${sameCell.length} rows are of one cell line (${
        data.cell.names[0]
      }), so no row can be shown another.`,
    );
    assert.match(String(drug), new RegExp(`^all ${sameDrug.length} rows are of one drug \\(`));
  });
}

Deno.test("a drug written in two ways is dealt as one", async () => {
  const data = await simulated("profiles") as Dataset<ProfileInputs>;
  // Two drugs become one by identity: neither may be shown as the other.
  const of = data.drug.of.map((unit) => unit === 1 ? 0 : unit);
  const merged = { ...data, drug: { ...data.drug, of } };
  const rows = Array.from(of.keys()).filter((row) => of[row] === 0 || of[row] === 2);
  const found = disturb(merged, "drug-permuted", rows) as Dataset<ProfileInputs>;
  const [third] = rows.filter((row) => of[row] === 2);
  for (const row of rows.filter((row) => of[row] === 0)) {
    assert.equal(shownDrug(found, row), shownDrug(data, third));
  }
});
