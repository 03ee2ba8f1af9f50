import assert from "node:assert/strict";
import fc from "fast-check";
import { benjaminiHochberg } from "../../datasets/statistics/benjamini_hochberg.ts";
import { combat } from "../../datasets/statistics/combat.ts";
import { hypergeometricTail } from "../../datasets/statistics/hypergeometric_tail.ts";
import { RandomStream } from "../../datasets/random.ts";
import { robustZ } from "../../datasets/statistics/robust_z.ts";
import { pairedTTest, studentTTest, welchTTest } from "../../datasets/statistics/t_tests.ts";
import { learningRateAt } from "../../models/schedule.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { type GoldenManifest, hostOpCheckFor, hostOpChecks } from "../golden/host_ops.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";

const near = (found: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected} within ${tolerance}`);

sharedTest("goldens/csg2a/ops", "the golden files of the host operations agree", () => {
  const folder = new URL("goldens/csg2a/ops/", sharedFolder);
  const seen = new Set<string>();
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".json")) continue;
    const manifest = JSON.parse(Deno.readTextFileSync(new URL(name, folder))) as GoldenManifest;
    const check = hostOpCheckFor(manifest);
    if (!check) continue;
    seen.add(check.prefix);
    const tensors = readSafetensors(
      Deno.readFileSync(new URL(name.replace(".json", ".safetensors"), folder)),
    );
    for (const result of check.check(manifest, tensors)) {
      assert.ok(result.passed, `${name}: ${result.detail}`);
    }
  }
  assert.equal(seen.size, hostOpChecks.length);
});

Deno.test("robustZ() takes the middle two of an even count, and counts a gene that does not vary as 0", () => {
  const { z, median, mad, constantGenes } = robustZ(new Float32Array([1, 7, 2, 7, 4, 7, 9, 8]), 2);
  assert.deepEqual([...median], [3, 7]);
  assert.deepEqual([...mad], [1.5, 0]);
  assert.equal(constantGenes, 1);
  near(z[0], -2 / (1.4826 * 1.5), 1e-6);
  assert.deepEqual([1, 3, 5, 7].map((i) => z[i]), [0, 0, 0, 0]);
});

Deno.test("combat() takes out a shift and a scale between batches and keeps what differs inside one", () => {
  const random = new RandomStream(2);
  const genes = 33, sizes = [17, 40], samples = 57;
  const batch = Array.from({ length: samples }, (_, sample) => sample < sizes[0] ? 0 : 1);
  const clean = Float64Array.from({ length: samples * genes }, () => random.normal());
  const shifted = clean.map((x, i) => batch[Math.floor(i / genes)] === 0 ? 2 * x + 3 + 0.1 * (i % genes) : x);
  const { adjusted } = combat(shifted, genes, batch);
  const gap = (values: ArrayLike<number>) => {
    let squares = 0;
    for (let gene = 0; gene < genes; gene++) {
      const means = [0, 0];
      batch.forEach((b, sample) => means[b] += values[sample * genes + gene] / sizes[b]);
      squares += (means[0] - means[1]) ** 2 / genes;
    }
    return Math.sqrt(squares);
  };
  assert.ok(gap(shifted) > 4 && gap(adjusted) < 0.4, `${gap(shifted)} became ${gap(adjusted)}`);
  assert.throws(() => combat(shifted, genes, batch.map((_, i) => i === 0 ? 0 : 1)), /Batch 0 has 1 samples/);
  const constant = new Float32Array(6 * 2).fill(4);
  assert.deepEqual([...combat(constant, 2, [0, 0, 0, 1, 1, 1]).adjusted], [...constant]);
});

Deno.test("t-tests have the closed-form tails of one and two degrees of freedom", () => {
  for (const [first, second] of [[[1, 2], [4, 9]], [[5.5, 2], [1, 1.25]]]) {
    const { t, p } = studentTTest(first, second, "less");
    near(p, 0.5 * (1 + t / Math.sqrt(2 + t * t)), 1e-7);
    near(studentTTest(first, second, "greater").p, 1 - p, 1e-12);
    near(studentTTest(first, second).p, 2 * Math.min(p, 1 - p), 1e-12);
    const paired = pairedTTest(first, second);
    near(paired.p, 2 * Math.atan(1 / Math.abs(paired.t)) / Math.PI, 1e-7);
    assert.equal(paired.degreesOfFreedom, 1);
  }
  near(welchTTest([1, 2, 3], [4, 5, 6]).p, studentTTest([1, 2, 3], [4, 5, 6]).p, 1e-12);
  assert.throws(() => studentTTest([1], [2, 3]), /at least 2 values/);
});

Deno.test("hypergeometricTail() keeps its digits where 1 - cdf has none left, and is 1 for what must happen", () => {
  // All 30 of a set of 30 among 30 of 978: 1 / choose(978, 30).
  let choose = 1;
  for (let i = 0; i < 30; i++) choose *= (978 - i) / (30 - i);
  const tail = hypergeometricTail({ universe: 978, set: 30, drawn: 30, overlap: 30 });
  near(tail * choose, 1, 1e-9);
  assert.equal(hypergeometricTail({ universe: 10, set: 8, drawn: 7, overlap: 5 }), 1);
  assert.equal(hypergeometricTail({ universe: 10, set: 3, drawn: 2, overlap: 3 }), 0);
  assert.throws(() => hypergeometricTail({ universe: 10, set: 11, drawn: 1, overlap: 0 }), RangeError);
});

Deno.test("benjaminiHochberg() is monotone in p, between p and 1, and ignores the order given", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (p) => {
    const adjusted = benjaminiHochberg(p);
    p.forEach((value, i) => {
      assert.ok(adjusted[i] >= value - 1e-15 && adjusted[i] <= 1);
      p.forEach((other, j) => assert.ok(value <= other ? adjusted[i] <= adjusted[j] : true));
    });
    assert.deepEqual([...benjaminiHochberg(p.toReversed())], [...adjusted].reverse());
  }));
});

Deno.test("learningRateAt() prints the rates of the released notebook and stays at the floor", () => {
  const cosine = { kind: "cosine", learningRate: 1e-4, floor: 1e-5, epochs: 20 } as const;
  near(learningRateAt(cosine, 0), 1e-4, 1e-18);
  near(learningRateAt(cosine, 1), 9.9446e-5, 1e-9);
  near(learningRateAt(cosine, 2), 9.7798e-5, 1e-9);
  assert.equal(learningRateAt(cosine, 20), 1e-5);
  assert.equal(learningRateAt(cosine, 77), 1e-5);
  assert.equal(learningRateAt({ kind: "constant", learningRate: 3e-4 }, 77), 3e-4);
});
