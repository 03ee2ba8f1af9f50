import type { Sizes } from "./kernel_case.ts";
import type { Canary } from "./roofline/canary.ts";
import type { Roofline } from "./roofline/roofline.ts";

/** What is being done with a variant: it is compared with float64, or so many repeats have been timed. */
export type Stage = "checking" | number;

/** How a kernel is measured. */
export interface KernelRun {
  readonly sizes: Sizes;
  readonly variants: readonly string[];
  readonly seed: number;
  /** Repeats a variant; otherwise until the noise is low or `budgetMs` is spent. */
  readonly repeats?: number;
  readonly budgetMs: number;
  readonly roofline?: Roofline;
  /** Read beside every repeat. */
  readonly canary?: Canary;
  /** Measures every variant twice: without and with subgroup operations. */
  readonly subgroups?: boolean;
  /** The size that those are held to, for the rows' names; by the driver's choice where absent. */
  readonly subgroupSize?: number;
  /** A variant that is expected to take longer than this is not run; no limit by default. */
  readonly mostMs?: number;
  /** Best rates seen so far by variant, GFLOP/s, from which that is expected; what is measured is added. */
  readonly rates?: Map<string, number>;
  /** Variants that were found right at sizes drawn at random, which each is checked at once; none are where absent. */
  readonly elsewhere?: Set<string>;
  /** Told what is being done with a variant, for those who watch. */
  readonly onStage?: (variant: string, stage: Stage) => void;
}
