import type { KernelCase, Sizes } from "../kernel_case.ts";
import { runKernelCase } from "../run_kernel_case.ts";
import type { ReproducedLine } from "./reproduction.ts";

/** Two variants of a kernel to measure against each other. */
export interface MeasuredPair {
  readonly kernel: KernelCase;
  /** Kept whole in memory, the form that a published cost table warns of. */
  readonly materialised: string;
  /** What the product runs. */
  readonly fused: string;
  /** What both are called in front of the sizes, such as "CSG2A block, tiled materialised over closed". */
  readonly what: string;
  readonly genes: readonly number[];
  readonly batches: readonly number[];
  /** What the published cost model says of these sizes, in a few words. */
  costModel?(sizes: Sizes): string;
}

/** Time and peak memory of the one over the other, by genes and batch; both are checked against float64 first. */
export async function measuredLines(gpu: GPU, pair: MeasuredPair): Promise<ReproducedLine[]> {
  const { kernel, materialised, fused, what, costModel } = pair;
  const lines: ReproducedLine[] = [];
  for (const genes of pair.genes) {
    for (const batch of pair.batches) {
      const sizes = { ...kernel.sizes, genes, batch };
      const variants = [materialised, fused];
      const { rows, refused } = await runKernelCase(gpu, kernel, {
        sizes,
        variants,
        seed: 1,
        budgetMs: 300,
      });
      const failed = refused.map(({ variant, reason }) => `${variant}: ${reason}`).join("; ");
      const [whole, own] = variants.map((name) =>
        rows.find(({ variant, pass }) => variant === name && pass === "both")
      );
      const line = (
        quantity: string,
        unit: string,
        of: (row: typeof rows[number]) => number,
        model?: string,
      ) => {
        const values = whole && own ? [of(whole), of(own)] as const : undefined;
        const compared = values &&
          `${values.map((value) => Number(value.toPrecision(3))).join(" against ")} ${unit}`;
        return {
          what: `measured ${quantity}, ${what}, ${genes} genes, batch ${batch}`,
          published: null,
          here: values ? values[0] / values[1] : null,
          unit: "x",
          note: [compared ?? failed, ...(model ? [model] : [])].join("; "),
        };
      };
      lines.push(
        line("time", "ms", ({ ms_median }) => ms_median),
        line("peak memory", "MB", ({ peak_bytes }) => peak_bytes / 1e6, costModel?.(sizes)),
      );
    }
  }
  return lines;
}
