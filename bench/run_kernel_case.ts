import { Engine, type Phase } from "../engine/mod.ts";
import type { KernelCase, Pass, PreparedCase, Sizes } from "./kernel_case.ts";
import type { KernelRow, RefusedRow } from "./kernel_row.ts";
import { hostMicroseconds, type PassTimes, timeReplay, timerOf } from "./measure.ts";
import { RandomValues } from "../testing/random_values.ts";
import { type Roofline, rooflineShare } from "./roofline/roofline.ts";
import { quantile } from "./statistics.ts";

/** How a kernel is measured. */
export interface KernelRun {
  readonly sizes: Sizes;
  readonly variants: readonly string[];
  readonly seed: number;
  /** Repeats a variant; otherwise as many as fit `budgetMs`, at most 30. */
  readonly repeats?: number;
  readonly budgetMs: number;
  readonly roofline?: Roofline;
  /** Measures every variant twice: without and with subgroup operations. */
  readonly subgroups?: boolean;
  /** A variant that is expected to take longer than this is not run; no limit by default. */
  readonly mostMs?: number;
  /** Best rates seen so far by variant, GFLOP/s, from which that is expected; what is measured is added. */
  readonly rates?: Map<string, number>;
}

/** Rows with times, and rows that have none. */
export interface KernelResult {
  readonly rows: readonly KernelRow[];
  readonly refused: readonly RefusedRow[];
}

/** Largest error against float64, relative to the largest magnitude, at which a result counts as right. */
export const tolerance = 2e-5;

interface Contender {
  readonly variant: string;
  readonly engine: Engine;
  readonly prepared: PreparedCase;
  readonly errors: { readonly forward: number; readonly backward: number };
  readonly firstMs: number;
  readonly hostMicroseconds: number | null;
  readonly repeats: number;
  readonly times: PassTimes[];
}

/**
 * Measures the variants of one kernel: each on a device of its own (so that memory is its own), checked against
 * float64 before anything is timed, then timed in turn, so that a busy machine slows all alike.
 */
export async function runKernelCase(gpu: GPU, kernel: KernelCase, run: KernelRun): Promise<KernelResult> {
  const contenders: Contender[] = [];
  const refused: RefusedRow[] = [];
  try {
    const features = new Set<string>(
      (await gpu.requestAdapter({ powerPreference: "high-performance" }))?.features ?? [],
    );
    const forms = run.subgroups ? [false, true] : [undefined];
    const entries = run.variants.flatMap((name) => forms.map((subgroups) => ({ name, subgroups })));
    for (const { name: base, subgroups } of entries) {
      const variant = subgroups ? `${base}, subgroups` : base;
      const reason = kernel.skip?.(base, run.sizes, features);
      const entered = reason ?? await enter(gpu, kernel, { name: base, variant, subgroups }, run);
      if (typeof entered !== "string" && "engine" in entered) contenders.push(entered);
      else {
        const name = { kernel: kernel.name, variant, sizes: run.sizes, adapter: "" };
        refused.push(
          typeof entered === "string"
            ? { ...name, max_rel_error: null, reason: entered }
            : { ...name, ...entered },
        );
      }
    }
    await race(contenders);
    for (const contender of contenders) {
      const rate = cost(contender, "both").flops / (1e6 * quantile(passTimes(contender, "both"), 0.5));
      run.rates?.set(contender.variant, Math.max(rate, run.rates.get(contender.variant) ?? 0));
    }
    return { rows: rowsOf(kernel, run, contenders), refused };
  } finally {
    for (const { engine, prepared } of contenders) {
      prepared.dispose?.();
      engine.dispose();
    }
  }
}

