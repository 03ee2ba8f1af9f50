import assert from "node:assert/strict";
import type { Engine, Plan, Tensor } from "../engine/mod.ts";

/** Inputs up to which the float64 reference is asked once more for every input. */
const mostValues = 4000;

/**
 * Puts a NaN into each float input in turn: where the float64 reference then has a NaN in its output, the device's output
 * must hold something that is not finite. Masks are zeros and ones by contract. Afterwards the inputs are what they were.
 */
export async function checkNanTravels(engine: Engine, { name, plan, output, tensors, host, reference }: {
  readonly name: string;
  readonly plan: Plan;
  /** Kept. */
  readonly output: Tensor;
  /** Constants of the engine. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly host: Readonly<Record<string, ArrayLike<number>>>;
  readonly reference: (inputs: Record<string, Float64Array>) => ArrayLike<number>;
}, inputs: Parameters<Plan["replay"]>[0] = new Map()): Promise<void> {
  if (Object.values(host).reduce((sum, { length }) => sum + length, 0) > mostValues) return;
  for (const [key, tensor] of Object.entries(tensors)) {
    if (/mask/i.test(key) || tensor.dtype !== "f32" || tensor.storage.kind !== "buffer") continue;
    const { buffer, offset } = tensor.storage;
    const at = tensor.size >> 1;
    const spoilt = Object.fromEntries(
      Object.entries(host).map(([k, values]) => [k, Float64Array.from(values)]),
    );
    spoilt[key][at] = NaN;
    if (!Array.from(reference(spoilt)).some(Number.isNaN)) continue;
    engine.device.queue.writeBuffer(buffer, offset + 4 * at, new Float32Array([NaN]));
    plan.replay(inputs, engine.still);
    const found = new Float32Array(await plan.read(output));
    engine.device.queue.writeBuffer(buffer, offset + 4 * at, new Float32Array([host[key][at]]));
    assert.ok(
      found.some((value) => !Number.isFinite(value)),
      `${name}: a NaN in ${key}[${at}] leaves the output finite, ${found.slice(0, 8)}`,
    );
  }
}
