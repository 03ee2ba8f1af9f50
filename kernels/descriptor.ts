/** Sizes and scalars of one dispatch: the fields of the kernel's `Params` struct, by name. */
export type Uniforms = Readonly<Record<string, number>>;

/** Number of workgroups along x, y, z. */
export type Grid = readonly [number, number, number];

/** Which kind of machine a variant is meant for: a software driver never decides what a GPU runs. */
export type AdapterClass = "gpu" | "software";

/**
 * A compute kernel: its WGSL, how many workgroups it needs and what it costs.
 *
 * Bindings and uniforms are declared once, in the WGSL: the engine reads them from the text. A kernel's
 * storage buffers are `@group(0) @binding(k) var<storage, read|read_write> NAME`, its sizes the struct `Params`
 * bound as `params`, and a kernel that needs the step counter or the learning rate binds `step`.
 */
export interface Kernel {
  /** Unique; what labels, profiles and messages call it. */
  readonly name: string;
  /** WGSL with one entry point called `main`. */
  readonly code: string;
  /** Values of `override` constants. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Workgroups to dispatch for given sizes. */
  readonly workgroups: (uniforms: Uniforms) => Grid;
  /** Floating-point operations of one dispatch. */
  readonly flops: (uniforms: Uniforms) => number;
  /** Bytes that must cross memory at least once. */
  readonly bytes: (uniforms: Uniforms) => number;
  /**
   * Most loop iterations of one invocation, all its loops together (`loop` counts them); a loop whose length lies in data
   * counts as long as the sizes allow. Some drivers leave an invocation's loops after so many without a word: the engine
   * compares this with what the adapter was seen to run, and refuses.
   */
  readonly iterations: (uniforms: Uniforms) => number;
}

/** WebGPU's limit of workgroups along one dimension, which every adapter has at least. */
export const maxGridDimension = 65_535;

/** Workgroups for `count` units of `perGroup` each, folded into y where x alone would exceed the limit. */
export function linearGrid(count: number, perGroup: number): Grid {
  const groups = Math.max(1, Math.ceil(count / perGroup));
  if (groups <= maxGridDimension) return [groups, 1, 1];
  const rows = Math.ceil(groups / maxGridDimension);
  return [Math.ceil(groups / rows), rows, 1];
}

/**
 * Iterations of a loop of `count` turns (rounded up) with loops of `inner` iterations in each: the turn in which a loop is
 * left counts as well, as it does for drivers that count.
 */
export function loop(count: number, inner = 0): number {
  return Math.ceil(count) * (1 + inner) + 1;
}

/** The same kernel with other `override` values, under its own name. */
export function specialise(kernel: Kernel, constants: Readonly<Record<string, number>>): Kernel {
  return { ...kernel, constants: { ...kernel.constants, ...constants } };
}
