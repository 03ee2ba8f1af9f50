import type { Plan } from "../engine/mod.ts";
import type { KernelCase, Pass, PreparedCase, Sizes } from "./kernel_case.ts";

/** Operations, bytes and dispatches. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
  readonly dispatches: number;
}

/** What the kernels of a pass do by their own cost models; those that return at once do nothing. */
export function workOf(
  { dispatches: recorded }: Pick<Plan, "dispatches">,
  pass: Pass,
  idle: ReadonlySet<number> = new Set(),
): Work {
  const dispatches = recorded.filter((_, k) => !idle.has(k));
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

/** What the operation itself needs in a pass. */
export interface NeededWork {
  readonly flops: number;
  /** Every input and every result once, whatever kernels keep between. */
  readonly bytes: number;
}

/**
 * What an operation needs: bytes of its inputs and results once each, and the operations that its float64 reference does,
 * where those are fewer than its kernels do.
 */
export function neededWork(
  { flops }: Pick<KernelCase, "flops">,
  sizes: Sizes,
  { plan, inputs, results }: Pick<PreparedCase, "plan" | "inputs" | "results">,
  pass: Pass,
  idle: ReadonlySet<number>,
): NeededWork {
  const [done, whole] = [workOf(plan, pass, idle), workOf(plan, "both", idle)];
  const share = flops ? Math.min(1, flops(sizes, inputs) / whole.flops) : 1;
  const given = (upstream: boolean) =>
    Object.entries(inputs).filter(([name]) => upstream || name !== "upstream")
      .reduce((sum, [, { values }]) => sum + values.byteLength, 0);
  const left = (of: "forward" | "backward") =>
    results.filter((result) => result.pass === of).reduce((sum, { length }) => sum + 4 * length, 0);
  const bytes = { forward: given(false) + left("forward"), backward: given(true) + left("backward") };
  const both = bytes.forward + (results.some(({ pass }) => pass === "backward") ? bytes.backward : 0);
  return { flops: share * done.flops, bytes: pass === "both" ? both : bytes[pass] };
}
