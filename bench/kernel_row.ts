import type { Pass, Sizes } from "./kernel_case.ts";
import type { Clock, Timer } from "./measure.ts";

/** One line of the kernel benchmark: a variant of a kernel in one pass, at some sizes. Names as in the JSON. */
export interface KernelRow {
  readonly kernel: string;
  readonly variant: string;
  readonly pass: Pass;
  readonly sizes: Sizes;
  readonly adapter: string;
  readonly timer: Timer;
  readonly repeats: number;
  /** Every repeat, in the order in which they ran, rounded to 0.1 us: what `compare` draws from. */
  readonly samples_ms: readonly number[];
  /** The same in canary units: what 10^9 multiply-adds in registers cost at that moment is 1; empty without a canary. */
  readonly samples_canary: readonly number[];
  /** What those units count: the device's time, or on software drivers the time of all processors. */
  readonly canary_clock: Clock;
  /** Median milliseconds that all processors together spent; null on a GPU. */
  readonly processor_ms: number | null;
  /** Median milliseconds of that unit beside these repeats; null without a canary. */
  readonly canary_ms: number | null;
  /** Untimed repeats until it got no faster. */
  readonly warmups: number;
  /** Why its repeats ended: "low noise", "budget spent" or "repeats done". */
  readonly stopped: string;
  readonly ms_median: number;
  readonly ms_min: number;
  /** Distance of the quartiles; null of one repeat. */
  readonly ms_spread: number | null;
  /** Median of repeats after a fill larger than the last cache; null where none ran. */
  readonly ms_cold: number | null;
  /** Rates of what the operation needs: the operations of its reference, every input and result once. */
  readonly gflops: number;
  readonly gbs: number;
  /** Rates of what its kernels did, by their own cost models: more where they pack, pad or compute again. */
  readonly gflops_done: number | null;
  readonly gbs_done: number | null;
  /** Operations a byte that the operation needs: where on the roofline it stands. */
  readonly intensity: number;
  /** Least time that the measured ceilings allow for what the operation needs, over the time taken; null without ceilings. */
  readonly roofline_share: number | null;
  /** Why this row cannot be, in one clause; null where it can. Such a row is quoted nowhere. */
  readonly flag: string | null;
  /** The naive variant's time over this one's, by the rounds that both ran in; null where naive did not run. */
  readonly speedup_vs_naive: number | null;
  /** Its 99 % interval; null when they share fewer than five rounds. */
  readonly speedup_interval: readonly [number, number] | null;
  /** This variant's time over the first's, by rounds, with its 99 % interval; null for the first and of few rounds. */
  readonly vs_first: { readonly ratio: number; readonly low: number; readonly high: number } | null;
  /** Against float64 on this run's random inputs, over the largest magnitude. */
  readonly max_rel_error: number;
  /** All device buffers of a process that runs only this: inputs, outputs, gradients, workspace. */
  readonly peak_bytes: number;
  readonly dispatches: number;
  /** Pipelines and first run, less a steady one: paid once a process, or once a machine where the driver caches. */
  readonly compile_ms: number;
  /** Host microseconds a dispatch of a replay on an idle queue; null for single passes and slow variants. */
  readonly host_us_per_dispatch: number | null;
  /** Median of the second half of the repeats over the first's, both over what the canary took beside them where there is one: far from 1 means that the machine was busy. */
  readonly drift: number;
}

/** A variant that gave no time: a wrong result, or not run at these sizes. */
export interface RefusedRow {
  readonly kernel: string;
  readonly variant: string;
  readonly sizes: Sizes;
  readonly adapter: string;
  /** Null when it was not run. */
  readonly max_rel_error: number | null;
  readonly reason: string;
}

/** Whether a row is missing because it was wrong or failed, rather than because nobody asks for it at these sizes. */
export function isWrong({ max_rel_error, adapter }: Pick<RefusedRow, "max_rel_error" | "adapter">): boolean {
  return max_rel_error !== null || adapter !== "";
}
