import { Engine } from "../engine/mod.ts";
import { RandomValues } from "../testing/random_values.ts";
import { drawAnew } from "./judge/draw_anew.ts";
import {
  checkElsewhere,
  errorsOf,
  leftPoison,
  load,
  type PassErrors,
  replayScrubbed,
  tolerance,
  wrongResult,
} from "./judge/judge.ts";
import { Scrub } from "./judge/scrub.ts";
import type { HostInputs, KernelCase, PreparedCase } from "./kernel_case.ts";
import type { KernelRun } from "./kernel_run.ts";
import { idleDispatches } from "./idle_dispatches.ts";
import { hostMicroseconds, type PassTimes, timeReplay, timeWork } from "./measure.ts";
import type { Canary, CanaryReading } from "./roofline/canary.ts";
import { quantile } from "./statistics.ts";
import { workOf } from "./work.ts";

/** Why a variant's repeats ended. */
export type Stopped = "low noise" | "budget spent" | "repeats done";

/** One timed repeat. */
export interface Repeat {
  /** Round of the race: repeats of one round ran side by side on the same inputs. */
  readonly round: number;
  readonly times: PassTimes;
  /** By the clock that canary units count, see `clockOf`. */
  readonly work: PassTimes;
  /** What 10^9 multiply-adds in registers cost just before and just after: the mean. Undefined without a canary. */
  readonly unit: CanaryReading | undefined;
}

/** A variant that was found right and is timed. */
export interface Contender {
  readonly name: string;
  readonly variant: string;
  readonly engine: Engine;
  readonly prepared: PreparedCase;
  readonly scrub: Scrub;
  readonly firstMs: number;
  readonly hostMicroseconds: number | null;
  readonly slow: boolean;
  /** Dispatches that return at once. */
  readonly idle: ReadonlySet<number>;
  warmups: number;
  /** What the last of them took. */
  warmMs: number;
  errors: PassErrors;
  readonly repeats: Repeat[];
  readonly cold: PassTimes[];
  stopped: Stopped | undefined;
  /** What was found wrong while it was timed. */
  wrong?: { readonly error: number; readonly reason: string };
}

/** Most repeats of one variant. */
const mostRepeats = 30;

/** Fewer repeats than this say nothing of noise. */
export const fewestRepeats = 5;

/** Relative half width of the median's interval at which more repeats add nothing. */
const quiet = 0.01;

/** Float64 that one kernel's repeats may cost, in milliseconds; the first and the last are always compared. */
const comparingMs = 500;

/** Cold repeats, and those of variants that take longer than a third of the budget. */
const [coldRepeats, slowColdRepeats] = [5, 3];

/** The float64 results of every round, computed once for all variants. */
export class Expectations {
  readonly #rounds = new Map<number, { host: HostInputs; expected?: ReturnType<PreparedCase["expected"]> }>();
  /** Milliseconds of the slowest reference so far. */
  slowestMs = 0;
  spentMs = 0;

  constructor(readonly seed: number) {}

