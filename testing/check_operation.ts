import assert from "node:assert/strict";
import type { Engine, HostArray, Step, StepValues, Tensor } from "../engine/mod.ts";
import { assertClose } from "./assert_close.ts";
import { checkNanTravels } from "./nan_travels.ts";
import { RandomValues } from "./random_values.ts";
import type { ForwardReference, Reference, Values } from "./reference.ts";

export type { Reference, Values };

/** An input of an operation under test: values given, or drawn from [-amplitude, amplitude). */
export interface CheckedInput {
  /** Extents, the last one contiguous. */
  readonly shape: readonly number[];
  /** As many as the shape holds; drawn if left out. */
  readonly values?: HostArray;
  /** Reach of drawn values; 1 unless told. */
  readonly amplitude?: number;
  /** Whether its gradient is wanted (the default); false for data such as indices. */
  readonly gradient?: boolean;
}

/** One operation at one shape. */
export interface OperationCheck {
  /** What a failure calls it. */
  readonly name: string;
  /** By the names that `build` and `reference` know them by. */
  readonly inputs: Readonly<Record<string, CheckedInput>>;
  /** Records the operation and returns its output. */
  build(step: Step, tensors: Readonly<Record<string, Tensor>>): Tensor;
  /** The same in float64. Without a `backward` of its own, gradients are compared with differences of its `forward`. */
  readonly reference: ForwardReference & Partial<Reference>;
  /** Allowed difference over the largest magnitude of what is compared; 2e-6 unless told. */
  readonly tolerance?: number;
  /** Allowed in any case: for gradients that cancel to nothing. */
  readonly absolute?: number;
  /** Of the drawn values; 1 unless told. */
  readonly seed?: number;
  /** Step number and seed, for operations that draw random numbers. */
  readonly values?: StepValues;
  /** Values of an input's gradient that are compared with differences, spread over it; all unless told. */
  readonly entries?: number;
  /** False where differences say nothing, such as at a kink. */
  readonly differences?: boolean;
  /** False for an operation that also moves state. */
  readonly repeatable?: boolean;
}

/** Up to so many inputs the reference's own gradient is checked by finite differences. */
const differencesUpTo = 400;

/**
 * Runs an operation forward and backward on the device and compares output and every gradient with float64: with the
 * reference's own derivative, itself compared with central differences at small sizes, or, if it has none, with central
 * differences alone (two evaluations for every value of an input, or for `entries` of them: keep shapes small). Everything is run a
 * second time and must give the same bytes, and a NaN in an input must not be swallowed. An engine opened with `poison`
 * fills fresh memory with NaN, so that a read of something unwritten shows.
 *
 * @example
 * ```ts
 * const engine = await Engine.open(navigator.gpu, { poison: true });
 * await checkOperation(engine, {
 *   name: "softmax of 3 rows of 7",
 *   inputs: { x: { shape: [3, 7], amplitude: 2 } },
 *   build: (step, { x }) => softmax(step, { x }),
 *   reference: { forward: ({ x }) => softmaxInFloat64(x, 3, 7) },
 * });
 * ```
 * @throws {assert.AssertionError} naming output or gradient, the worst element, what it is and what was expected
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
    const expected = reference.backward?.(host, dys[0]);
    assertClose(y, reference.forward(host), `${name}: output`, closeness);
    wanted.forEach((key, k) => {
      const what = `${name}: gradient of ${key}`;
      if (expected) return assertClose(gradients[k], expected[key], what, closeness);
      const bad = gradients[k].findIndex((value) => !Number.isFinite(value));
      assert.ok(bad < 0, `${what}: element ${bad} of ${gradients[k].length} is ${gradients[k][bad]}`);
      const at = spread(gradients[k].length, check.entries);
      const differences = gradientByDifferences(reference, host, key, dys[0], at);
      const which = at[1] > 1 ? `${what}, every ${at[1]} values` : what;
      assertClose(at.map((i) => gradients[k][i]), differences, which, closeness);
    });
    if (check.repeatable ?? true) {
      assert.deepEqual(await run(), [y, ...gradients], `${name}: a second run must give the same bytes`);
      const output = kept[0];
      await checkNanTravels(engine, { name, plan, output, tensors, host, reference: reference.forward });
    }
  } finally {
    // The next check gets poisoned memory again, not what this one left behind.
    await engine.device.idle();
    engine.workspace.dispose();
  }
  const count = wanted.reduce((sum, key) => sum + host[key].length, 0);
  if (reference.backward && count <= differencesUpTo && (check.differences ?? true)) {
    checkReference(name, { forward: reference.forward, backward: reference.backward }, host, wanted, dys[0]);
  }
}

/**
 * Compares a reference's gradient with central differences of its output.
 *
 * @throws {assert.AssertionError} naming input and element
 */
export function checkReference(
  name: string,
  reference: Reference,
  inputs: Values,
  wanted: readonly string[],
  dy: ArrayLike<number>,
): void {
  const expected = reference.backward(inputs, dy);
  for (const key of wanted) {
    const differences = gradientByDifferences(reference, inputs, key, dy);
    assertClose(expected[key], differences, `${name}: float64 gradient of ${key} against differences`, {
      tolerance: 1e-6,
      absolute: 1e-7,
    });
  }
}

/** Places of `length` values, `entries` of them or somewhat more. */
function spread(length: number, entries = Infinity): number[] {
  const stride = Math.max(1, Math.floor(length / entries));
  return Array.from({ length: Math.ceil(length / stride) }, (_, k) => k * stride);
}

/** d sum(output dy) / d input by central differences, at some places: good to about 1e-9 of the largest. */
function gradientByDifferences(
  reference: ForwardReference,
  inputs: Values,
  key: string,
  dy: ArrayLike<number>,
  at: readonly number[] = spread(inputs[key].length),
): Float64Array {
  const width = 1e-5;
  const moved = Float64Array.from(inputs[key]);
  const loss = () =>
    reference.forward({ ...inputs, [key]: moved }).reduce((sum, value, i) => sum + value * dy[i], 0);
  return Float64Array.from(at, (i) => {
    const value = moved[i];
    moved[i] = value + width;
    const above = loss();
    moved[i] = value - width;
    const below = loss();
    moved[i] = value;
    return (above - below) / (2 * width);
  });
}
