import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBenchFile, rowKey } from "../../bench/bench_file.ts";
import { baselineOf, checkBaseline, driverName, parseBaseline } from "../../bench/compare/baseline.ts";
import { changedRows } from "../../bench/compare/changed_rows.ts";
import { bootstrapRatio, driftBeyondNoise } from "../../bench/compare/bootstrap_ratio.ts";
import { compareRows, regressions } from "../../bench/compare/compare_rows.ts";
import { compareTable } from "../../bench/compare/compare_table.ts";
import { fitExponent, fitSweep } from "../../bench/fit_exponent.ts";
import { plannedPoints, plannedVariants } from "../../bench/kernel_plan.ts";
import { kernelCases } from "../../bench/kernels/mod.ts";
import type { KernelRow } from "../../bench/kernel_row.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { suite } from "../../bench/suite.ts";
import { UserError } from "../../datasets/user_error.ts";

function row(samples: readonly number[], more: Partial<KernelRow> = {}): KernelRow {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    kernel: "matmul",
    variant: "chosen",
    pass: "both",
    sizes: { m: 9, n: 33, k: 17 },
    adapter: "llvmpipe (LLVM 15.0.6, 256 bits)",
    timer: "timestamps",
    repeats: samples.length,
    samples_ms: samples,
    samples_canary: [],
    canary_clock: "device",
    processor_ms: null,
    canary_ms: null,
    warmups: 2,
    stopped: "repeats done",
    ms_cold: null,
    flag: null,
    speedup_interval: null,
    vs_first: null,
    ms_median: sorted[Math.floor(sorted.length / 2)],
    ms_min: sorted[0],
    ms_spread: 0.1,
    gflops: 1,
    gbs: 1,
    gflops_done: 1,
    gbs_done: 1,
    intensity: 1,
    roofline_share: 0.1,
    speedup_vs_naive: 8,
    max_rel_error: 1e-7,
    peak_bytes: 10_000,
    dispatches: 3,
    compile_ms: 10,
    host_us_per_dispatch: 5,
    drift: 1,
    ...more,
  };
}

/** Repeats around `ms` with relative noise, and now and then a hiccup. */
function repeats(ms: number, noise: number, seed: number, count = 25): number[] {
  const random = new RandomValues(seed);
  return Array.from(
    { length: count },
    () => ms * (1 + noise * random.next()) * (random.next() < 0.1 ? 3 : 1),
  );
}

Deno.test("compare calls a kernel slower only beyond its noise", () => {
  const verdict = (a: readonly number[], b: readonly number[], more: Partial<KernelRow> = {}) =>
    compareRows([row(a)], [row(b, more)])[0].verdict;
  const before = repeats(10, 0.05, 1);
  assert.equal(verdict(before, repeats(10, 0.05, 2)), "same");
  assert.equal(verdict(before, repeats(15, 0.05, 3)), "slower");
  assert.equal(verdict(before, repeats(6, 0.05, 4)), "faster");
  assert.equal(verdict(before, repeats(8.5, 0.9, 5)), "unclear");
  assert.equal(
    verdict(before, [...repeats(12, 0.05, 3, 13), ...repeats(15, 0.05, 3, 12)]),
    "unclear",
    "a drifting machine decides nothing",
  );
  assert.equal(verdict(before, [30, 30, 30]), "unclear", "three repeats decide nothing");
  assert.equal(verdict(before, repeats(30, 0.05, 3), { adapter: "another" }), "unclear");
});

Deno.test("halves of a run that differ widen an interval, their noise does not", () => {
  for (let seed = 1; seed <= 20; seed++) {
    assert.ok(driftBeyondNoise(repeats(10, 0.1, seed)) < 1.05, `seed ${seed}`);
    const drifted = driftBeyondNoise([...repeats(10, 0.05, seed), ...repeats(15, 0.05, seed + 50)]);
    assert.ok(drifted > 1.3 && drifted < 1.6, `seed ${seed}: ${drifted}`);
    const back = driftBeyondNoise([...repeats(15, 0.05, seed), ...repeats(10, 0.05, seed + 50)]);
    assert.ok(back > 1.3 && back < 1.6, `seed ${seed}: ${back}`);
  }
  assert.equal(driftBeyondNoise([1, 2, 3]), 1);
});

