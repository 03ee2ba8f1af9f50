import type { KernelRow } from "../kernel_row.ts";
import { quantile } from "../statistics.ts";
import type { ModelRow } from "./model_row.ts";

/** A model's row as `compare` reads rows: the model for a kernel, its scale and pass for a variant; rules and a tuner's table compare. */
export function comparableRow(row: ModelRow): KernelRow {
  const { samples_ms, samples_canary } = row;
  const steady = samples_canary.length > 0 ? samples_canary : samples_ms;
  const half = Math.ceil(steady.length / 2);
  const drift = quantile(steady.slice(-half), 0.5) / quantile(steady.slice(0, half), 0.5);
  return {
    kernel: `model ${row.model}`,
    variant: `${row.scale} ${row.pass}`,
    pass: "both",
    sizes: row.sizes,
    adapter: row.adapter,
    timer: "wall clock",
    repeats: row.repeats,
    samples_ms,
    samples_canary,
    canary_clock: row.canary_clock,
    processor_ms: null,
    canary_ms: null,
    warmups: 0,
    stopped: "repeats done",
    ms_median: row.ms_step,
    ms_min: samples_ms.length > 0 ? Math.min(...samples_ms) : row.ms_step,
    ms_spread: null,
    ms_cold: null,
    gflops: 0,
    gbs: 0,
    gflops_done: null,
    gbs_done: null,
    intensity: 0,
    roofline_share: null,
    flag: null,
    speedup_vs_naive: null,
    speedup_interval: null,
    vs_first: null,
    max_rel_error: 0,
    peak_bytes: row.peak_bytes,
    dispatches: row.dispatches,
    compile_ms: row.compile_ms,
    host_us_per_dispatch: row.host_us_per_dispatch,
    drift: Number.isFinite(drift) ? drift : 1,
  };
}
