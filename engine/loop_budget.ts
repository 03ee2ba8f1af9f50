import code from "./loop_budget.wgsl" with { type: "text" };
import { probe } from "./probe.ts";
import { adapterIdentity } from "./tuning.ts";

/** Iterations that the probe asks for; an adapter that runs them all is taken to run these and no more. */
export const probedIterations = 1 << 18;

const known = new Map<string, Promise<number>>();

/**
 * How many loop iterations of one invocation an adapter is known to run, counted as `Kernel.iterations` counts: those of a
 * loop of `probedIterations`, or of a shorter one where a driver stops before its end. llvmpipe of Mesa 22.3.6 runs 65,536,
 * all loops together and with the turns in which a loop is left, and then goes on behind the loop without an error. One small
 * dispatch, once a process and adapter; waits for it.
 */
export function loopBudget(device: GPUDevice, info: GPUAdapterInfo): Promise<number> {
  const identity = adapterIdentity(info);
  let budget = known.get(identity);
  if (!budget) {
    const asked = new Uint32Array([probedIterations, 1, 0, 0]);
    budget = probe(device, "loop budget", code, 16, asked).then(([count]) => count + 1);
    known.set(identity, budget);
    budget.catch(() => known.delete(identity));
  }
  return budget;
}
