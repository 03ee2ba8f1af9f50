import type { AdapterClass } from "../engine/mod.ts";
import { type Fit, fitSweep } from "./fit_exponent.ts";
import type { KernelCase, Sizes } from "./kernel_case.ts";
import { plannedPoints, plannedVariants, type SweepChoice } from "./kernel_plan.ts";
import type { KernelRow, RefusedRow } from "./kernel_row.ts";
import type { Canary } from "./roofline/canary.ts";
import type { Roofline } from "./roofline/roofline.ts";
import { type KernelResult, runKernelCase } from "./run_kernel_case.ts";
import { suite } from "./suite.ts";

/** What `bench kernels` measures, and how long a variant may take. */
export interface KernelsRun extends SweepChoice {
  readonly cases: readonly { readonly kernel: KernelCase; readonly sizes: Sizes }[];
  readonly variants?: readonly string[];
  readonly full?: boolean;
  /** Every variant twice: without and with subgroup operations. */
  readonly subgroups?: boolean;
  /** The size that those are held to, for the rows' names. */
  readonly subgroupSize?: number;
  readonly adapterClass: AdapterClass;
  readonly seed: number;
  readonly repeats?: number;
  readonly roofline?: Roofline;
  readonly canary?: Canary;
  /** Called after every kernel and size. */
  readonly onResult?: (result: KernelResult) => void;
  /** Called after every sweep. */
  readonly onFits?: (fits: readonly Fit[]) => void;
}

/** Measures kernels one after the other, over their sweeps where asked; slow twins are left to `full` in sweeps. */
export async function runKernels(gpu: GPU, run: KernelsRun) {
  const rows: KernelRow[] = [];
  const refused: RefusedRow[] = [];
  const fits: Fit[] = [];
  for (const { kernel, sizes } of run.cases) {
    const entry = suite[kernel.name] ?? {};
    const asked = run.variants?.filter((name) => kernel.variants.includes(name));
    const variants = plannedVariants(kernel, entry, run.adapterClass, { asked, full: run.full });
    const rates = new Map<string, number>();
    const points = plannedPoints(sizes, entry, run);
    const elsewhere = new Set<string>();
    const sweeping = run.sweep !== undefined;
    for (const [axis, members] of Map.groupBy(points, (point) => point.axis ?? "")) {
      const swept: KernelRow[] = [];
      for (const point of members) {
        const result = await runKernelCase(gpu, kernel, {
          sizes: point.sizes,
          variants,
          seed: run.seed,
          repeats: run.repeats,
          subgroups: run.subgroups,
          budgetMs: sweeping ? 250 : 400,
          subgroupSize: run.subgroupSize,
          roofline: run.roofline,
          mostMs: sweeping && !run.full ? 3_000 : Infinity,
          rates,
          canary: run.canary,
          elsewhere,
        });
        swept.push(...result.rows);
        rows.push(...result.rows);
        refused.push(...result.refused);
        run.onResult?.(result);
      }
      if (axis === "") continue;
      const found = fitSweep(swept, axis, sizes[axis]);
      fits.push(...found);
      run.onFits?.(found);
    }
  }
  return { rows, refused, fits };
}
