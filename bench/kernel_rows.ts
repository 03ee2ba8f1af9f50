import type { KernelCase, Pass } from "./kernel_case.ts";
import type { KernelRow } from "./kernel_row.ts";
import type { KernelRun } from "./kernel_run.ts";
import { clockOf, timerOf } from "./measure.ts";
import { pairedRatio } from "./paired_ratio.ts";
import type { Contender } from "./race.ts";
import { placed } from "./placed.ts";
import { quantile } from "./statistics.ts";
import { neededWork, workOf } from "./work.ts";

const passes: readonly Pass[] = ["forward", "backward", "both"];

/** The rows of a race: every contender in every pass that it was timed in. */
export function kernelRows(
  kernel: KernelCase,
  run: KernelRun,
  contenders: readonly Contender[],
): KernelRow[] {
  const naive = contenders.find(({ variant }) => variant === "naive");
  return contenders.flatMap((contender) =>
    passes.flatMap((pass) => row(kernel, run, contenders[0], naive, contender, pass))
  );
}

function row(
  kernel: KernelCase,
  run: KernelRun,
  first: Contender,
  naive: Contender | undefined,
  contender: Contender,
  pass: Pass,
): KernelRow[] {
  const { engine, errors, prepared, cold } = contender;
  const repeats = contender.repeats.filter(({ times }) => times[pass] !== undefined);
  if (repeats.length === 0) return [];
  const times = repeats.map(({ times }) => times[pass]!);
  const works = repeats.map(({ work }) => work[pass] ?? NaN);
  // Without timestamp queries there is no pass but both.
  const units = run.canary ? repeats.map(({ unit }, k) => works[k] / unit!.work) : [];
  const median = quantile(times, 0.5);
  const work = workOf(prepared.plan, pass, contender.idle);
  const needed = neededWork(kernel, run.sizes, prepared, pass, contender.idle);
  const rates = { gflops: needed.flops / (1e6 * median), gbs: needed.bytes / (1e6 * median) };
  const done = { gflops: work.flops / (1e6 * median), gbs: work.bytes / (1e6 * median) };
  const canary = run.canary ? quantile(repeats.map(({ unit }) => unit!.ms), 0.5) : null;
  const half = Math.ceil(times.length / 2);
  // Of what is quoted, that is of times by the clock.
  const steady = run.canary ? repeats.map(({ unit }, k) => times[k] / unit!.ms) : times;
  const chilled = cold.flatMap((times) => times[pass] ?? []);
  const twin = naive && pairedRatio(repeats, naive.repeats, pass);
  const other = contender === first ? null : pairedRatio(first.repeats, repeats, pass);
  return [{
    kernel: kernel.name,
    variant: contender.variant,
    pass,
    sizes: run.sizes,
    adapter: engine.device.description,
    timer: timerOf(engine),
    repeats: times.length,
    samples_ms: times.map((time) => Math.round(1e4 * time) / 1e4),
    samples_canary: units.map((value) => Number(value.toPrecision(5))),
    canary_clock: clockOf(engine),
    processor_ms: clockOf(engine) === "processors" ? quantile(works, 0.5) : null,
    canary_ms: canary,
    warmups: contender.warmups,
    stopped: contender.stopped ?? "repeats done",
    ms_median: median,
    ms_min: Math.min(...times),
    ms_spread: times.length < 2 ? null : quantile(times, 0.75) - quantile(times, 0.25),
    ms_cold: chilled.length > 0 ? quantile(chilled, 0.5) : null,
    ...rates,
    gflops_done: done.gflops,
    gbs_done: done.gbs,
    intensity: needed.flops / needed.bytes,
    ...placed({ ...rates, gflops_done: done.gflops, gbs_done: done.gbs, canary_ms: canary }, run.roofline),
    speedup_vs_naive: naive ? twin?.ratio ?? speedup(naive, median, pass) : null,
    speedup_interval: twin ? [twin.low, twin.high] : null,
    vs_first: other && { ratio: other.ratio, low: other.low, high: other.high },
    max_rel_error: pass === "both" ? Math.max(errors.forward, errors.backward) : errors[pass],
    peak_bytes: engine.device.memory.peak,
    dispatches: workOf(prepared.plan, pass).dispatches,
    compile_ms: Math.max(
      0,
      contender.firstMs - quantile(contender.repeats.map(({ times }) => times.both!), 0.5),
    ),
    host_us_per_dispatch: pass === "both" ? contender.hostMicroseconds : null,
    drift: quantile(steady.slice(-half), 0.5) / quantile(steady.slice(0, half), 0.5),
  }];
}

/** Ratio of medians, where too few rounds are shared for pairs. */
function speedup(naive: Contender, median: number, pass: Pass): number | null {
  const times = naive.repeats.flatMap(({ times }) => times[pass] ?? []);
  return times.length > 0 ? quantile(times, 0.5) / median : null;
}
