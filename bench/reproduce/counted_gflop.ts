import type { Phase, Step } from "../../engine/mod.ts";

/** GFLOP that the kernels of a recorded step count in one phase; nothing is run for it. */
export function countedGflop({ dispatches }: Pick<Step, "dispatches">, phase: Phase): number {
  return dispatches.filter((dispatch) => dispatch.phase === phase)
    .reduce((total, { kernel, uniforms }) => total + kernel.flops(uniforms), 0) / 1e9;
}
