import assert from "node:assert/strict";
import fc from "fast-check";
import {
  averageRanks,
  meanAbsoluteError,
  meanSquaredError,
  pearsonPooled,
  rootMeanSquaredError,
  spearman,
} from "../../datasets/metrics/metrics.ts";
import { metricOf } from "../../datasets/metrics/registry.ts";
import { scoreRows } from "../support/score_rows.ts";

const near = (found: number, expected: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);

Deno.test("errors are those worked out by hand", () => {
  const predicted = [1, 2, 3, 5], truth = [1, 4, 3, 1];
  assert.equal(meanSquaredError(predicted, truth), 5);
  near(rootMeanSquaredError(predicted, truth), Math.sqrt(5));
  assert.equal(meanAbsoluteError(predicted, truth), 1.5);
  assert.throws(() => meanSquaredError([1], [1, 2]), /1 predicted values, expected 2/);
});

Deno.test("Pearson is 1 under any increasing line, -1 under a decreasing one, and 0 for a constant", () => {
  const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 3, maxLength: 40 })
    .filter((list) => Math.max(...list) - Math.min(...list) > 1e-3);
  fc.assert(
    fc.property(
      values,
      fc.double({ min: 0.1, max: 9, noNaN: true }),
      fc.double({ min: -9, max: 9, noNaN: true }),
      (list, slope, shift) => {
        near(pearsonPooled(list.map((x) => slope * x + shift), list), 1, 1e-6);
        near(
          pearsonPooled(list.map((x) => -slope * x + shift), list),
          -1,
          1e-6,
        );
        assert.equal(pearsonPooled(list.map(() => shift), list), 0);
      },
    ),
  );
});

Deno.test("a constant row counts as 0 and not as NaN, also when its mean rounds", () => {
  const predicted = new Float32Array([0.1, 0.1, 0.1, 1, 2, 3]), truth = new Float32Array([3, 1, 2, 2, 4, 6]);
  assert.equal(pearsonPooled(predicted.subarray(0, 3), truth.subarray(0, 3)), 0);
  assert.equal(pearsonPooled(truth.subarray(0, 3), predicted.subarray(0, 3)), 0);
  near(scoreRows(metricOf("pearson"), predicted, truth, 3), 0.5);
});

Deno.test("Spearman averages the ranks of ties and sees order alone", () => {
  assert.deepEqual([...averageRanks([10, 20, 10, 5])], [2.5, 4, 2.5, 1]);
  near(spearman([1, 2, 3, 4], [1, 8, 27, 64]), 1);
  // Ranks 1 2.5 2.5 5 4 and 1 2 3.5 5 3.5: 8.75 / 9.5.
  near(spearman([1, 2, 2, 5, 3], [5, 6, 7, 8, 7]), 8.75 / 9.5);
  near(
    scoreRows(metricOf("spearman"), Float32Array.of(1, 2, 3, 3, 2, 1), Float32Array.of(1, 4, 9, 1, 4, 9), 3),
    0,
  );
});
