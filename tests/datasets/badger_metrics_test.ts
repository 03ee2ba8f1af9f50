import assert from "node:assert/strict";
import fc from "fast-check";
import { badgerFolds } from "../../datasets/splits/badger_folds.ts";
import { geneCounts } from "../../datasets/badger/gene_counts.ts";
import { meanOfRows, nearestRows } from "../../datasets/badger/nearest_rows.ts";
import { kendallTau } from "../../datasets/metrics/kendall_tau.ts";
import { areaUnderRoc, averagePrecision, descendingOrder, ndcg } from "../../datasets/metrics/ranking.ts";
import { pathwayMetrics } from "../../datasets/metrics/ranking_pathways.ts";

/** Few distinct values, so that ties are common. */
const tied = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 40 });
const pairOfLists = tied.chain((a) =>
  fc.tuple(
    fc.constant(a),
    fc.array(fc.integer({ min: -3, max: 3 }), { minLength: a.length, maxLength: a.length }),
  )
);

Deno.test("kendallTau() equals the count over all pairs, ties included", () => {
  fc.assert(fc.property(pairOfLists, ([a, b]) => {
    let balance = 0, untiedA = 0, untiedB = 0;
    for (let i = 0; i < a.length; i++) {
      for (let j = 0; j < i; j++) {
        const signs = [Math.sign(a[i] - a[j]), Math.sign(b[i] - b[j])];
        balance += signs[0] * signs[1];
        untiedA += Math.abs(signs[0]);
        untiedB += Math.abs(signs[1]);
      }
    }
    const expected = untiedA === 0 || untiedB === 0 ? 0 : balance / Math.sqrt(untiedA * untiedB);
    assert(Math.abs(kendallTau(a, b) - expected) < 1e-12);
  }));
});

Deno.test("descendingOrder() sorts float32 and other numbers alike, both zeros tied, ties by position", () => {
  const values = fc.array(fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, -0, 1, -1)));
  fc.assert(fc.property(values, fc.boolean(), (list, wide) => {
    const numbers = wide ? [...list, 0.1] : list;
    const expected = numbers.map((_, i) => i).sort((a, b) =>
      numbers[a] === numbers[b] ? a - b : numbers[a] > numbers[b] ? -1 : 1
    );
    assert.deepEqual([...descendingOrder(numbers)], expected);
  }));
});

Deno.test("ndcg() equals the mean over all orders of tied scores", () => {
  // Scores 2, 2, 0 (the last from -1): the tied pair shares ranks 1 and 2.
  const truth = [3, 1, 2];
  const discount = (rank: number) => 1 / Math.log2(rank + 1);
  const found = 2 * (discount(1) + discount(2)) + 2 * discount(3);
  const ideal = 3 * discount(1) + 2 * discount(2) + 1 * discount(3);
  assert(Math.abs(ndcg([2, 2, -1], truth) - found / ideal) < 1e-15);
});

Deno.test("ndcg() is 1 for the truth itself, 0 without a positive truth, and the same when negative scores move", () => {
  assert.equal(ndcg([3, 1, -2, 0], [3, 1, -2, 0]), 1);
  assert.equal(ndcg([1, 2, 3], [-1, 0, -5]), 0);
  assert.equal(ndcg([2, -1, -9], [1, 2, 3]), ndcg([2, -0.1, 0], [1, 2, 3]));
});

Deno.test("areaUnderRoc() counts pairs, half for ties, and averagePrecision() reads thresholds", () => {
  fc.assert(fc.property(pairOfLists, ([score, other]) => {
    const positive = other.map((value) => value > 0 ? 1 : 0);
    let won = 0, pairs = 0;
    score.forEach((s, i) =>
      score.forEach((t, j) => {
        if (positive[i] <= positive[j]) return;
        pairs++;
        won += s > t ? 1 : s === t ? 0.5 : 0;
      })
    );
    const area = areaUnderRoc(score, positive);
    if (pairs === 0) assert(Number.isNaN(area));
    else assert(Math.abs(area - won / pairs) < 1e-12);
  }));
  assert.equal(averagePrecision([4, 3, 2, 1], [1, 0, 1, 0]), 0.5 * 1 + 0.5 * (2 / 3));
  assert(Number.isNaN(averagePrecision([1, 2], [0, 0])));
});

Deno.test("pathwayMetrics() leaves out rows of one class", () => {
  const scores = [0.9, 0.1, 0.4, 0.7, 0.2, 0.3], labels = [1, 0, 0, 0, 0, 0];
  assert.deepEqual(pathwayMetrics(scores, labels, 3), { rows: 1, auroc: 1, auprc: 1, f1: 1, accuracy: 1 });
});

Deno.test("badgerFolds() tests every unit in exactly one fold and never trains on a test unit", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 23 }),
      fc.integer({ min: 5, max: 31 }),
      fc.nat(),
      (cells, drugs, seed) => {
        const rows = Array.from({ length: cells * drugs }, (_, i) => [i % cells, Math.floor(i / cells)]);
        const input = {
          cells,
          drugs,
          seed,
          cellOfRow: rows.map(([c]) => c),
          drugOfRow: rows.map(([, d]) => d),
        };
        for (const kind of ["cell_id", "pert_id"] as const) {
          const folds = badgerFolds(input, kind);
          const seen = folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
          assert.deepEqual(seen, rows.map((_, row) => row));
          for (const { train, validation, test } of folds) {
            const units = (part: Uint32Array) =>
              new Set(Array.from(part, (row) => rows[row][kind === "cell_id" ? 0 : 1]));
            assert(units(test).isDisjointFrom(units(train)) && units(test).isDisjointFrom(units(validation)));
            assert.equal(train.length + validation.length + test.length, rows.length);
          }
        }
        for (const { train, test } of badgerFolds(input, "pair_id")) {
          for (const column of [0, 1]) {
            const units = (part: Uint32Array) => new Set(Array.from(part, (row) => rows[row][column]));
            assert(units(test).isDisjointFrom(units(train)));
          }
        }
      },
    ),
    { numRuns: 20 },
  );
  const few = { cells: 4, drugs: 9, cellOfRow: [0], drugOfRow: [0] };
  assert.throws(() => badgerFolds(few, "cell_id"), /at least 5 cell lines and drugs .* found 4 and 9/);
});

Deno.test("nearestRows() finds what a full sort finds, ties by row, and meanOfRows() averages labels", () => {
  const table = Float32Array.of(0, 0, 3, 4, 3, 4, 1, 0);
  const found = nearestRows(table, Float32Array.of(3, 4), 2, 3);
  assert.deepEqual([...found.rows], [1, 2, 3]);
  assert.deepEqual([...found.distances], [0, 0, Math.sqrt(20)]);
  assert.deepEqual([...meanOfRows(found, Float32Array.of(9, 1, 2, 6), 1)], [3]);
  assert.throws(() => nearestRows(table, table, 2, 5), /4 rows, expected at least the 5/);
});

Deno.test("geneCounts() counts tops and bottoms of the training rows alone", () => {
  const labels = Float32Array.of(3, 2, 1, 1, 2, 3, 9, 9, 9);
  const { top, bottom, rows } = geneCounts(labels, 3, Uint32Array.of(0, 1), 1);
  assert.deepEqual([[...top], [...bottom], rows], [[1, 0, 1], [1, 0, 1], 2]);
});
