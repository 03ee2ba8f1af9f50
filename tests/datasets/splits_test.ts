import assert from "node:assert/strict";
import fc from "fast-check";
import { keyOf, numberConditions } from "../../datasets/identity/key.ts";
import { conditionSplit } from "../../datasets/splits/condition_split.ts";
import { hashOrder, hashSplit } from "../../datasets/splits/hash_split.ts";
import { type FoldKind, kFold } from "../../datasets/splits/k_fold.ts";
import { RandomStream } from "../../datasets/random.ts";
import { shuffledBatches } from "../../datasets/splits/shuffled_batches.ts";
import { torchRandomSplit } from "../../datasets/splits/torch_random_split.ts";
import type { SampleTable, Split } from "../../datasets/types.ts";
import { UserError } from "../../datasets/user_error.ts";

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

function assertParts(split: Split, rows: number): void {
  const all = [...split.train, ...split.validation, ...split.test];
  assert.equal(new Set(all).size, all.length, "a row is in two parts");
  assert.ok(all.every((row) => row < rows));
  for (const part of [split.train, split.validation, split.test]) {
    assert.deepEqual([...part], [...part].sort((a, b) => a - b));
  }
}

/** A table of conditions with the given replicates, no chemistry in it. */
function conditionTable(drugs: number, cells: number, replicates: number): SampleTable {
  const rows: { drug: number; cell: string; dose: number }[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    for (let drug = 0; drug < drugs; drug++) {
      for (let cell = 0; cell < cells; cell++) {
        for (const dose of [0.1, 10]) rows.push({ drug, cell: `line ${cell}`, dose });
      }
    }
  }
  const names = Array.from({ length: drugs }, (_, drug) => `C${"C".repeat(drug)}`);
  return {
    rows: rows.length,
    dose: Float32Array.from(rows, (row) => row.dose),
    time: new Float32Array(rows.length).fill(24),
    smiles: rows.map((row) => names[row.drug]),
    drugs: names,
    drugOfRow: Uint32Array.from(rows, (row) => row.drug),
    drugNames: names,
    cells: rows.map((row) => row.cell),
  };
}

const conditionsOf = ({ drugOfRow, cells, dose, time }: SampleTable) =>
  numberConditions({ of: drugOfRow }, keyOf(cells!, (name) => name), dose, time);

Deno.test("hashOrder() gives the printed orders of ten units", () => {
  assert.deepEqual([...hashOrder(10, 0)], [0, 2, 3, 8, 7, 9, 4, 1, 5, 6]);
  assert.deepEqual([...hashOrder(10, 1)], [0, 3, 9, 6, 1, 7, 5, 2, 4, 8]);
});

Deno.test("hashSplit() gives the printed sizes and test-row sums of the random splits, which need the row count alone", () => {
  for (
    const [rows, train, validation, test, testSum] of [[283, 227, 28, 28, 3046], [291, 233, 29, 29, 3145], [
      640,
      512,
      64,
      64,
      17855,
    ]]
  ) {
    const split = hashSplit({ rows, kind: "random", split: 0 });
    assert.deepEqual([split.train.length, split.validation.length, split.test.length], [
      train,
      validation,
      test,
    ]);
    assert.equal(sum(split.test), testSum);
    assertParts(split, rows);
  }
});

Deno.test("hashOrder() gives the printed sample of 4000 of the 12015 GDSC rows", () => {
  const chosen = hashOrder(12015, 9).slice(0, 4000).sort();
  assert.deepEqual([...chosen.slice(0, 5)], [1, 6, 8, 12, 15]);
  assert.equal(sum(chosen), 24251767);
});

Deno.test("hashSplit() blind keeps every group in one part, for any grouping", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 3, maxLength: 200 }),
      fc.nat(20),
      (numbers, split) => {
        const groups = numbers.map(String);
        if (new Set(groups).size < 3) {
          assert.throws(() => hashSplit({ rows: groups.length, kind: "blind", split, groups }), UserError);
          return;
        }
        const parts = hashSplit({ rows: groups.length, kind: "blind", split, groups });
        assertParts(parts, groups.length);
        assert.equal(parts.train.length + parts.validation.length + parts.test.length, groups.length);
        const of = (rows: Uint32Array) => new Set([...rows].map((row) => groups[row]));
        const [a, b, c] = [of(parts.train), of(parts.validation), of(parts.test)];
        assert.ok(a.isDisjointFrom(b) && a.isDisjointFrom(c) && b.isDisjointFrom(c));
        assert.ok(a.size > 0 && b.size > 0 && c.size > 0);
      },
    ),
  );
});

Deno.test("hashSplit() refuses what cannot be split, in a sentence", () => {
  assert.throws(() => hashSplit({ rows: 2, kind: "random", split: 0 }), /needs at least 3 rows .* found 2/);
  assert.throws(
    () => hashSplit({ rows: 9, kind: "blind", split: 0 }),
    /one group label a row \(9\), found none/,
  );
});

Deno.test("torchRandomSplit() cuts floor(0.1 n) rows for validation and for test", () => {
  for (const n of [10, 11, 978, 1228]) {
    const split = torchRandomSplit(n, 42);
    assertParts(split, n);
    assert.equal(split.test.length, Math.floor(n / 10));
    assert.equal(split.validation.length, Math.floor(n / 10));
    assert.equal(split.train.length, n - 2 * Math.floor(n / 10));
  }
  assert.throws(() => torchRandomSplit(9, 42), UserError);
});

