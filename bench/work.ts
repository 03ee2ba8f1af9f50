import type { Plan } from "../engine/mod.ts";
import type { Pass } from "./kernel_case.ts";

/** Operations, bytes and dispatches. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
  readonly dispatches: number;
}

/** What the kernels of a pass do by their own cost models. */
export function workOf({ dispatches }: Pick<Plan, "dispatches">, pass: Pass): Work {
  // An optimiser is timed alone, whatever gave it its gradients.
  const update = dispatches.filter(({ phase }) => phase === "update");
  const both = update.length > 0 ? update : dispatches;
  const counted = pass === "both" ? both : dispatches.filter(({ phase }) => phase === pass);
  return counted.reduce((sum, { kernel, uniforms }) => ({
    flops: sum.flops + kernel.flops(uniforms),
    bytes: sum.bytes + kernel.bytes(uniforms),
    dispatches: sum.dispatches + 1,
  }), { flops: 0, bytes: 0, dispatches: 0 });
}
