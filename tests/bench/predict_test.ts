import assert from "node:assert/strict";
import { parseBenchFile } from "../../bench/bench_file.ts";
import type { IsaRow } from "../../bench/lens/isa_row.ts";
import type { Datasheet } from "../../bench/predict/datasheets.ts";
import { datasheets } from "../../bench/predict/datasheets.ts";
import { chips } from "../../bench/lens/chips.ts";
import { type PlannedCall, threadsOf } from "../../bench/predict/planned_calls.ts";
import { callBound, stepBound } from "../../bench/predict/predict.ts";
import { add } from "../../engine/ops/add.ts";
import type { ModelCase } from "../../bench/models/model_case.ts";
import { plannedModel } from "../../bench/predict/planned_steps.ts";
import { predictions } from "../../bench/predict/prediction.ts";
import { arithmeticTable, predictionTable } from "../../bench/predict/prediction_table.ts";
import { renderBenchReport } from "../../bench/report/render_bench_report.ts";

/** Round numbers: a teraflop, 100 GB/s, 10 units of 4 subgroups. */
const chip: Datasheet = {
  name: "round",
  known: "A round chip",
  gflops: 1000,
  gbs: 100,
  units: 10,
  subgroupsToFill: 4,
  lens: { chip: "ga102", lanes: 32, simds: 1 },
  source: "nowhere",
};
const assumed = { launchMicroseconds: 5, latencyNanoseconds: 500 };

const call = (more: Partial<PlannedCall> = {}): PlannedCall => ({
  kernel: "k",
  specialisation: "",
  calls: 1,
  workgroups: 1000,
  threads: 128,
  flops: 0,
  bytes: 0,
  ...more,
});

const row = (more: Partial<IsaRow> = {}): IsaRow => ({
  kernel: "k",
  specialisation: "",
  chip: "ga102",
  registers: 20,
  spills: 0,
  localBytes: 0,
  workgroupBytes: 0,
  occupancy: 48,
  instructions: 100,
  codeBytes: 1600,
  multiplyAdds: 10,
  loop: { instructions: 50, multiplyAdds: 40, checks: 0 },
  mix: { multiplyAdd: 10, float: 20 },
  accesses: {},
  latency: null,
  inverseThroughput: null,
  ...more,
});

