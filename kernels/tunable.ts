import type { Uniforms } from "./descriptor.ts";

/**
 * A choice that a tuner may make in the place of the rule by adapter class: a parameter of a kernel, or which of its
 * variants runs. Every candidate computes the same within rounding.
 */
export interface Tunable<Value extends string | number> {
  /** Kernel and parameter, as in "matmul.variant". */
  readonly name: string;
  /** What may be chosen. */
  readonly candidates: readonly Value[];
  /** Names the shapes that share a choice. */
  shapeClass(sizes: Uniforms): string;
}

/** The power of two at or above a size: shapes within a factor of two are tuned together. */
export function sizeClass(size: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, size)));
}
