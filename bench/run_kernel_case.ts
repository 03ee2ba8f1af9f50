import type { KernelCase } from "./kernel_case.ts";
import type { KernelRow, RefusedRow } from "./kernel_row.ts";
import { kernelRows } from "./kernel_rows.ts";
import type { KernelRun } from "./kernel_run.ts";
import { type Contender, enter, Expectations, race } from "./race.ts";
import { quantile } from "./statistics.ts";
import { workOf } from "./work.ts";

/** Rows with times, and rows that have none. */
export interface KernelResult {
  readonly rows: readonly KernelRow[];
  readonly refused: readonly RefusedRow[];
}

/**
 * Measures the variants of one kernel: each on a device of its own (so that memory is its own), checked against
 * float64 before, while and after it is timed, and timed in turn with the others, so that a busy machine slows all alike.
 */
export async function runKernelCase(gpu: GPU, kernel: KernelCase, run: KernelRun): Promise<KernelResult> {
  const entered: Contender[] = [];
  const refused: RefusedRow[] = [];
  const expectations = new Expectations(run.seed);
  const refuse = (variant: string, why: Pick<RefusedRow, "adapter" | "max_rel_error" | "reason">) =>
    refused.push({ kernel: kernel.name, variant, sizes: run.sizes, ...why });
  try {
    const features = new Set<string>(
      (await gpu.requestAdapter({ powerPreference: "high-performance" }))?.features ?? [],
    );
    const forms = run.subgroups ? [false, true] : [undefined];
    for (const name of run.variants) {
      for (const subgroups of forms) {
        const variant = subgroups
          ? `${name}, subgroups${run.subgroupSize ? ` of ${run.subgroupSize}` : ""}`
          : name;
        const skipped = kernel.skip?.(name, run.sizes, features);
        if (skipped) refuse(variant, { adapter: "", max_rel_error: null, reason: skipped });
        else {
          run.onStage?.(variant, "checking");
          const contender = await enter(gpu, kernel, { name, variant, subgroups }, run, expectations);
          if ("reason" in contender) refuse(variant, contender);
          else entered.push(contender);
        }
      }
    }
    await race(entered, kernel, run, expectations, run.canary);
    const right = entered.filter(({ wrong }) => !wrong);
    for (const { variant, wrong, engine } of entered) {
      if (!wrong) continue;
      refuse(variant, {
        adapter: engine.device.description,
        max_rel_error: wrong.error,
        reason: wrong.reason,
      });
    }
    for (const { variant, prepared, repeats, idle } of right) {
      const ms = quantile(repeats.map(({ times }) => times.both!), 0.5);
      const rate = workOf(prepared.plan, "both", idle).flops / (1e6 * ms);
      run.rates?.set(variant, Math.max(rate, run.rates.get(variant) ?? 0));
    }
    return { rows: kernelRows(kernel, run, right), refused };
  } finally {
    for (const { engine, prepared, scrub } of entered) {
      prepared.dispose?.();
      scrub.dispose();
      engine.dispose();
    }
  }
}
