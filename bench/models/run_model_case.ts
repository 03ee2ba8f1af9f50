import {
  Engine,
  type InputData,
  type KernelTiming,
  Plan,
  type StepValues,
  summariseTimings,
  type TuningTable,
} from "../../engine/mod.ts";
import { type Roofline, rooflineShare } from "../roofline/roofline.ts";
import type { Canary } from "../roofline/canary.ts";
import { clockOf, processorMs } from "../measure.ts";
import { idleDispatches } from "../idle_dispatches.ts";
import { explainStep } from "./explain_step.ts";
import { quantile } from "../statistics.ts";
import type { ModelCase, ModelScale, PreparedModel } from "./model_case.ts";
import type { ModelKernel, ModelRow } from "./model_row.ts";

/** How models are measured. */
export interface ModelRun {
  readonly scale: ModelScale;
  /** Steps a measurement; otherwise as many as fit `budgetMs`, at most 100. */
  readonly steps?: number;
  readonly budgetMs: number;
  readonly roofline?: Roofline;
  /** Read beside every sample. */
  readonly canary?: Canary;
  /** Choices of a tuner; without them the rules hold. */
  readonly tuning?: TuningTable;
}

/** Steps before anything is timed: shaders are compiled, and the host's code is optimised. */
const warmUp = 3;

/** Fewer samples say nothing of noise, more of these little more. */
const [fewestSamples, mostSamples] = [5, 12];

/** Measures training steps and inference of one model, on a device of its own. */
export async function runModelCase(gpu: GPU, model: ModelCase, run: ModelRun): Promise<ModelRow[]> {
  const engine = await Engine.open(gpu, { tuning: run.tuning });
  try {
    const prepared = await model.prepare(engine, run.scale);
    try {
      // Data are made by now, shaders that their preparation needed compiled.
      const compiled = engine.device.compileMs;
      const started = performance.now();
      await prepared.train(0);
      await engine.device.idle();
      const firstMs = compiled + performance.now() - started;
      return await measure(engine, model, prepared, run, firstMs);
    } finally {
      prepared.dispose();
    }
  } finally {
    engine.dispose();
  }
}

async function measure(
  engine: Engine,
  { name }: ModelCase,
  prepared: PreparedModel,
  { scale, steps, budgetMs, roofline, canary, tuning }: ModelRun,
  firstMs: number,
): Promise<ModelRow[]> {
  const { device } = engine;
  let step = 1;
  const train = () => prepared.train(step++);
  // The host's own time, on an idle queue: on a busy one some drivers make it wait for earlier work.
  const host: number[] = [];
  for (let k = 0; k < warmUp + 4; k++) {
    await device.idle();
    const begun = performance.now();
    await train();
    if (k >= warmUp) host.push(performance.now() - begun);
  }
  const estimate = await timed(engine, 1, train);
  const count = steps ?? Math.max(fewestSamples, Math.min(100, Math.round(budgetMs / estimate)));
  const trained = await sampled(engine, count, train, canary);
  const msStep = quantile(trained.samples_ms, 0.5);
  const hostMs = quantile(host, 0.5);
  const parts = await explainStep(engine, train);
  const timings = device.hasTimestamps ? await working(engine, await prepared.profile(step++), train) : [];
  const submits = await countSubmits(engine, train);
  const msKernels = device.hasTimestamps
    ? timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
    : null;
  const common = {
    model: name,
    scale,
    sizes: prepared.sizes,
    adapter: device.description,
    parameters: prepared.parameters,
    tuned: tuning !== undefined,
    peak_bytes: device.memory.peak,
  };
  const training: ModelRow = {
    ...common,
    pass: "training",
    repeats: count,
    ...trained,
    ms_step: msStep,
    parts,
    samples_per_second: 1000 * prepared.batch / msStep,
    ms_kernels: msKernels,
    gpu_idle_share: msKernels === null ? null : Math.max(0, 1 - msKernels / msStep),
    host_share: Math.min(1, hostMs / msStep),
    host_us_per_dispatch: 1000 * hostMs / Math.max(1, submits.dispatches),
    dispatches: submits.dispatches,
    submits: submits.submits,
    compile_ms: Math.max(0, firstMs - msStep),
    kernels: kernelsOf(timings, roofline),
  };
  if (!prepared.infer) return [training];
  await prepared.infer();
  const counted = await countSubmits(engine, prepared.infer);
  const half = Math.max(fewestSamples, Math.ceil(count / 2));
  const inferred = await sampled(engine, half, prepared.infer, canary);
  const inferMs = quantile(inferred.samples_ms, 0.5);
  return [training, {
    ...common,
    peak_bytes: device.memory.peak,
    pass: "inference",
    repeats: half,
    ...inferred,
    ms_step: inferMs,
    parts: await explainStep(engine, prepared.infer),
    samples_per_second: 1000 * prepared.batch / inferMs,
    ms_kernels: null,
    gpu_idle_share: null,
    host_share: Math.min(1, counted.hostMs / inferMs),
    host_us_per_dispatch: 1000 * counted.hostMs / Math.max(1, counted.dispatches),
    dispatches: counted.dispatches,
    submits: counted.submits,
    compile_ms: 0,
    kernels: [],
  }];
}