const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${actual}, expected ${expected}`);

Deno.test("a call's bound is its launch and the larger of arithmetic at the loop's useful share and memory", () => {
  // 1e9 operations at a teraflop are 1 ms, at 40 useful of 50 instructions 1.25.
  const arithmetic = callBound(call({ flops: 1e9, bytes: 1e6 }), chip, row(), assumed);
  near(arithmetic.arithmeticMs, 1.25);
  near(arithmetic.memoryMs, 0.01);
  near(arithmetic.ms, 1.255);
  assert.equal(arithmetic.limiter, "arithmetic");
  const memory = callBound(call({ flops: 1e6, bytes: 1e9, calls: 3 }), chip, row(), assumed);
  near(memory.ms, 3 * 10.005);
  assert.equal(memory.limiter, "memory");
  assert.equal(callBound(call({ bytes: 1000 }), chip, row(), assumed).limiter, "launch");
  // Without multiply-adds an instruction is one operation at best.
  near(callBound(call(), chip, row({ loop: { instructions: 9, multiplyAdds: 0, checks: 0 } })).share!, 0.5);
});

Deno.test("a grid that leaves units idle, or a last wave, or too few subgroups, costs what it leaves unused", () => {
  const filled = (more: Partial<PlannedCall>, occupancy = 48) =>
    callBound(call({ flops: 1e9, ...more }), chip, row({ occupancy }), assumed).filled;
  near(filled({ workgroups: 4 }), 0.4);
  near(filled({ workgroups: 11 }), 11 / 20);
  near(filled({ workgroups: 10, threads: 64 }), 0.5); // two subgroups where four fill a unit
  near(filled({ workgroups: 20, threads: 64 }), 1);
  near(filled({ workgroups: 1000, threads: 64 }, 2), 0.5); // no more fit
});

Deno.test("few lanes with bytes under way reach less than the bandwidth", () => {
  // One subgroup on one unit: 32 lanes x 64 bytes in 500 ns are 4.096 GB/s.
  const few = callBound(call({ bytes: 4.096e6, workgroups: 1, threads: 32 }), chip, row(), assumed);
  near(few.memoryMs, 1);
  const many = callBound(call({ bytes: 1e8, workgroups: 1000 }), chip, row(), assumed);
  near(many.memoryMs, 1);
});

Deno.test("a step adds its calls up, takes the code of the specialisation, and says what has none", () => {
  const calls = [
    call({ flops: 1e9, specialisation: "A=1" }),
    call({ flops: 1e9, calls: 2 }),
    call({ kernel: "unknown", calls: 4 }),
  ];
  const rows = [
    row(),
    row({ specialisation: "A=1", loop: { instructions: 80, multiplyAdds: 40, checks: 0 } }),
  ];
  const step = stepBound(calls, chip, rows, assumed);
  near(step.ms, 2 + 2 * 1.25 + 7 * 0.005);
  assert.equal(step.dispatches, 7);
  assert.equal(step.withoutCode, 4);
  near(step.rooflineMs, 3);
  near(step.launchMs + step.arithmeticMs + step.memoryMs, step.ms);
  assert.deepEqual(step.calls.map(({ kernel }) => kernel), ["k", "k", "unknown"]);
  assert.equal(stepBound(calls, { ...chip, lens: null }, rows, assumed).withoutCode, 7);
});

Deno.test("threads of a workgroup are read off the text, constants too", () => {
  assert.equal(threadsOf("@compute @workgroup_size(8, 8) fn main() {}"), 64);
  assert.equal(threadsOf("const THREADS = 128u;\n@compute @workgroup_size(THREADS) fn main() {}"), 128);
  assert.equal(threadsOf("override T: u32 = 32;\n@compute @workgroup_size(T, 4, 1) fn main() {}"), 128);
  assert.throws(() => threadsOf("@workgroup_size(T)"), /does not say what T is/);
});

Deno.test("every chip has figures and a source, and code of a chip that the lens knows", () => {
  for (const { gflops, gbs, units, source, lens } of datasheets) {
    assert.ok(gflops > 1000 && gbs > 100 && units > 10 && source.length > 20);
    assert.ok(lens === null || chips.some(({ name }) => name === lens.chip));
  }
});

Deno.test("the page marks predictions as such and puts them beside what was measured at the same sizes", async () => {
  const sizes = { rows: 1000, width: 141 };
  const step = {
    kind: "kernel",
    name: "softmax",
    variant: "chosen",
    sizes,
    calls: [call({ bytes: 1e9 })],
  } as const;
  const found = predictions(
    step,
    [chip, { ...chip, name: "square", known: "A square chip" }],
    [row()],
    assumed,
  );
  assert.match(predictionTable(found), /softmax chosen.*round.*10/);
  assert.match(arithmeticTable(found[0]), /A round chip, code of ga102/);
  const measured = { kernel: "softmax", variant: "chosen", pass: "both", adapter: "A real card", sizes };
  const rows = [
    { ...measured, ms_median: 12.5, ms_min: 12, max_rel_error: 0, dispatches: 2 },
    {
      ...measured,
      sizes: { rows: 7, width: 141 },
      ms_median: 3.25,
      ms_min: 3.25,
      max_rel_error: 0,
      dispatches: 2,
    },
  ];
  const file = parseBenchFile(JSON.stringify({ rows, predictions: found }), "both.json");
  const { html } = await renderBenchReport([{ path: "both.json", file }]);
  const section = html.slice(html.indexOf('<section class="predicted">'));
  assert.match(section, /predicted, not measured/);
  assert.match(section, /nothing ran on these chips/);
  assert.match(section, /12\.5 <small>A real card/);
  assert.ok(
    !section.slice(0, section.indexOf("</table>")).includes("3.25"),
    "other sizes are no measurement of these",
  );
  assert.match(section, /A square chip/);
});

Deno.test("a model's step is the one that learns, not what is run once before it, and neither is run", async () => {
  let before: number | undefined, after = false;
  const model: ModelCase = {
    name: "two plans",
    summary: "",
    prepare: (engine) => {
      const x = engine.constant([7], new Float32Array(7).fill(2), "x", true);
      const train = async () => {
        const { plan: once, result } = await engine.record(
          "once",
          (step) => step.keep(add(step, { a: x, b: x, c: x })),
        );
        once.replay(new Map(), engine.still);
        before = new Float32Array(await once.read(result))[3];
        const { plan } = await engine.record("learn", (step) => {
          step.backward(add(step, { a: x, b: x }), x);
          add(step, { a: step.gradient(x)!, b: x });
        });
        plan.replay(new Map(), engine.still);
        after = true;
      };
      return Promise.resolve(
        { sizes: {}, batch: 1, parameters: 0, train, infer: train, profile: train, dispose() {} } as never,
      );
    },
  };
  const { calls } = await plannedModel(navigator.gpu, model, "reduced");
  assert.deepEqual(new Set(calls.map(({ kernel }) => kernel)), new Set(["add"]));
  assert.equal(before, 0);
  assert.equal(after, false);
});