Deno.test("compare finds no regression between runs of one distribution, whatever the noise", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0.01, max: 0.3, noNaN: true }),
      (seed, noise) => {
        const [a, b] = [repeats(10, noise, seed), repeats(10, noise, seed + 1)];
        return compareRows([row(a)], [row(b)], { threshold: 0.3 })[0].verdict !== "slower";
      },
    ),
    { seed: 12, numRuns: 60 },
  );
});

Deno.test("compare counts more memory and more launches as regressions, whatever the time", () => {
  const samples = repeats(10, 0.05, 1);
  const worse = (more: Partial<KernelRow>) =>
    regressions(compareRows([row(samples)], [row(samples, more)])).length;
  assert.equal(worse({}), 0);
  assert.equal(worse({ peak_bytes: 10_100 }), 0);
  assert.equal(worse({ peak_bytes: 10_300 }), 1);
  assert.equal(worse({ dispatches: 4 }), 1);
  assert.equal(worse({ dispatches: 2, peak_bytes: 5_000 }), 0);
  const compared = compareRows([row(samples)], [row(samples, { dispatches: 4 })]);
  assert.match(compareTable(compared), /matmul chosen both k=17 m=9 n=33.*1\.33/);
  assert.match(compareTable(compareRows([row(samples)], [row(samples)])), /1 rows compared, 1 the same/);
});

Deno.test("relative to the naive twin a slower day is no regression, round by round", () => {
  const [fast, naive] = [repeats(10, 0.05, 1), repeats(100, 0.05, 2)];
  const slow = (values: readonly number[]) => values.map((value, k) => value * (2 + k % 3));
  const day1 = [row(fast), row(naive, { variant: "naive" })];
  const day2 = [row(slow(fast)), row(slow(naive), { variant: "naive" })];
  const [mine, twin] = compareRows(day1, day2, { relativeTo: "naive" });
  assert.equal(mine.verdict, "same");
  assert.ok(Math.abs(mine.time!.ratio - 1) < 1e-9);
  assert.equal(twin.reason, "no naive twin beside it");
  assert.equal(compareRows(day1, day2)[0].verdict, "slower");
  // Load that holds up the twin alone is no faster kernel, where work was counted beside.
  const works = [counted(10, 1, 1), counted(100, 1, 2), counted(10, 1, 3), counted(100, 6, 4)];
  const [kernel1, twin1, kernel2, twin2] = works.map((work, k) =>
    row(work.samples_ms, { ...work, variant: k % 2 === 0 ? "chosen" : "naive" })
  );
  const [held] = compareRows([kernel1, twin1], [kernel2, twin2], { relativeTo: "naive" });
  assert.equal(held.verdict, "same");
});

/** Repeats on a machine slowed by other programs: kernel and canary slow down together, and both waver. */
function loaded(ms: number, load: number, seed: number): Partial<KernelRow> & { samples_ms: number[] } {
  const random = new RandomValues(seed);
  const speeds = Array.from({ length: 30 }, () => 1 + (load - 1) * (0.5 + random.next()));
  const wobble = () => 1 + 0.05 * random.next();
  const samples_ms = speeds.map((speed) => ms * speed * wobble());
  return {
    samples_ms,
    samples_canary: samples_ms.map((time, k) => time / (2 * speeds[k] * wobble())),
    canary_ms: 2,
    ms_min: Math.min(...samples_ms),
  };
}

/** The same where work is counted by the time of processors, which load does not touch. */
function counted(ms: number, load: number, seed: number): Partial<KernelRow> & { samples_ms: number[] } {
  const random = new RandomValues(seed + 5000);
  const samples_canary = Array.from({ length: 12 }, () => ms / 2 * (1 + 0.03 * random.next()));
  return { ...loaded(ms, load, seed), samples_canary, canary_clock: "processors" };
}

