import assert from "node:assert/strict";
import type { BadgerData } from "../../../datasets/badger/types.ts";
import { type Dataset, matrixOf } from "../../../datasets/dataset.ts";
import { cellIdentity } from "../../../datasets/identity/cell_identity.ts";
import { keyOf } from "../../../datasets/identity/key.ts";
import type { ProfileInputs } from "../../../datasets/layouts/basal_profiles/inputs.ts";
import { profileControls } from "../../../datasets/layouts/basal_profiles/controls.ts";
import { joinNames } from "../../../datasets/layouts/common/join_tables.ts";
import { layoutNamed, layouts } from "../../../datasets/layouts/mod.ts";

const simulator = {
  genes: 163,
  cells: 3,
  drugs: 6,
  decoys: 1,
  doses: [10],
  times: [24],
  replicates: 2,
  responseCells: 4,
};

async function simulated(name: string, options: Record<string, unknown> = {}): Promise<Dataset> {
  const { simulate, settings } = layoutNamed(name);
  const filters = { minTas: "off", requireQc: false };
  return await simulate(
    { ...simulator, ...options },
    settings.parse(name === "signatures" ? filters : name === "knowledge-graph" ? {} : { ppi: "none" }),
    { identity: "parent" },
  );
}

for (const { name, append } of layouts) {
  Deno.test(`${name}: appended rows keep their values and share drugs, cell lines and conditions by identity`, async () => {
    // More drugs of the same list: the first seven are those of `own`.
    const own = await simulated(name), other = await simulated(name, { drugs: 9, seed: 2, cells: 3 });
    // Cell lines of another seed are other lines under the same names; written differently here.
    const respelled = {
      ...other,
      cell: keyOf(Array.from(other.cell.of, (unit) => other.cell.names[unit].toLowerCase()), cellIdentity()),
    };
    const joined: Dataset = append(own, respelled);
    assert.equal(joined.rows, own.rows + other.rows);
    assert.equal(new Set(joined.rowNames).size, joined.rows);
    assert.deepEqual(joined.rowNames.slice(0, own.rows), own.rowNames);
    assert.deepEqual(
      joined.truth!.take([own.rows + 2, 1, own.rows, 0]),
      Float32Array.from(
        [other.truth!.take([2]), own.truth!.take([1]), other.truth!.take([0]), own.truth!.take([0])].flatMap((
          values,
        ) => [...values]),
      ),
    );
    for (let row = 0; row < joined.rows; row++) {
      const source = row < own.rows ? own : other, at = row < own.rows ? row : row - own.rows;
      assert.equal(joined.drug.ids[joined.drug.of[row]], source.drug.ids[source.drug.of[at]]);
      assert.equal(joined.structures[joined.drug.of[row]], source.structures[source.drug.of[at]]);
      assert.equal(joined.cell.ids[joined.cell.of[row]], source.cell.ids[source.cell.of[at]]);
      assert.deepEqual([joined.dose[row], joined.time[row]], [source.dose[at], source.time[at]]);
    }
    assert.equal(new Set(joined.drug.ids).size, joined.drug.ids.length);
    assert.deepEqual(joined.drug.of.subarray(0, own.rows), own.drug.of);
    assert.ok(joined.drug.ids.length < own.drug.ids.length + other.drug.ids.length);
    // A condition of both has one number.
    const [condition] = joined.condition.subarray(own.rows).filter((number) =>
      own.condition.includes(number)
    );
    assert.ok(condition !== undefined);
    const { inputs } = joined as Dataset<ProfileInputs & BadgerData>;
    if (name === "signatures") {
      for (let row = 0; row < joined.rows; row++) {
        const source = (row < own.rows ? own : other).inputs as BadgerData,
          at = row < own.rows ? row : row - own.rows;
        assert.equal(inputs.drugs[inputs.drugOfRow[row]].smiles, source.drugs[source.drugOfRow[at]].smiles);
        assert.equal(inputs.cells[inputs.cellOfRow[row]], source.cells[source.cellOfRow[at]]);
      }
      assert.deepEqual(inputs.lists, (own.inputs as BadgerData).lists);
      assert.equal(inputs.pathways!.labels.length, inputs.drugs.length * inputs.pathways!.names.length);
      assert.equal(inputs.cellVectors!.values.length, inputs.cells.length * inputs.cellVectors!.width);
    } else {
      for (let row = 0; row < joined.rows; row++) {
        const source = (row < own.rows ? own : other).inputs as ProfileInputs,
          at = row < own.rows ? row : row - own.rows;
        assert.equal(
          inputs.molecules[inputs.moleculeOfRow[row]].smiles,
          source.molecules[source.moleculeOfRow[at]].smiles,
        );
        assert.equal(inputs.samples.smiles[row], source.samples.smiles[at]);
        assert.deepEqual(joined.basal!.take([row]), source.basal.take([at]));
      }
      assert.deepEqual([inputs.basal.rows, inputs.basal.columns], [joined.rows, 163]);
      assert.equal(new Set(inputs.molecules.map(({ smiles }) => smiles)).size, inputs.molecules.length);
    }
  });

  Deno.test(`${name}: rows without truth are appended with zeros; other genes are refused by name`, async () => {
    const own = await simulated(name);
    const { truth: _, ...blank } = own;
    const joined: Dataset = append(own, blank as Dataset);
    const width = own.outputs.names.length;
    assert.deepEqual(
      joined.truth!.take([own.rows + 1, 1]),
      Float32Array.from([...new Array(width).fill(0), ...own.truth!.take([1])]),
    );
    assert.notEqual(joined.fingerprint, own.fingerprint);
    const names = [...own.outputs.names.slice(1), "NEW"];
    assert.throws(() => append(own, { ...own, outputs: { ...own.outputs, names } }), {
      name: "UserError",
      message: / stands where /,
    });
    const fewer = {
      ...own,
      outputs: { ...own.outputs, names: [...names, "NEWER"] },
      truth: matrixOf(new Float32Array(0), 1),
    };
    assert.throws(() => append(own, fewer), { name: "UserError", message: /values a row .*expected/ });
  });
}

