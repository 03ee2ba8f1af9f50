import assert from "node:assert/strict";
import { RandomValues } from "../../bench/random_values.ts";
import type { Reference, Values } from "../../bench/reference/reference.ts";
import type { Engine, HostArray, Step, StepValues, Tensor } from "../../engine/mod.ts";
import { assertClose } from "./assert_close.ts";

export type { Reference, Values };

/** An input of an operation under test: values given, or drawn from [-amplitude, amplitude). */
export interface CheckedInput {
  readonly shape: readonly number[];
  readonly values?: HostArray;
  readonly amplitude?: number;
  /** Whether its gradient is wanted; false for data such as indices. */
  readonly gradient?: boolean;
}

/** One operation at one shape. */
export interface OperationCheck {
  readonly name: string;
  readonly inputs: Readonly<Record<string, CheckedInput>>;
  build(step: Step, tensors: Readonly<Record<string, Tensor>>): Tensor;
  readonly reference: Reference;
  /** Over the largest magnitude; 2e-6 unless told. */
  readonly tolerance?: number;
  /** Allowed in any case: for gradients that cancel to nothing. */
  readonly absolute?: number;
  readonly seed?: number;
  readonly values?: StepValues;
  /** False where differences say nothing, such as at a kink. */
  readonly differences?: boolean;
  /** False for an operation that also moves state. */
  readonly repeatable?: boolean;
}

/** Up to so many inputs the reference's own gradient is checked by finite differences. */
const differencesUpTo = 400;

/**
 * Runs an operation forward and backward on the device, with fresh poisoned memory, and compares output and every
 * gradient with float64; at small sizes also the float64 gradient with central differences of the float64 output.
 * Everything is then run a second time and must give the same bytes.
 */
export async function checkOperation(engine: Engine, check: OperationCheck): Promise<void> {
  const { name, reference, tolerance = 2e-6, absolute, seed = 1 } = check;
  const closeness = { tolerance, absolute };
  const random = new RandomValues(seed);
  const host: Record<string, HostArray> = {};
  const tensors: Record<string, Tensor> = {};
  for (const [key, { shape, values, amplitude = 1, gradient = true }] of Object.entries(check.inputs)) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    host[key] = values ?? random.floats(size, amplitude);
    tensors[key] = engine.constant(shape, host[key], key, gradient);
  }
  const wanted = Object.keys(tensors).filter((key) => tensors[key].requiresGradient);
  const dys: HostArray[] = [];
  const { plan, result: kept } = await engine.record(name, (step) => {
    const y = check.build(step, tensors);
    dys.push(random.floats(y.size));
    const dy = engine.constant(y.shape, dys[0], "dy");
    step.backward(y, dy);
    return [y, ...wanted.map((key) => step.gradient(tensors[key])!)].map((tensor, k) => {
      assert.ok(tensor, `${name}: no gradient of ${wanted[k - 1]} was recorded`);
      return step.keep(tensor);
    });
  });
  try {
    const run = async () => {
      plan.replay(new Map(), check.values ?? engine.still);
      const results: Float32Array[] = [];
      for (const tensor of kept) results.push(new Float32Array(await plan.read(tensor)));
      return results;
    };
    const [y, ...gradients] = await run();
    const expected = reference.backward(host, dys[0]);
    assertClose(y, reference.forward(host), `${name}: output`, closeness);
    wanted.forEach((key, k) => {
      assertClose(gradients[k], expected[key], `${name}: gradient of ${key}`, closeness);
    });
    if (check.repeatable ?? true) {
      assert.deepEqual(await run(), [y, ...gradients], `${name}: a second run must give the same bytes`);
    }
  } finally {
    // The next check gets poisoned memory again, not what this one left behind.
    await engine.device.idle();
    engine.workspace.dispose();
  }
  const count = wanted.reduce((sum, key) => sum + host[key].length, 0);
  if (count <= differencesUpTo && (check.differences ?? true)) {
    checkReference(name, reference, host, wanted, dys[0]);
  }
}

/** Compares a reference's gradient with central differences of its output. */
export function checkReference(
  name: string,
  reference: Reference,
  inputs: Values,
  wanted: readonly string[],
  dy: ArrayLike<number>,
): void {
  const width = 1e-5;
  const expected = reference.backward(inputs, dy);
  for (const key of wanted) {
    const moved = Float64Array.from(inputs[key]);
    const loss = () => {
      const y = reference.forward({ ...inputs, [key]: moved });
      return y.reduce((sum, value, i) => sum + value * dy[i], 0);
    };
    const differences = Float64Array.from(moved, (value, i) => {
      moved[i] = value + width;
      const above = loss();
      moved[i] = value - width;
      const below = loss();
      moved[i] = value;
      return (above - below) / (2 * width);
    });
    assertClose(expected[key], differences, `${name}: float64 gradient of ${key} against differences`, {
      tolerance: 1e-6,
      absolute: 1e-7,
    });
  }
}