/** Samples, each of a run of calls with one wait at its end. */
async function sampled(engine: Engine, count: number, call: () => Promise<void>, canary: Canary | undefined) {
  const samples = Math.max(1, Math.min(mostSamples, count));
  const [samples_ms, samples_canary]: [number[], number[]] = [[], []];
  const canary_clock = clockOf(engine);
  for (let k = 0; k < samples; k++) {
    const calls = Math.ceil((k + 1) * count / samples) - Math.ceil(k * count / samples);
    const about = (samples_ms.at(-1) ?? 4) * calls;
    const steps = async () => {
      const begun = processorMs();
      const ms = await timed(engine, calls, call);
      return { ms, work: canary_clock === "device" ? ms : (processorMs() - begun) / calls };
    };
    const { result, unit } = canary
      ? await canary.beside(about, steps)
      : { result: await steps(), unit: undefined };
    samples_ms.push(Number(result.ms.toPrecision(5)));
    if (unit) samples_canary.push(Number((result.work / unit.work).toPrecision(5)));
  }
  return { samples_ms, samples_canary, canary_clock };
}

/** Timings of a profiled step in which kernels that return at once count for nothing. */
async function working(
  engine: Engine,
  timings: readonly KernelTiming[],
  call: () => Promise<void>,
): Promise<readonly KernelTiming[]> {
  const { device } = engine;
  const replays: { plan: Plan; inputs: InputData; values: StepValues }[] = [];
  const before = device.observer;
  device.observer = {
    beforeReplay: (plan, inputs, values) =>
      void (plan instanceof Plan && replays.push({ plan, inputs, values })),
  };
  await call();
  device.observer = before;
  await device.idle();
  if (replays.length !== 1 || replays[0].plan.dispatches.length !== timings.length) return timings;
  const [{ plan, inputs, values }] = replays;
  const idle = await idleDispatches(engine, plan, values, inputs);
  return timings.map((timing, k) => idle.has(k) ? { ...timing, flops: 0, bytes: 0 } : timing);
}

/** Wall-clock milliseconds a call, with one wait at the end of all. */
async function timed(engine: Engine, count: number, call: () => Promise<void>): Promise<number> {
  await engine.device.idle();
  const begun = performance.now();
  for (let k = 0; k < count; k++) await call();
  await engine.device.idle();
  return (performance.now() - begun) / count;
}

/** Submits and dispatches of one call, and the host time of its replays. */
async function countSubmits({ device }: Engine, call: () => Promise<void>) {
  const seen = { submits: 0, dispatches: 0, hostMs: 0 };
  await device.idle();
  const before = device.observer;
  device.observer = {
    afterReplay(plan, { begun, submitted }) {
      seen.submits++;
      seen.dispatches += plan.dispatches.length;
      seen.hostMs += submitted - begun;
    },
  };
  await call();
  device.observer = before;
  await device.idle();
  return seen;
}

function kernelsOf(
  timings: Parameters<typeof summariseTimings>[0],
  roofline: Roofline | undefined,
): ModelKernel[] {
  return summariseTimings(timings).map((summary) => ({
    kernel: summary.kernel,
    phase: summary.phase,
    calls: summary.calls,
    ms: summary.milliseconds,
    share: summary.share,
    gflops: summary.gflops,
    gbs: summary.gigabytesPerSecond,
    roofline_share: roofline
      ? rooflineShare({ gflops: summary.gflops, gbs: summary.gigabytesPerSecond }, roofline)
      : null,
  }));
}
