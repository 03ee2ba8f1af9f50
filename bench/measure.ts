import type { Engine, Phase, Plan, StepValues } from "../engine/mod.ts";
import { clockTick, meanOfReadings } from "./clock_tick.ts";
import type { Pass } from "./kernel_case.ts";
import { quantile } from "./statistics.ts";

/** Milliseconds of the passes of one replay. */
export type PassTimes = Partial<Record<Pass, number>>;

/** Which clock times came from. */
export type Timer = "timestamps" | "wall clock";

/** The clock that measurements on a device use. */
export function timerOf(engine: Engine): Timer {
  return engine.device.hasTimestamps ? "timestamps" : "wall clock";
}

const nothing = new Map();

/**
 * Times one replay: by timestamps around forward and backward, on the device's clock; without timestamp queries by
 * the wall clock, both passes together, less an empty wait. `before` encodes what comes first and is not timed.
 */
export async function timeReplay(
  engine: Engine,
  plan: Plan,
  values: StepValues = engine.still,
  before?: (encoder: GPUCommandEncoder) => void,
): Promise<PassTimes> {
  if (timerOf(engine) === "timestamps") {
    const read = async () => passesOf(await plan.phaseTimes(nothing, values, before));
    return await meanOfReadings(await clockTick(engine), read, ({ both }) => both!);
  }
  if (before) await alone(engine, before);
  const asked = performance.now();
  await engine.device.idle();
  const started = performance.now();
  plan.replay(nothing, values);
  await engine.device.idle();
  const empty = started - asked;
  return { both: Math.max(0, performance.now() - started - empty) };
}

function passesOf(phases: ReadonlyMap<Phase, number>): PassTimes {
  const forward = phases.get("forward") ?? 0;
  const backward = phases.get("backward") ?? 0;
  // An optimiser is one figure, whatever gave it its gradients; so is what has no backward pass.
  if (phases.has("update")) return { both: phases.get("update")! };
  return phases.has("backward") ? { forward, backward, both: forward + backward } : { both: forward };
}

async function alone({ device }: Engine, encode: (encoder: GPUCommandEncoder) => void): Promise<void> {
  const encoder = device.handle.createCommandEncoder();
  encode(encoder);
  device.queue.submit([encoder.finish()]);
  await device.idle();
}

/** What canary units count: a GPU's own time, or the time that processors spent on this process. */
export type Clock = "device" | "processors";

/** The part of Node's and Deno's `process` that is asked; browsers have none. */
const { process } = globalThis as { process?: { cpuUsage?(): { user: number; system: number } } };

/**
 * The clock that units of work are taken by. A software driver's device is threads of this process, which other programs
 * hold up by any factor at any moment; the time that processors spent on them stays what it is. Browsers do not tell it.
 */
export function clockOf(engine: Engine): Clock {
  return engine.device.adapterClass === "software" && process?.cpuUsage ? "processors" : "device";
}

/** Milliseconds that all processors spent on this process so far. */
export function processorMs(): number {
  const { user, system } = process!.cpuUsage!();
  return (user + system) / 1000;
}

/** One timed replay: how long it took, and how much work it was by {@link clockOf}. */
export interface TimedReplay {
  readonly times: PassTimes;
  readonly work: PassTimes;
}

/**
 * Times one replay as `timeReplay` does, and its work beside. On a software driver passes are submits of their own, since
 * the time of processors is read between them.
 */
export async function timeWork(
  engine: Engine,
  plan: Plan,
  values: StepValues = engine.still,
  before?: (encoder: GPUCommandEncoder) => void,
): Promise<TimedReplay> {
  if (clockOf(engine) === "device") {
    const times = await timeReplay(engine, plan, values, before);
    return { times, work: times };
  }
  if (before) await alone(engine, before);
  let begun = processorMs();
  if (timerOf(engine) === "wall clock") {
    const times = await timeReplay(engine, plan, values);
    return { times, work: { both: processorMs() - begun } };
  }
  const work = new Map<Phase, number>();
  const times = await plan.phaseTimes(nothing, values, undefined, (phase) => {
    const ended = processorMs();
    work.set(phase, ended - begun);
    begun = ended;
  });
  return { times: passesOf(times), work: passesOf(work) };
}

/**
 * Host microseconds a dispatch of a replay, from the start of recording to the return of submit: median of three quarters
 * of some replays, the later ones, on an idle queue. On a busy one some drivers make the submit wait for earlier work, which is not the host's own time.
 */
export async function hostMicroseconds(
  engine: Engine,
  plan: Plan,
  values: StepValues = engine.still,
  replays = 12,
): Promise<number> {
  const samples: number[] = [];
  for (let repeat = 0; repeat < replays; repeat++) {
    await engine.device.idle();
    plan.replay(nothing, values);
    // The first ones run before the compiler has looked.
    if (repeat >= replays / 4) samples.push(plan.lastHostMicroseconds);
  }
  await engine.device.idle();
  return quantile(samples, 0.5) / plan.dispatches.length;
}
