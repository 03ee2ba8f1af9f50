import assert from "node:assert/strict";
import { UserError } from "../../../datasets/mod.ts";
import { deepchemScaffoldSplit } from "../../../datasets/splits/deepchem_scaffold_split.ts";

Deno.test("deepchemScaffoldSplit() trains on the largest scaffolds, later ones of equal size first, and keeps rows of a drug together", () => {
  // Drugs 0 to 9; scaffolds: four of a, two of b, one each of c, d, e, f. Every drug has two rows.
  const scaffoldOf = ["a", "b", "a", "c", "a", "d", "b", "e", "a", "f"];
  const drugs = Uint32Array.from({ length: 20 }, (_, row) => row % 10);
  const { train, validation, test } = deepchemScaffoldSplit(
    Array.from(drugs, (drug) => scaffoldOf[drug]),
    drugs,
  );
  const of = (rows: Uint32Array) => [...new Set(Array.from(rows, (row) => drugs[row]))].sort();
  assert.deepEqual(of(train), [0, 1, 2, 4, 6, 7, 8, 9]);
  assert.deepEqual(of(validation), [5]);
  assert.deepEqual(of(test), [3]);
  assert.equal(train.length + validation.length + test.length, 20);
});

Deno.test("deepchemScaffoldSplit() refuses drugs of one scaffold", () => {
  const drugs = Uint32Array.of(0, 1, 2);
  assert.throws(
    () => deepchemScaffoldSplit(["a", "a", "a"], drugs),
    (error) => error instanceof UserError && /0 : 0 : 3/.test(error.message),
  );
});