Deno.test("profiles: what a control disturbed stays disturbed when rows are appended", async () => {
  const { append } = layoutNamed("profiles"), own = await simulated("profiles") as Dataset<ProfileInputs>;
  const removed = profileControls[0].disturb(own, Uint32Array.of(0, 1), 1) as Dataset<ProfileInputs>;
  const { inputs } = append(removed, own) as Dataset<ProfileInputs>;
  const shown = [0, 1, 2, own.rows, own.rows + 2].map((row) =>
    inputs.molecules[inputs.moleculeOfRow[row]].smiles
  );
  const before = (row: number) => own.inputs.molecules[own.inputs.moleculeOfRow[row]].smiles;
  assert.deepEqual(shown, ["", "", before(2), before(0), before(2)]);
});

Deno.test("signatures: appended cell lines and doses go by the spelling of the own lists; vectors of another width are refused", async () => {
  const { append } = layoutNamed("signatures"), own = await simulated("signatures") as Dataset<BadgerData>;
  const line = own.inputs.cells[0], other = line.toLowerCase() + "-";
  const inputs = {
    ...own.inputs,
    cells: own.inputs.cells.map((name) => name === line ? other : name),
    doses: own.inputs.doses.map(() => "10.0 µm"),
  };
  const written = { ...own, inputs };
  const joined = append(own, written) as Dataset<BadgerData>;
  assert.deepEqual(joined.inputs.cells, [...own.inputs.cells, ...own.inputs.cells]);
  assert.deepEqual(new Set(joined.inputs.doses), new Set(["10 uM"]));
  assert.deepEqual(joined.condition.subarray(own.rows), joined.condition.subarray(0, own.rows));
  const narrow = {
    ...own.inputs.cellVectors!,
    width: 2,
    values: new Float32Array(2 * own.inputs.cells.length),
  };
  assert.throws(() => append(own, { ...own, inputs: { ...own.inputs, cellVectors: narrow } }), {
    name: "UserError",
    message: /cell vectors of 2 numbers .*expected/,
  });
});

Deno.test("joinNames() marks the names of a second table where one of them is taken", () => {
  assert.deepEqual(joinNames(["a"], ["b", "c"], "new"), ["a", "b", "c"]);
  assert.deepEqual(joinNames(["1", "2"], ["1", "3"], "new"), ["1", "2", "new:1", "new:3"]);
  assert.deepEqual(joinNames(["1", "new:1"], ["1"], "new"), ["1", "new:1", "new:new:1"]);
});
