import assert from "node:assert/strict";
import { join } from "node:path";
import { summariseTrace } from "../../bench/tools/profile_summary.ts";
import { traceEvents } from "../../bench/tools/timeline.ts";
import type { RecordedTrace } from "../../bench/tools/trace_recorder.ts";
import { openViewer } from "../../bench/tools/viewer/open_viewer.ts";
import { Engine } from "../../engine/mod.ts";
import { tiny } from "../cli/in_process.ts";
import { runCommand } from "../support/run_command.ts";
import { deviceTest } from "../support/gpu_test.ts";

deviceTest("profile traces the steps of a command on a host and a GPU track, and sums them up", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const out = join(folder, "trace.json");
    const run = await runCommand("profile", "--steps", "3", "--warmup", "1", "--out", out, "--json");
    assert.equal(run.code, 0, run.err);
    const summary = JSON.parse(run.out);
    assert.equal(summary.source, "perturbine demo --epochs 1");
    assert.equal(summary.steps, 3);
    assert.ok(summary.ms_step > 0 && summary.host_us_per_dispatch > 0 && summary.bytes_uploaded > 0);
    const { traceEvents: events } = JSON.parse(await Deno.readTextFile(out)) as {
      traceEvents: {
        name: string;
        ph: string;
        tid: number;
        ts: number;
        dur: number;
        args: { step?: number };
      }[];
    };
    const tracks = events.filter(({ name }) => name === "thread_name").length;
    assert.equal(tracks, 3);
    assert.deepEqual(events.filter(({ name }) => /^step \d/.test(name)).map(({ name }) => name), [
      "step 1",
      "step 2",
      "step 3",
    ]);
    for (const name of ["upload", "record", "submit", "prepare"]) {
      assert.ok(events.some((event) => event.name === name), `${name} is on the host's track`);
    }
    assert.ok(events.every(({ ph, ts, dur }) => ph === "M" || ts >= 0 && (dur >= 0 || "Csf".includes(ph))));
    if (!summary.kernels.length) {
      return console.log("skipped: kernel times, this adapter has no timestamp queries");
    }
    assert.equal(events.filter(({ ph }) => ph === "s").length, 3, "a flow from every submit");
    assert.equal(events.filter(({ ph }) => ph === "f").length, 3, "to its first kernel");
    assert.ok(events.some(({ name, ph }) => ph === "C" && name === "device memory"));
    assert.ok(events.some(({ tid, name }) => tid === 3 && /\.\w+.*, backward/.test(name)), "layers by name");
    const whole = summary.tree.reduce((sum: number, { ms }: { ms: number }) => sum + ms, 0);
    const ofCalls = summary.calls.reduce((sum: number, { ms }: { ms: number }) => sum + ms, 0);
    assert.ok(Math.abs(whole - ofCalls) < 1e-6 * whole, "the tree holds every call");
    assert.equal(summary.calls.length, summary.dispatches);
    const kernels = events.filter(({ tid, ph }) => tid === 2 && ph === "X");
    assert.equal(kernels.length, 3 * summary.dispatches, "every dispatch of every step");
    const host = events.filter(({ tid, ph }) => tid === 1 && ph === "X");
    for (const outer of host.filter(({ name }) => /^step/.test(name))) {
      const inside = host.filter(({ ts }) => ts >= outer.ts && ts < outer.ts + outer.dur);
      assert.ok(
        inside.every(({ ts, dur }) => ts + dur <= outer.ts + outer.dur),
        "parts of a step end with it",
      );
    }
    const submits = events.filter(({ name }) => name === "submit");
    for (const step of [1, 2, 3]) {
      const first = kernels[(step - 1) * summary.dispatches];
      assert.ok(first.ts >= submits[step - 1].ts - 1, "no kernel starts before its submit");
    }
    const shares = summary.kernels.reduce((sum: number, { share }: { share: number }) => sum + share, 0);
    assert.ok(Math.abs(shares - 1) < 1e-6);
    assert.ok(summary.kernels.every((row: { roofline_share: number }) => row.roofline_share >= 0));
    assert.equal(Engine.onOpen, undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

deviceTest("profile looks into the first run of a command that trains several", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const small = ["--simulator", "genes=160,cells=2,drugs=5", ...tiny, "--batch", "16", "--epochs", "2"];
    const { code, out, err } = await runCommand(
      ...[
        "profile",
        "--steps",
        "1",
        "--warmup",
        "0",
        "--no-roofline",
        "--out",
        join(folder, "trace.json"),
        "--json",
      ],
      ...["--", "train", "csg2a", ...small, "--seeds", "2", "--out", join(folder, "runs")],
    );
    assert.equal(code, 0, err);
    assert.equal(JSON.parse(out).steps, 1);
    assert.deepEqual(Array.from(Deno.readDirSync(join(folder, "runs")), ({ name }) => name), ["seed-42"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

deviceTest("profile says when a command has too few steps", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perturbine_profile_" });
  try {
    const { code, err } = await runCommand(
      ...["profile", "--warmup", "999", "--out", join(folder, "trace.json"), "--", "demo", "--epochs", "1"],
    );
    assert.equal(code, 1);
    assert.match(err, /ran no more than 999 training steps; lower --warmup/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a trace without timestamps has a host track and no kernels; clocks are shifted as a whole", () => {
  const kernel = {
    name: "k",
    code: "",
    workgroups: () => [1, 1, 1] as const,
    flops: () => 2e6,
    bytes: () => 1e6,
  };
  const dispatch = { kernel, uniforms: {}, phase: "forward", operation: "o", bindings: [] };
  const replay = (step: number, begun: number, device?: { begin: bigint; end: bigint }[]) => ({
    plan: "p",
    step,
    dispatches: [dispatch],
    device,
    host: { begun, uploaded: begun + 1, encoded: begun + 2, submitted: begun + 3, uploadedBytes: 8 },
  });
  const trace = (devices: ({ begin: bigint; end: bigint }[] | undefined)[]) =>
    ({
      adapter: "a",
      replays: devices.map((device, k) => replay(k + 1, 100 + 10 * k, device)),
      reads: [],
    }) as unknown as RecordedTrace;
  const bare = trace([undefined, undefined]);
  assert.ok(traceEvents(bare, "p").every(({ tid, ph }) => tid === 1 || ph === "M"));
  const summary = summariseTrace(bare, undefined);
  assert.deepEqual([summary.ms_step, summary.ms_device, summary.kernels.length], [10, null, 0]);

  // The device's clock: the second step's kernel begins 9 ms after the first's, and may not begin before 112 ms.
  const times = [[1_000_000n, 3_000_000n], [10_000_000n, 11_000_000n]];
  const full = trace(times.map(([begin, end]) => [{ begin, end }]));
  const kernels = traceEvents(full, "p").filter(({ name }) => name === "k");
  assert.deepEqual(kernels.map(({ ts, dur }) => [ts, dur]), [[3000, 2000], [12_000, 1000]]);
  const timed = summariseTrace(full, { gflops: 10, gbs: 1 });
  assert.equal(timed.ms_device, 1.5);
  assert.equal(timed.kernels[0].ms, 1.5);
  assert.ok(Math.abs(timed.kernels[0].roofline_share! - 2 / 3) < 1e-9, "bound by its bytes: 0.67 of 1 GB/s");
  assert.ok(Math.abs(timed.kernels[0].ms_above_roofline! - 0.5) < 1e-9);
});

Deno.test("the viewer serves its page and the trace on this machine, and nothing else", async () => {
  const trace = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(trace, '{"traceEvents":[]}');
  const viewer = await openViewer(trace).catch((error: Error) => error.message);
  try {
    if (typeof viewer === "string") return console.log(`skipped: ${viewer}`);
    const { origin, hash } = new URL(viewer.url);
    assert.equal(hash, "#profileURL=/trace.json");
    assert.match(origin, /^http:\/\/127\.0\.0\.1:/);
    const text = async (path: string) => {
      const response = await fetch(origin + path);
      return [response.status, await response.text()] as const;
    };
    const [status, page] = await text("/");
    assert.equal(status, 200);
    assert.match(page, /speedscope/);
    assert.deepEqual(await text("/trace.json"), [200, '{"traceEvents":[]}']);
    assert.notEqual((await text("/%2e%2e/package.json"))[0], 200);
    viewer.stop();
    await viewer.ended;
  } finally {
    await Deno.remove(trace);
  }
});
