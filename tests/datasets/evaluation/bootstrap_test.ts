import assert from "node:assert/strict";
import { RandomStream } from "../../../datasets/random.ts";
import { bootstrapMean, sideOfZero } from "../../../datasets/statistics/bootstrap.ts";

/** Rows of units whose effects are exponential with mean `shift`, 1 to 12 rows a unit. */
function trial(units: number, seed: number, shift = 0) {
  const random = new RandomStream(seed, units, 77);
  const differences: number[] = [], unitOf: number[] = [];
  for (let unit = 0; unit < units; unit++) {
    const effect = -Math.log(1 - random.uniform()) - 1 + shift;
    const rows = 1 + random.below(12);
    for (let row = 0; row < rows; row++) {
      differences.push(effect + 0.3 * random.normal());
      unitOf.push(unit);
    }
  }
  return { differences, unitOf };
}

const trials = 400;
for (const [units, most] of [[5, 0.14], [8, 0.12], [10, 0.12], [20, 0.1]]) {
  Deno.test(`intervals over ${units} units exclude a true zero in 1 to ${100 * most} % of trials`, () => {
    let excluded = 0;
    for (let seed = 0; seed < trials; seed++) {
      const { differences, unitOf } = trial(units, seed);
      if (sideOfZero(bootstrapMean(differences, unitOf, { seed })) !== 0) excluded++;
    }
    const share = excluded / trials;
    assert.ok(share > 0.01 && share < most, `${100 * share} % excluded zero`);
  });
}

Deno.test("rows that are taken for units would exclude a true zero far too often, so units must be drawn", () => {
  let byRows = 0, byUnits = 0;
  for (let seed = 0; seed < 100; seed++) {
    const { differences, unitOf } = trial(10, seed);
    if (sideOfZero(bootstrapMean(differences, unitOf.map((_, row) => row), { seed, draws: 1000 })) !== 0) {
      byRows++;
    }
    if (sideOfZero(bootstrapMean(differences, unitOf, { seed, draws: 1000 })) !== 0) byUnits++;
  }
  assert.ok(byRows > 40 && byUnits < 15, `${byRows} by rows, ${byUnits} by units`);
});

Deno.test("an effect as large as the units' spread is found over 20 units", () => {
  let found = 0;
  for (let seed = 0; seed < 100; seed++) {
    const { differences, unitOf } = trial(20, seed, 1);
    if (sideOfZero(bootstrapMean(differences, unitOf, { seed, draws: 1000 })) === 1) found++;
  }
  assert.ok(found > 90, `found ${found} times`);
});

Deno.test("four units have no interval, five have one, and the mean is over rows", () => {
  const four = bootstrapMean([1, 2, 3, 4, 5], [0, 0, 1, 2, 3]);
  assert.deepEqual(four, { value: 3, low: null, high: null });
  assert.equal(sideOfZero(four), 0);
  const five = bootstrapMean([1, 2, 3, 4, 5], [0, 1, 2, 3, 4]);
  assert.ok(five.low! < 3 && five.high! > 3);
});

Deno.test("rows that are not defined do not count, and neither do units of such rows alone", () => {
  const whole = bootstrapMean([1, 2, 4, 3, 2.5, 7], [0, 1, 2, 3, 4, 4]);
  assert.deepEqual(bootstrapMean([1, NaN, 2, 4, 3, 2.5, 7, NaN], [0, 0, 1, 2, 3, 4, 4, 5]), whole);
  assert.equal(bootstrapMean([1, 2, 4, 3, NaN], [0, 1, 2, 3, 4]).low, null);
});

Deno.test("the same seed gives the same interval, another seed another; units keep their meaning under other numbers", () => {
  const { differences, unitOf } = trial(13, 3);
  const first = bootstrapMean(differences, unitOf, { seed: 1 });
  assert.deepEqual(bootstrapMean(differences, unitOf, { seed: 1 }), first);
  assert.deepEqual(bootstrapMean(differences, unitOf.map((unit) => 1000 - unit), { seed: 1 }), first);
  const second = bootstrapMean(differences, unitOf, { seed: 2 });
  assert.notEqual(second.low, first.low);
  assert.ok(Math.abs(second.low! - first.low!) < 0.1 * (first.high! - first.low!), "draws are enough");
});

Deno.test("an interval moves and stretches with its numbers, and stays finite where one unit carries everything", () => {
  const { differences, unitOf } = trial(9, 5);
  const plain = bootstrapMean(differences, unitOf);
  const moved = bootstrapMean(differences.map((x) => 3 * x + 2), unitOf);
  assert.ok(Math.abs(moved.low! - (3 * plain.low! + 2)) < 1e-9);
  assert.ok(Math.abs(moved.high! - (3 * plain.high! + 2)) < 1e-9);
  const one = bootstrapMean([0, 0, 0, 0, 0, 0, 0, 12], [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.ok(Number.isFinite(one.high) && one.low! < 0, JSON.stringify(one));
  assert.deepEqual(bootstrapMean([2, 2, 2, 2, 2], [0, 1, 2, 3, 4]), { value: 2, low: 2, high: 2 });
});
