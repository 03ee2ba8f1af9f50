import type { GoldenFile } from "./golden_file.ts";

/** One comparison with a golden tensor or number. */
export interface GoldenCheck {
  readonly name: string;
  /** Largest absolute difference. */
  readonly worst: number;
  readonly tolerance: number;
  readonly passed: boolean;
  readonly detail?: string;
}

/** Relative part of the tolerance (csg2a.md section 8): single operations, and whole models. */
export const relative = { operation: 2e-5, model: 1e-4 } as const;

/** Exceptions to the rule of `compare`. */
export interface CompareOptions {
  /** Which entries count; all by default. */
  readonly wanted?: (index: number) => boolean;
  /** Further allowance an entry, for what follows parameters that only rounding noise moves. */
  readonly drift?: (index: number) => number;
}

/**
 * Compares with a golden tensor: |x - reference| <= 10 f32_err + tau max_abs (csg2a.md section 8); a gradient that is
 * zero by construction within 1e-5.
 */
export function compare(
  golden: GoldenFile,
  name: string,
  found: ArrayLike<number>,
  tau: number,
  { wanted = () => true, drift = () => 0 }: CompareOptions = {},
): GoldenCheck {
  const expected = golden.values(name);
  const { max_abs = 0, f32_err = 0 } = golden.manifest.tensors[name] ?? {};
  const zero = name.startsWith("grad.") && golden.manifest.zero_gradient?.includes(name.slice(5));
  const tolerance = zero ? 1e-5 : 10 * f32_err + tau * max_abs;
  return difference(name, found, expected, (i) => tolerance + drift(i), wanted);
}

/**
 * Compares parameters after optimiser steps, entry by entry: those whose first gradient exceeds 1e-5 of the tensor's
 * largest within max(10 f32_err capped at lr steps, 5 % of lr steps), the others, which Adam drives with rounding
 * noise, within 2 steps lr (csg2a.md section 8).
 */
export function compareAfterSteps(
  golden: GoldenFile,
  name: string,
  found: ArrayLike<number>,
  learningRate: number,
  steps: number,
): GoldenCheck {
  const key = name.replace(/^after\./, "");
  const reach = learningRate * steps;
  const { f32_err = 0 } = golden.manifest.tensors[name] ?? {};
  const close = Math.max(Math.min(10 * f32_err, reach), 0.05 * reach);
  const gradient = golden.has(`grad.${key}`) ? golden.values(`grad.${key}`) : undefined;
  const largest = gradient?.reduce((most, value) => Math.max(most, Math.abs(value)), 0) ?? 0;
  const zero = golden.manifest.zero_gradient?.includes(key);
  const driven = (i: number) => !zero && gradient !== undefined && Math.abs(gradient[i]) > 1e-5 * largest;
  return difference(name, found, golden.values(name), (i) => driven(i) ? close : 2 * reach);
}

/** Compares with a number of the manifest. */
export function compareNumber(name: string, found: number, expected: unknown, tau: number): GoldenCheck {
  const value = Number(expected);
  return difference(name, [found], [value], () => tau * Math.max(Math.abs(value), 1e-6));
}

/** Exact comparison, for indices. */
export function compareExactly(
  name: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
): GoldenCheck {
  return difference(name, found, expected, () => 0);
}

function difference(
  name: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: (index: number) => number,
  wanted: (index: number) => boolean = () => true,
): GoldenCheck {
  if (found.length !== expected.length) {
    return {
      name,
      worst: Infinity,
      tolerance: 0,
      passed: false,
      detail: `${found.length} values, expected ${expected.length}`,
    };
  }
  let worst = 0, ratio = 0, at = -1, allowed = tolerance(0);
  for (let i = 0; i < expected.length; i++) {
    if (!wanted(i)) continue;
    const error = Math.abs(found[i] - expected[i]);
    const share = Number.isNaN(error) ? Infinity : error === 0 ? 0 : error / tolerance(i);
    if (share > ratio) {
      [ratio, at, worst, allowed] = [share, i, Number.isNaN(error) ? Infinity : error, tolerance(i)];
    }
  }
  const passed = ratio <= 1;
  return {
    name,
    worst,
    tolerance: allowed,
    passed,
    ...(passed ? {} : { detail: `entry ${at}: ${found[at]}, expected ${expected[at]}` }),
  };
}