/** Prepares and checks a variant; a wrong result, or a failure of the device, is told instead of timed. */
async function enter(
  gpu: GPU,
  kernel: KernelCase,
  { name, variant, subgroups }: { name: string; variant: string; subgroups?: boolean },
  { sizes, seed, repeats, budgetMs, mostMs = Infinity, rates }: KernelRun,
): Promise<Contender | string | Pick<RefusedRow, "adapter" | "max_rel_error" | "reason">> {
  const engine = await Engine.open(gpu, { subgroups });
  const adapter = engine.device.description;
  try {
    const prepared = await kernel.prepare(engine, name, sizes, new RandomValues(seed));
    const formed = prepared.plan.dispatches.some(({ kernel: { code }, compiled }) => compiled.code !== code);
    if (subgroups && !formed) {
      prepared.dispose?.();
      engine.dispose();
      return "none of its kernels has a form with subgroup operations";
    }
    const expected = cost({ prepared }, "both").flops / (1e6 * (rates?.get(variant) ?? Infinity));
    if (expected > mostMs) {
      prepared.dispose?.();
      engine.dispose();
      return `would take about ${Math.round(expected / 1000)} s here; --full runs it`;
    }
    const started = performance.now();
    prepared.plan.replay(new Map(), prepared.values ?? engine.still);
    await engine.device.idle();
    const firstMs = engine.device.compileMs + performance.now() - started;
    const errors = await prepared.errors();
    const worst = Math.max(errors.forward, errors.backward);
    const allowed = kernel.tolerances?.[name] ?? tolerance;
    if (!(worst <= allowed)) {
      engine.dispose();
      const reason = `wrong result: off by ${
        worst.toExponential(1)
      } of the largest value, ${allowed} allowed`;
      return { adapter, max_rel_error: worst, reason };
    }
    // A slow variant is not run a third time only to look at the host.
    const slow = performance.now() - started > 5 * budgetMs;
    const host = slow ? null : await hostMicroseconds(engine, prepared.plan, prepared.values);
    const first = await timeReplay(engine, prepared.plan, prepared.values);
    const fitting = Math.min(30, Math.max(slow ? 1 : 2, Math.round(budgetMs / Math.max(first.both!, 1))));
    return {
      variant,
      engine,
      prepared,
      errors,
      firstMs,
      hostMicroseconds: host,
      repeats: repeats ?? fitting,
      times: [first],
    };
  } catch (error) {
    engine.dispose();
    return { adapter, max_rel_error: null, reason: (error as Error).message };
  }
}

/** Interleaves the repeats of all, spread evenly over the whole run. */
async function race(contenders: readonly Contender[]): Promise<void> {
  const rounds = Math.max(0, ...contenders.map(({ repeats }) => repeats));
  for (let round = 0; round < rounds; round++) {
    for (const { engine, prepared, repeats, times } of contenders) {
      const due = Math.ceil(((round + 1) * repeats) / rounds);
      while (times.length < due) times.push(await timeReplay(engine, prepared.plan, prepared.values));
    }
  }
}

const passes: readonly Pass[] = ["forward", "backward", "both"];

function rowsOf(kernel: KernelCase, run: KernelRun, contenders: readonly Contender[]): KernelRow[] {
  const naive = contenders.find(({ variant }) => variant === "naive");
  return contenders.flatMap((contender) =>
    passes.flatMap((pass): KernelRow[] => {
      const times = passTimes(contender, pass);
      if (times.length === 0) return [];
      const { engine, errors } = contender;
      const median = quantile(times, 0.5);
      const counts = cost(contender, pass);
      const gflops = counts.flops / (1e6 * median);
      const gbs = counts.bytes / (1e6 * median);
      const half = Math.ceil(times.length / 2);
      return [{
        kernel: kernel.name,
        variant: contender.variant,
        pass,
        sizes: run.sizes,
        adapter: engine.device.description,
        timer: timerOf(engine),
        repeats: times.length,
        samples_ms: times.map((time) => Math.round(1e4 * time) / 1e4),
        ms_median: median,
        ms_min: Math.min(...times),
        ms_spread: quantile(times, 0.75) - quantile(times, 0.25),
        gflops,
        gbs,
        intensity: counts.flops / counts.bytes,
        roofline_share: run.roofline ? rooflineShare({ gflops, gbs }, run.roofline) : null,
        speedup_vs_naive: naive && passTimes(naive, pass).length > 0
          ? quantile(passTimes(naive, pass), 0.5) / median
          : null,
        max_rel_error: pass === "both" ? Math.max(errors.forward, errors.backward) : errors[pass],
        peak_bytes: engine.device.memory.peak,
        dispatches: counts.dispatches,
        compile_ms: Math.max(0, contender.firstMs - quantile(passTimes(contender, "both"), 0.5)),
        host_us_per_dispatch: pass === "both" ? contender.hostMicroseconds : null,
        drift: quantile(times.slice(-half), 0.5) / quantile(times.slice(0, half), 0.5),
      }];
    })
  );
}

function passTimes({ times }: Contender, pass: Pass): number[] {
  return times.map((time) => time[pass]).filter((time) => time !== undefined);
}

/** Operations, least bytes and dispatches of a pass. */
function cost({ prepared: { plan } }: Pick<Contender, "prepared">, pass: Pass) {
  const counted: readonly Phase[] = pass === "both" ? ["forward", "backward"] : [pass];
  const dispatches = plan.dispatches.filter(({ phase }) => counted.includes(phase));
  const sum = (of: (dispatch: typeof dispatches[number]) => number) =>
    dispatches.reduce((total, dispatch) => total + of(dispatch), 0);
  return {
    flops: sum(({ kernel, uniforms }) => kernel.flops(uniforms)),
    bytes: sum(({ kernel, uniforms }) => kernel.bytes(uniforms)),
    dispatches: dispatches.length,
  };
}
