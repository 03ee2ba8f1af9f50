import type { GoldenCheck } from "./compare.ts";

/** Outcome of one golden file. */
export interface GoldenResult {
  readonly name: string;
  readonly checks: readonly GoldenCheck[];
  /** Why it was not checked here. */
  readonly skipped?: string;
  /** Largest error as a part of its tolerance. */
  readonly worstShare: number;
  readonly passed: boolean;
}

/** Sums up the comparisons of a file; a file without any has failed. */
export function goldenResult(name: string, checks: readonly GoldenCheck[], skipped?: string): GoldenResult {
  const shares = checks.map(({ worst, tolerance, passed }) =>
    tolerance > 0 ? worst / tolerance : passed ? 0 : Infinity
  );
  const passed = skipped !== undefined || (checks.length > 0 && checks.every((check) => check.passed));
  return { name, checks, skipped, worstShare: Math.max(0, ...shares), passed };
}

/** The outcome of a check that threw. */
export function brokenResult(name: string, error: unknown): GoldenResult {
  return goldenResult(name, [{
    name: "run",
    worst: Infinity,
    tolerance: 0,
    passed: false,
    detail: String(error),
  }]);
}