Deno.test("in canary units a busier machine is no slower kernel, and a slower kernel is one on any machine", () => {
  const judge = (a: Partial<KernelRow>, b: Partial<KernelRow>, relativeTo?: "nothing") =>
    compareRows([row(a.samples_ms!, a)], [row(b.samples_ms!, b)], { relativeTo })[0];
  for (let seed = 1; seed <= 20; seed++) {
    const quiet = loaded(10, 1, seed);
    const busy = loaded(10, 2.5, seed + 100);
    assert.notEqual(judge(quiet, busy).verdict, "slower", `pair ${seed}`);
    assert.equal(judge(quiet, busy).units, "canary");
    assert.equal(judge(quiet, loaded(12.5, 1, seed + 200)).verdict, "slower", `pair ${seed}`);
    // By the time of processors nothing of the load is left, and 1.2 times is loud on any machine.
    const [still, changed, slower] = [
      counted(10, 1, seed),
      counted(10, 4, seed + 100),
      counted(12, 3, seed + 200),
    ];
    assert.equal(judge(still, changed).verdict, "same", `pair ${seed}`);
    assert.equal(judge(still, changed).longer, true);
    assert.equal(judge(still, slower).verdict, "slower", `pair ${seed}`);
    assert.equal(judge(slower, still).verdict, "faster", `pair ${seed}`);
    assert.match(judge(quiet, still).reason!, /two clocks \(device, processors\)/);
  }
  // Plain times call the busy machine a slower kernel: that is what the units are for.
  assert.equal(judge(loaded(10, 1, 1), loaded(10, 2.5, 2), "nothing").verdict, "slower");
});

Deno.test("times of another processor are not compared, ratios are", () => {
  const rows = [row(repeats(10, 0.05, 1)), row(repeats(90, 0.05, 2), { variant: "naive" })];
  const processors = ["EPYC, 2 threads", "Xeon, 8 threads"] as const;
  const [plain] = compareRows(rows, rows, { processors });
  assert.match(plain.reason!, /different processors \(EPYC, 2 threads; Xeon, 8 threads\)/);
  assert.equal(compareRows(rows, rows, { processors, relativeTo: "naive" })[0].verdict, "same");
  assert.equal(compareRows(rows, rows, { processors: [undefined, "Xeon"] })[0].verdict, "same");
});

Deno.test("what the second measurement refused, lost or has anew is told before anything is compared", () => {
  const [kept, lost, wrong] = ["chosen", "tiled", "quads8"].map((variant) =>
    row([1, 2, 3, 4, 5], { variant })
  );
  const refused = [
    { ...wrong, max_rel_error: 0.2, reason: "wrong result: off by 2e-1" },
    { ...lost, variant: "subgroups", adapter: "", max_rel_error: null, reason: "no subgroups here" },
  ];
  const added = row([1], { variant: "half" });
  const changed = changedRows({ rows: [kept, lost, wrong], refused: [] }, { rows: [kept, added], refused });
  assert.deepEqual(changed.map(({ change }) => change), ["refused", "missing", "new"]);
  assert.deepEqual(changed.map(({ key }) => key.split(" ")[1]), ["quads8", "tiled", "half"]);
  assert.match(changed[0].reason!, /off by 2e-1/);
  assert.match(
    compareTable(compareRows([kept], [kept]), changed),
    /^refused: matmul quads8 .*\nmissing: matmul tiled/,
  );
  assert.deepEqual(changedRows({ rows: [kept], refused }, { rows: [kept], refused: [refused[1]] }), []);
});

Deno.test("a row that cannot be is never called faster", () => {
  const flag = "3e4 GFLOP/s are more than arithmetic reached here";
  const [found] = compareRows([row(repeats(10, 0.05, 1))], [row(repeats(1, 0.05, 2), { flag })]);
  assert.equal(found.verdict, "unclear");
  assert.equal(found.reason, flag);
});

Deno.test("the bootstrap covers the true ratio", () => {
  let covered = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const { low, high } = bootstrapRatio(repeats(10, 0.2, seed), repeats(20, 0.2, seed + 999), seed);
    if (low <= 2 && high >= 2) covered++;
  }
  assert.ok(covered >= 45, `${covered} of 50 intervals hold the ratio`);
});

