import { UserError } from "../../datasets/user_error.ts";
import { Engine, GpuError, type HostArray, type Kernel, type Plan, type Tensor } from "../../engine/mod.ts";
import { kernelLayout } from "../../engine/kernel_layout.ts";
import { fill } from "../../kernels/add/add.ts";
import { medianRatio, type PairedRatio } from "../paired_ratio.ts";
import { type Timer, timerOf } from "../measure.ts";
import { quantile } from "../statistics.ts";
import type { LoadedCapture } from "./capture_folder.ts";
import { checkShader } from "./check_shader.ts";
import { compareValues, type Difference } from "./compare_values.ts";

/** A shader to run in the place of the captured one. */
export interface ShaderText {
  /** For messages: the captured text, or the file that was edited. */
  readonly file: string;
  readonly code: string;
  readonly constants?: Readonly<Record<string, number>>;
  readonly workgroups?: readonly [number, number, number];
  /** Values of further fields of `Params`. */
  readonly uniforms?: Readonly<Record<string, number>>;
}

/** What a shader gave on the captured inputs. */
export interface ReplayResult {
  readonly file: string;
  readonly adapter: string;
  readonly timer: Timer;
  /** By name of the written binding. */
  readonly outputs: Readonly<Record<string, Difference>>;
  /** Null where an output was wrong: no speed is told then. */
  readonly times: ReplayTimes | null;
}

/** What a right shader took. */
export interface ReplayTimes {
  readonly ms_median: number;
  readonly ms_min: number;
  readonly ms_spread: number;
  readonly repeats: number;
  /** What an empty dispatch took beside them: a kernel near it is all launch. */
  readonly ms_empty: number;
  /** The captured shader's time over this one's, run by run, with a 99 % interval; null for itself and of fewer than five. */
  readonly speedup: PairedRatio | null;
  /** By the cost model of the captured kernel. */
  readonly gflops: number;
  readonly gbs: number;
}

/** How a capture is replayed. */
export interface ReplayOptions {
  /** Timed runs of each shader. */
  readonly repeats?: number;
  /** Largest difference over the largest captured value that counts as right. */
  readonly tolerance: number;
}

interface Contender {
  readonly shader: ShaderText;
  readonly plan: Plan;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly restore: ReadonlyMap<Tensor, HostArray>;
  readonly outputs: Record<string, Difference>;
  readonly times: number[];
}

/**
 * Runs a captured dispatch alone: checks what each shader writes against what was captured, then times all of them in
 * turn. Written buffers get their captured contents back before every run.
 *
 * @throws {UserError} when a shader does not compile or binds what was not captured.
 */
export async function replayCaptured(
  gpu: GPU,
  capture: LoadedCapture,
  shaders: readonly ShaderText[],
  { repeats = 20, tolerance }: ReplayOptions,
): Promise<ReplayResult[]> {
  const engine = await Engine.open(gpu);
  try {
    const { flops, bytes, step } = capture.description;
    const contenders: Contender[] = [];
    for (const shader of shaders) contenders.push(await enter(engine, capture, shader));
    // The first run of a pipeline compiles it in some drivers: `enter` has paid for that.
    const nothing = engine.constant([1], new Float32Array(1), "nothing");
    const empty = await engine.record(
      "empty",
      (step) => step.run(fill, { into: nothing }, { n: 1, value: 0 }),
    );
    const emptyTimes: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      emptyTimes.push(await timeOnce(engine, empty.plan, new Map(), step));
      for (const { plan, restore, times, outputs } of contenders) {
        if (!right(outputs, tolerance)) continue;
        times.push(await timeOnce(engine, plan, restore, step));
      }
    }
    return contenders.map(({ shader: { file }, outputs, times }, k) => {
      const first = contenders[0].times;
      const ratios = k > 0 && first.length === times.length ? times.map((ms, run) => first[run] / ms) : [];
      const median = quantile(times, 0.5);
      const summary: ReplayTimes = {
        ms_median: median,
        ms_min: Math.min(...times),
        ms_spread: quantile(times, 0.75) - quantile(times, 0.25),
        repeats: times.length,
        ms_empty: quantile(emptyTimes, 0.5),
        speedup: medianRatio(ratios),
        gflops: flops / (1e6 * median),
        gbs: bytes / (1e6 * median),
      };
      return {
        file,
        adapter: engine.device.description,
        timer: timerOf(engine),
        outputs,
        times: times.length > 0 ? summary : null,
      };
    });
  } catch (error) {
    throw error instanceof GpuError ? new UserError(error.message) : error;
  } finally {
    engine.dispose();
  }
}

