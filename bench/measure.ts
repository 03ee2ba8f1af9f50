import type { Engine, Plan, StepValues } from "../engine/mod.ts";
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
    const phases = await plan.phaseTimes(nothing, values, before);
    const forward = phases.get("forward") ?? 0;
    const backward = phases.get("backward") ?? 0;
    // An optimiser is one figure, whatever gave it its gradients; so is what has no backward pass.
    if (phases.has("update")) return { both: phases.get("update")! };
    return phases.has("backward") ? { forward, backward, both: forward + backward } : { both: forward };
  }
  if (before) {
    const encoder = engine.device.handle.createCommandEncoder();
    before(encoder);
    engine.device.queue.submit([encoder.finish()]);
    await engine.device.idle();
  }
  const asked = performance.now();
  await engine.device.idle();
  const started = performance.now();
  plan.replay(nothing, values);
  await engine.device.idle();
  const empty = started - asked;
  return { both: Math.max(0, performance.now() - started - empty) };
}

/**
 * Host microseconds a dispatch of a replay, from the start of recording to the return of submit: median of several on
 * an idle queue. On a busy one some drivers make the submit wait for earlier work, which is not the host's own time.
 */
export async function hostMicroseconds(
  engine: Engine,
  plan: Plan,
  values: StepValues = engine.still,
): Promise<number> {
  const samples: number[] = [];
  for (let repeat = 0; repeat < 12; repeat++) {
    await engine.device.idle();
    plan.replay(nothing, values);
    if (repeat >= 3) samples.push(plan.lastHostMicroseconds); // the first ones run before the compiler has looked
  }
  await engine.device.idle();
  return quantile(samples, 0.5) / plan.dispatches.length;
}