Deno.test("a baseline keeps ratios, memory and launches, not times, and says what was lost", () => {
  const naive = row([80, 82], { variant: "naive" });
  const rows = [row([10, 11]), row([30, 31], { variant: "tiled" }), naive, row([1, 2], { pass: "forward" })];
  const baseline = baselineOf({ rows });
  assert.deepEqual(Object.keys(baseline.adapters), ["llvmpipe"]);
  // The ladder between the product's variant and the twin is kept for its memory alone.
  assert.deepEqual(baseline.adapters.llvmpipe.map((kept) => kept.speedup_vs_naive), [8, null, null]);
  assert.doesNotMatch(JSON.stringify(baseline), /ms_/);
  assert.deepEqual(parseBaseline(JSON.stringify(baseline), "b.json"), baseline);
  const lost = (ms: number, more: Partial<KernelRow> = {}) =>
    checkBaseline(baseline, { rows: [row([ms, 2 * ms], more), naive] }).lost;
  assert.deepEqual(lost(20, { adapter: naive.adapter }), []);
  assert.match(lost(50)[0], /1\.60 times its naive twin, 8 in the baseline/);
  assert.match(lost(10, { peak_bytes: 11_000 })[0], /11000 bytes at its peak, 10000 in the baseline/);
  assert.match(lost(10, { dispatches: 5 })[0], /5 dispatches, 3 in the baseline/);
  assert.equal(checkBaseline(baseline, { rows: [row([1], { adapter: "GeForce" })] }).checked, 0);
  const both = baselineOf({ rows: [row([1], { adapter: "SwiftShader Device (Subzero)" })] }, baseline);
  assert.deepEqual(Object.keys(both.adapters), ["llvmpipe", "swiftshader device"]);
  assert.equal(driverName("NVIDIA GeForce RTX 4090"), "nvidia geforce rtx");
  assert.equal(driverName("llvmpipe (LLVM 19, 512 bits)"), "llvmpipe");
});

Deno.test("the exponent of a power law is found, also beyond what launches hide", () => {
  assert.ok(Math.abs(fitExponent([[1, 2], [10, 200], [100, 20_000]]).exponent - 2) < 1e-12);
  assert.throws(() => fitExponent([[5, 1], [5, 2]]), /two different sizes/);
  const rows = [64, 128, 256, 978, 2048, 10_167].map((genes) =>
    row([1], { sizes: { genes }, ms_median: 1 + genes / 1000 })
  );
  const [whole, upper] = fitSweep(rows, "genes", 978);
  assert.deepEqual([whole.from, whole.to, upper.from, upper.points], [64, 10_167, 978, 3]);
  assert.ok(whole.exponent < upper.exponent && upper.exponent < 1.01);
});

Deno.test("a sweep varies one size at a time, and never leaves a kernel's own names", () => {
  for (const kernel of kernelCases) {
    const entry = suite[kernel.name] ?? {};
    const points = plannedPoints(kernel.sizes, entry, { sweep: [] });
    for (const { sizes, axis } of points) {
      assert.deepEqual(Object.keys(sizes), Object.keys(kernel.sizes), kernel.name);
      const changed = Object.keys(sizes).filter((name) => sizes[name] !== kernel.sizes[name]);
      if (axis) assert.deepEqual(changed.filter((name) => name !== axis), []);
    }
    for (const chosen of Object.values(entry.byDefault ?? {}).flat()) {
      assert.ok(kernel.variants.includes(chosen!));
    }
    assert.deepEqual(plannedVariants(kernel, entry, "gpu", { full: true }), kernel.variants);
    assert.ok(plannedPoints(kernel.sizes, entry, { guard: true }).length <= 1);
  }
  for (const name of Object.keys(suite)) assert.ok(kernelCases.some((kernel) => kernel.name === name), name);
});

Deno.test("bench files are read leniently from other programs, and refused in one sentence", () => {
  const peer = {
    rows: [{
      kernel: "csg2a-block",
      variant: "pytorch-closed",
      pass: "both",
      sizes: { genes: 978 },
      adapter: "PyTorch 1.13, CPU",
      ms_median: 9,
      ms_min: 8,
      max_rel_error: 1e-7,
    }],
  };
  const [read] = parseBenchFile(JSON.stringify(peer), "peer.json").rows;
  assert.equal(read.speedup_vs_naive, null);
  assert.deepEqual(read.samples_ms, []);
  assert.equal(rowKey(read), "csg2a-block pytorch-closed both genes=978");
  assert.throws(() => parseBenchFile("{", "cut.json"), UserError);
  assert.throws(
    () => parseBenchFile('{"rows": [{"kernel": 3}]}', "odd.json"),
    /odd\.json is no bench file: rows\.0\.kernel/,
  );
});