/** Whether all outputs are within a tolerance of the captured ones. */
export function right(outputs: ReplayResult["outputs"], tolerance: number): boolean {
  return Object.values(outputs).every(({ error }) => error <= tolerance);
}

async function enter(engine: Engine, capture: LoadedCapture, shader: ShaderText): Promise<Contender> {
  const { description, before, after } = capture;
  await checkShader(engine.device.handle, shader.file, shader.code);
  const { storage } = kernelLayout(shader.file, shader.code);
  const tensors = new Map<string, Tensor>();
  for (const { name, access } of storage) {
    const values = before.get(name);
    if (!values) {
      throw new UserError(
        `${shader.file} binds "${name}", which was not captured; there are ${[...before.keys()].join(", ")}.`,
      );
    }
    if (access === "read" && after.has(name)) {
      throw new UserError(
        `${shader.file} only reads "${name}", which the captured kernel writes; bind it read_write.`,
      );
    }
    tensors.set(name, engine.constant([values.length], values, name));
  }
  const unwritten = after.keys().find((name) => !tensors.has(name));
  if (unwritten !== undefined) {
    throw new UserError(`${shader.file} does not bind "${unwritten}", which the captured kernel writes.`);
  }
  const kernel: Kernel = {
    name: description.kernel,
    code: shader.code,
    constants: { ...declared(shader.code, description.constants), ...shader.constants },
    workgroups: () => shader.workgroups ?? description.workgroups,
    flops: () => description.flops,
    bytes: () => description.bytes,
    // Of a text that is being edited nobody knows.
    iterations: () => 0,
  };
  const uniforms = { ...description.uniforms, ...shader.uniforms };
  const { plan } = await engine.record(
    "replay",
    (step) => step.run(kernel, Object.fromEntries(tensors), uniforms),
  );
  const written = storage.filter(({ access }) => access === "read_write").map(({ name }) => name);
  const restore = new Map(written.map((name) => [tensors.get(name)!, before.get(name)!]));
  plan.replay(restore, description.step);
  const outputs: Record<string, Difference> = {};
  for (const [name, expected] of after) {
    const bytes = await plan.read(tensors.get(name)!);
    outputs[name] = compareValues(viewLike(expected, bytes), expected);
  }
  return { shader, plan, tensors, restore, outputs, times: [] };
}

async function timeOnce(
  engine: Engine,
  plan: Plan,
  restore: ReadonlyMap<Tensor, HostArray>,
  values: Parameters<Plan["replay"]>[1],
): Promise<number> {
  if (engine.device.hasTimestamps) return (await plan.profile(restore, values))[0].milliseconds;
  await engine.device.idle();
  const before = performance.now();
  await engine.device.idle();
  const started = performance.now();
  plan.replay(restore, values);
  await engine.device.idle();
  return Math.max(0, performance.now() - started - (started - before));
}

/** Constants that the edited text still declares: WebGPU refuses others. */
export function declared(
  code: string,
  constants: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(constants).filter(([name]) => new RegExp(`\\boverride\\s+${name}\\b`).test(code)),
  );
}

function viewLike(like: HostArray, bytes: ArrayBuffer): HostArray {
  if (like instanceof Float32Array) return new Float32Array(bytes);
  return like instanceof Int32Array ? new Int32Array(bytes) : new Uint32Array(bytes);
}
