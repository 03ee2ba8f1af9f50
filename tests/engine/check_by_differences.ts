/**
 * Checks an operation on the device against a float64 reference: its output in full, its gradients against central
 * differences of that reference, at every entry or at a spread of them. Memory is poisoned with NaN by the engine that
 * the tests open, so that a stray read shows.
 */
import assert from "node:assert/strict";
import type { Engine, Step, Tensor } from "../../engine/mod.ts";
import { checkNanTravels } from "../../testing/nan_travels.ts";

/** One input of an operation: numbers (differentiated if `wants`) or indices. */
export interface CheckedInput {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
  readonly wants?: boolean;
}

/** The operation, and what it should compute. */
export interface DifferenceCheck {
  readonly name: string;
  readonly inputs: Readonly<Record<string, CheckedInput>>;
  readonly build: (step: Step, tensors: Record<string, Tensor>) => Tensor;
  /** The output from the inputs' values, in float64. */
  readonly reference: (values: Record<string, Float64Array>) => ArrayLike<number>;
  /** Gradient entries an input that are checked; all by default. */
  readonly entries?: number;
  /** Allowed error as a part of the largest magnitude. */
  readonly tolerance?: number;
}

/** Numbers in [-1, 1) that follow from the seed; no two cases share them. */
export function numbers(n: number, seed: number, scale = 1): Float32Array<ArrayBuffer> {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return scale * (state / 2 ** 31 - 1);
  });
}

/** Runs the case on the device and compares. @throws {assert.AssertionError} naming tensor and entry */
export async function checkByDifferences(engine: Engine, check: DifferenceCheck): Promise<void> {
  const { name, inputs, build, reference, entries = Infinity, tolerance = 2e-5 } = check;
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([key, { shape, values, wants = false }]) => [
      key,
      engine.constant(shape, values, key, wants),
    ]),
  );
  const wanted = Object.keys(inputs).filter((key) => inputs[key].wants);
  const host = Object.fromEntries(
    Object.entries(inputs).map(([key, { values }]) => [key, Float64Array.from(values)]),
  );
  const expected = reference(host);
  const cotangent = numbers(expected.length, 77);
  const { plan, result } = await engine.record(name, (step) => {
    const output = step.keep(build(step, tensors));
    const dy = step.input(output.shape, "dy");
    step.backward(output, dy);
    const gradients = wanted.map((key) => {
      const gradient = step.gradient(tensors[key]);
      assert(gradient, `${name}: ${key} got no gradient`);
      return step.keep(gradient);
    });
    return { output, dy, gradients };
  });
  plan.replay(new Map([[result.dy, cotangent]]), engine.still);
  const output = new Float32Array(await plan.read(result.output));
  close(`${name}: output`, output, expected, Array.from(expected, (_, i) => i), tolerance);
  const loss = (values: Record<string, Float64Array>) => {
    const y = reference(values);
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += y[i] * cotangent[i];
    return sum;
  };
  for (const [k, key] of wanted.entries()) {
    const found = new Float32Array(await plan.read(result.gradients[k]));
    assert.equal(found.length, host[key].length, `${name}: d(${key}) has another size than ${key}`);
    const stride = Math.max(1, Math.floor(found.length / entries));
    const at = [...found.keys()].filter((i) => i % stride === 0);
    const gradient = new Float64Array(found.length);
    for (const i of at) {
      const h = 1e-5 * Math.max(1, Math.abs(host[key][i]));
      const kept = host[key][i];
      host[key][i] = kept + h;
      const above = loss(host);
      host[key][i] = kept - h;
      gradient[i] = (above - loss(host)) / (2 * h);
      host[key][i] = kept;
    }
    const largest = found.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    close(`${name}: d(${key})`, found, gradient, at, 5 * tolerance, largest);
    const bad = found.findIndex((value) => !Number.isFinite(value));
    assert(bad < 0, `${name}: d(${key})[${bad}] is ${found[bad]}`);
  }
  const fed = new Map([[result.dy, cotangent]]);
  await checkNanTravels(engine, { name, plan, output: result.output, tensors, host, reference }, fed);
}

function close(
  name: string,
  found: Float32Array,
  expected: ArrayLike<number>,
  at: readonly number[],
  tolerance: number,
  scale = 0,
): void {
  assert.equal(found.length, expected.length, `${name}: ${found.length} values, expected ${expected.length}`);
  const largest = at.reduce((most, i) => Math.max(most, Math.abs(expected[i])), scale);
  const allowed = tolerance * largest + 1e-6;
  for (const i of at) {
    const error = Math.abs(found[i] - expected[i]);
    assert(error <= allowed, `${name}[${i}] is ${found[i]}, expected ${expected[i]} (allowed ${allowed})`);
  }
}
