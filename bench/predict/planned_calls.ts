import type { Dispatch } from "../../engine/mod.ts";
import { alternatives } from "../idle_dispatches.ts";
import { specialisationOf } from "../lens/all_kernels.ts";

/** Dispatches of a step that are alike to a machine: one kernel in one specialisation, grid and size. */
export interface PlannedCall {
  readonly kernel: string;
  readonly specialisation: string;
  readonly calls: number;
  /** Of one dispatch, all dimensions together. */
  readonly workgroups: number;
  readonly threads: number;
  /** Of one dispatch, by the kernel's cost model. */
  readonly flops: number;
  readonly bytes: number;
}

/**
 * The dispatches of a step, alike ones together. Of two forms between which the device decides the first is taken to
 * work, which is the factorised one, and the second to return at once.
 */
export function plannedCalls(dispatches: readonly Dispatch[]): PlannedCall[] {
  const found = new Map<string, PlannedCall>();
  for (const [k, { kernel, uniforms }] of dispatches.entries()) {
    const idle = k > 0 && alternatives(dispatches[k - 1], dispatches[k]);
    const [x, y, z] = kernel.workgroups(uniforms);
    const call: PlannedCall = {
      kernel: kernel.name,
      specialisation: specialisationOf(kernel),
      calls: 1,
      workgroups: x * y * z,
      threads: threadsOf(kernel.code),
      flops: idle ? 0 : kernel.flops(uniforms),
      bytes: idle ? 0 : kernel.bytes(uniforms),
    };
    const key = JSON.stringify({ ...call, calls: 0 });
    found.set(key, { ...call, calls: 1 + (found.get(key)?.calls ?? 0) });
  }
  return [...found.values()];
}

/** Threads of a workgroup, as the text says; constants of the text are looked up in it. */
export function threadsOf(code: string): number {
  const sizes = /@workgroup_size\(([^)]*)\)/.exec(code)?.[1].split(",") ?? [];
  const numbers = sizes.map((size) => size.trim()).filter((size) => size !== "").map((size) => {
    if (/^\d+u?$/.test(size)) return parseInt(size);
    const value = new RegExp(`\\b(?:const|override)\\s+${size}\\b[^=;]*=\\s*(\\d+)`).exec(code)?.[1];
    if (value === undefined) throw new Error(`the text does not say what ${size} is`);
    return Number(value);
  });
  return numbers.reduce((product, size) => product * size, 1);
}