  /** Inputs of a round. */
  inputs(prepared: PreparedCase, round: number): HostInputs {
    for (const old of this.#rounds.keys()) if (old > 0 && old < round - 1) this.#rounds.delete(old);
    const known = this.#rounds.get(round) ?? { host: drawAnew(prepared, this.seed, round) };
    this.#rounds.set(round, known);
    return known.host;
  }

  /** What any variant must leave of them. */
  expected(prepared: PreparedCase, round: number): ReturnType<PreparedCase["expected"]> {
    const host = this.inputs(prepared, round);
    const known = this.#rounds.get(round)!;
    if (!known.expected) {
      const started = performance.now();
      known.expected = prepared.expected(host);
      const ms = performance.now() - started;
      this.slowestMs = Math.max(this.slowestMs, ms);
      this.spentMs += ms;
    }
    return known.expected;
  }

  /** Whether a round's results are known already, or may be computed within the budget. */
  affordable(round: number): boolean {
    return this.#rounds.get(round)?.expected !== undefined || this.spentMs + this.slowestMs < comparingMs;
  }
}

/** Prepares and checks a variant; a wrong result, or a failure of the device, is told instead of timed. */
export async function enter(
  gpu: GPU,
  kernel: KernelCase,
  { name, variant, subgroups }: { name: string; variant: string; subgroups?: boolean },
  { sizes, seed, budgetMs, mostMs = Infinity, rates, elsewhere }: KernelRun,
  expectations: Expectations,
): Promise<Contender | { adapter: string; max_rel_error: number | null; reason: string }> {
  const engine = await Engine.open(gpu, { subgroups });
  const adapter = engine.device.description;
  const scrub = new Scrub(engine);
  let prepared: PreparedCase | undefined;
  const refuse = (reason: string, error: number | null = null, where = adapter) => {
    prepared?.dispose?.();
    scrub.dispose();
    engine.dispose();
    return { adapter: where, max_rel_error: error, reason };
  };
  try {
    prepared = await kernel.prepare(engine, name, sizes, new RandomValues(seed));
    const formed = prepared.plan.dispatches.some(({ kernel: { code }, compiled }) => compiled.code !== code);
    if (subgroups && !formed) {
      return refuse("none of its kernels has a form with subgroup operations", null, "");
    }
    const expected = workOf(prepared.plan, "both").flops / (1e6 * (rates?.get(variant) ?? Infinity));
    if (expected > mostMs) {
      return refuse(`would take about ${Math.round(expected / 1000)} s here; --full runs it`, null, "");
    }
    const started = performance.now();
    replayScrubbed(engine, prepared, expectations.inputs(prepared, 0), scrub, 0);
    await engine.device.idle();
    const firstMs = engine.device.compileMs + performance.now() - started;
    const errors = await errorsOf(prepared, expectations.expected(prepared, 0));
    const worst = Math.max(errors.forward, errors.backward);
    const allowed = kernel.tolerances?.[name] ?? tolerance;
    if (!(worst <= allowed)) return refuse(wrongResult(worst, allowed), worst);
    if (elsewhere && !elsewhere.has(variant)) {
      const finding = await checkElsewhere(gpu, kernel, name, seed, subgroups);
      if (finding) return refuse(finding.reason, finding.error);
      elsewhere.add(variant);
    }
    // A slow variant is not run a third time only to look at the host, a middling one not twelve times.
    const replayMs = firstMs - engine.device.compileMs;
    const slow = replayMs > 5 * budgetMs;
    const host = slow
      ? null
      : await hostMicroseconds(engine, prepared.plan, prepared.values, replayMs > budgetMs / 6 ? 4 : 12);
    return {
      name,
      variant,
      engine,
      prepared,
      scrub,
      errors,
      firstMs,
      hostMicroseconds: host,
      slow,
      idle: await idleDispatches(engine, prepared.plan, prepared.values),
      warmups: 0,
      warmMs: firstMs,
      repeats: [],
      cold: [],
      stopped: undefined,
    };
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** Runs a variant until it gets no faster: caches, clocks and the driver's own compiler are then where they stay. */
async function warmUp(contender: Contender, budgetMs: number): Promise<void> {
  const { engine, prepared, slow } = contender;
  if (slow) return;
  let best = Infinity;
  const until = performance.now() + budgetMs / 3;
  while (performance.now() < until) {
    const { both } = await timeReplay(engine, prepared.plan, prepared.values);
    contender.warmups++;
    contender.warmMs = both!;
    if (both! > 0.97 * best) return;
    best = Math.min(best, both!);
  }
}

/** Times all contenders round by round; each round has inputs of its own and starts from poisoned memory. */
export async function race(
  contenders: readonly Contender[],
  kernel: KernelCase,
  run: KernelRun,
  expectations: Expectations,
  canary: Canary | undefined,
): Promise<void> {
  for (const contender of contenders) await warmUp(contender, run.budgetMs);
  for (let round = 1; contenders.some(({ stopped }) => !stopped); round++) {
    for (const contender of contenders) {
      if (contender.stopped) continue;
      await repeat(contender, round, expectations, canary);
      run.onStage?.(contender.variant, contender.repeats.length);
      const last = stop(contender, run);
      contender.stopped = last;
      await judge(contender, kernel, round, expectations, last !== undefined);
    }
  }
  for (const contender of contenders) {
    if (contender.wrong || contender.slow) continue;
    const { engine, prepared, scrub, cold, repeats } = contender;
    const long = repeats.some(({ times }) => times.both! > run.budgetMs / 3);
    for (let k = 0; k < (long ? slowColdRepeats : coldRepeats); k++) {
      cold.push(
        await timeReplay(engine, prepared.plan, prepared.values, (encoder) => {
          scrub.poison(encoder, prepared.plan, k);
          scrub.chill(encoder);
        }),
      );
    }
  }
}

async function repeat(
  { engine, prepared, scrub, repeats, warmMs }: Contender,
  round: number,
  expectations: Expectations,
  canary: Canary | undefined,
): Promise<void> {
  load(engine, prepared, expectations.inputs(prepared, round));
  const about = repeats.at(-1)?.times.both ?? warmMs;
  const timed = () =>
    timeWork(
      engine,
      prepared.plan,
      prepared.values,
      (encoder) => scrub.poison(encoder, prepared.plan, round),
    );
  const { result, unit } = canary
    ? await canary.beside(about, timed)
    : { result: await timed(), unit: undefined };
  repeats.push({ round, ...result, unit });
}

/** Whether a variant has enough repeats, and why. */
function stop({ repeats, slow }: Contender, { repeats: asked, budgetMs }: KernelRun): Stopped | undefined {
  const times = repeats.map(({ times }) => times.both!);
  if (asked !== undefined) return times.length >= asked ? "repeats done" : undefined;
  // By the clock that counts work, a busy machine leaves as many repeats as an idle one.
  const spent = repeats.reduce((sum, { work }) => sum + work.both!, 0);
  // Five are what an interval needs; a twin that takes seconds gets fewer, and its ratio is marked.
  const least = slow ? 1 : times[0] > 2.5 * budgetMs ? 3 : fewestRepeats;
  if (times.length >= least) {
    if (spent >= budgetMs) return "budget spent";
    // In canary units, since time itself says how busy the machine is.
    const units = repeats.map(({ work, unit }) => work.both! / (unit?.work ?? 1));
    const spread = quantile(units, 0.75) - quantile(units, 0.25);
    const halfWidth = 1.57 * spread / Math.sqrt(units.length) / quantile(units, 0.5);
    if (times.length >= 2 * fewestRepeats && halfWidth < quiet) return "low noise";
  }
  return times.length >= mostRepeats ? "repeats done" : undefined;
}

/** Looks at what a timed repeat left: against float64 where that is affordable and after the last, else for poison. */
async function judge(
  contender: Contender,
  kernel: KernelCase,
  round: number,
  expectations: Expectations,
  last: boolean,
): Promise<void> {
  const { prepared, name } = contender;
  const allowed = kernel.tolerances?.[name] ?? tolerance;
  let error = 0;
  if (last || expectations.affordable(round)) {
    const { forward, backward } = await errorsOf(prepared, expectations.expected(prepared, round));
    contender.errors = {
      forward: Math.max(forward, contender.errors.forward),
      backward: Math.max(backward, contender.errors.backward),
    };
    error = Math.max(forward, backward);
  } else if (await leftPoison(prepared)) error = Infinity;
  if (error <= allowed) return;
  contender.wrong = { error, reason: wrongResult(error, allowed, ` in timed repeat ${round}`) };
  contender.stopped = "repeats done";
}