Deno.test("conditionSplit() holds out whole conditions with their replicates", () => {
  for (const [drugs, cells, replicates] of [[1, 2, 3], [7, 3, 2], [11, 5, 1]]) {
    const samples = conditionTable(drugs, cells, replicates);
    const condition = conditionsOf(samples);
    assert.equal(new Set(condition).size, drugs * cells * 2);
    const split = conditionSplit(condition, 3);
    assertParts(split, samples.rows);
    const of = (rows: Uint32Array) => new Set([...rows].map((row) => condition[row]));
    assert.ok(
      of(split.train).isDisjointFrom(of(split.test)) && of(split.train).isDisjointFrom(of(split.validation)),
    );
    assert.equal(split.test.length, of(split.test).size * replicates);
    assert.deepEqual(conditionSplit(condition, 3), split);
  }
  const tiny = conditionTable(1, 1, 5);
  assert.throws(() => conditionSplit(conditionsOf(tiny), 0), /leaves nothing to train on of 2 conditions/);
});

Deno.test("kFold() deals every row into one test fold, and keeps apart what its kind says", () => {
  const random = new RandomStream(5);
  const rows = 331;
  const drugs = Array.from({ length: rows }, () => `drug ${random.below(17)}`);
  const cells = Array.from({ length: rows }, () => `cell ${random.below(13)}`);
  for (const kind of ["mixed", "cell-blind", "drug-blind"] as FoldKind[]) {
    const folds = kFold({ kind, drugs, cells, seed: 1 });
    assert.equal(folds.length, 10);
    assert.deepEqual(
      folds.flatMap((fold) => [...fold.test]).sort((a, b) => a - b),
      drugs.map((_, row) => row),
    );
    for (const fold of folds) {
      assertParts(fold, rows);
      assert.equal(fold.train.length + fold.validation.length + fold.test.length, rows);
      const labels = kind === "drug-blind"
        ? drugs
        : kind === "cell-blind"
        ? cells
        : drugs.map((_, row) => String(row));
      const of = (part: Uint32Array) => new Set([...part].map((row) => labels[row]));
      assert.ok(
        of(fold.train).isDisjointFrom(of(fold.test)) && of(fold.validation).isDisjointFrom(of(fold.test)),
      );
      assert.ok(of(fold.train).isDisjointFrom(of(fold.validation)));
    }
  }
  for (const fold of kFold({ kind: "disjoint", drugs, cells, seed: 1, folds: 4 })) {
    assertParts(fold, rows);
    assert.ok(fold.train.length > 0 && fold.validation.length > 0 && fold.test.length > 0);
    const of = (part: Uint32Array, labels: string[]) => new Set([...part].map((row) => labels[row]));
    for (const labels of [drugs, cells]) {
      assert.ok(of(fold.train, labels).isDisjointFrom(of(fold.test, labels)));
      assert.ok(of(fold.validation, labels).isDisjointFrom(of(fold.train, labels)));
      assert.ok(of(fold.validation, labels).isDisjointFrom(of(fold.test, labels)));
    }
  }
  assert.throws(() => kFold({ kind: "disjoint", drugs, seed: 1 }), /one cell line a row \(331\), found none/);
  assert.equal(kFold({ kind: "drug-blind", drugs, seed: 1 }).length, 10);
  assert.throws(
    () => kFold({ kind: "cell-blind", drugs, cells: drugs.map(() => "A375"), seed: 1 }),
    /found 1; choose another split/,
  );
});

Deno.test("shuffledBatches() gives every row once and never a batch of one, and depends on seed and epoch alone", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 400 }),
      fc.integer({ min: 2, max: 140 }),
      fc.nat(),
      fc.nat(99),
      (n, size, seed, epoch) => {
        const rows = Uint32Array.from({ length: n }, (_, i) => 3 * i);
        const batches = shuffledBatches(rows, size, seed, epoch);
        assert.deepEqual(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b), [...rows]);
        batches.slice(0, -1).forEach((batch) => assert.equal(batch.length, size));
        assert.ok(batches.every((batch) => batch.length >= 2 && batch.length <= size + 1));
        assert.deepEqual(shuffledBatches(rows, size, seed, epoch), batches);
      },
    ),
  );
  const rows = Uint32Array.from({ length: 129 }, (_, i) => i);
  assert.deepEqual(shuffledBatches(rows, 128, 1, 0).map((batch) => batch.length), [129]);
  assert.deepEqual(shuffledBatches(rows, 64, 1, 0).map((batch) => batch.length), [64, 65]);
  assert.notDeepEqual(shuffledBatches(rows, 64, 1, 0), shuffledBatches(rows, 64, 1, 1));
  assert.notDeepEqual(shuffledBatches(rows, 64, 1, 0), shuffledBatches(rows, 64, 2, 0));
});

Deno.test("RandomStream draws look uniform and normal, and streams of different keys are unrelated", () => {
  const n = 20_000;
  const uniform = new RandomStream(1, 2),
    normal = new RandomStream(7),
    a = new RandomStream(1),
    b = new RandomStream(2);
  const bins = new Float64Array(16);
  let mean = 0, square = 0, fourth = 0, product = 0;
  for (let i = 0; i < n; i++) {
    bins[Math.floor(uniform.uniform() * 16)]++;
    const z = normal.normal();
    mean += z / n;
    square += z * z / n;
    fourth += z ** 4 / n;
    product += a.normal() * b.normal() / n;
  }
  const chiSquared = sum(bins.map((count) => (count - n / 16) ** 2 / (n / 16)));
  assert.ok(chiSquared < 37.7, `chi squared ${chiSquared} of 15 degrees of freedom has p < 0.001`);
  assert.ok(
    Math.abs(mean) < 0.03 && Math.abs(square - 1) < 0.05 && Math.abs(fourth - 3) < 0.3,
    `${mean} ${square} ${fourth}`,
  );
  assert.ok(Math.abs(product) < 0.03, `${product}`);
});
