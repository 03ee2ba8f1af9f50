import { type Engine, Tuning, type TuningEntry, type Uniforms } from "../../engine/mod.ts";
import { timeReplay } from "../measure.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { quantile } from "../statistics.ts";
import type { JudgedWork, TunedWork } from "./tuned/work.ts";

/** A shape to tune a choice for. */
export interface TuningTask {
  readonly work: TunedWork;
  readonly shape: string;
  /** The largest sizes of the class that were seen. */
  readonly sizes: Uniforms;
}

/** How choices are made. */
export interface TuningOptions {
  readonly seed: number;
  /** Rounds in which the candidates that are left take turns. */
  readonly rounds: number;
  /** Largest error against float64 over the largest value: a candidate beyond it is out. */
  readonly tolerance: number;
}

/** A candidate that is this many times slower than the best after one run is out. */
const hopeless = 3;
/** A candidate must save this share of the rule's time in three of four rounds: less is noise. */
const leastGain = 0.05;

interface Candidate {
  readonly choice: string | number;
  readonly judged: JudgedWork;
  readonly error: number;
  readonly times: number[];
}

/**
 * Measures every candidate of a choice at a shape, in turn on one device, and keeps the rule's own choice unless
 * another is right within the tolerance and clearly faster. The engine is cleared at the end: kernels stay compiled for the next shape.
 */
export async function tuneShape(
  engine: Engine,
  { work, shape, sizes }: TuningTask,
  options: TuningOptions,
): Promise<TuningEntry> {
  const { tunable } = work;
  try {
    const record = work.prepare(engine, sizes, new RandomValues(options.seed));
    engine.device.tuning = new Tuning();
    const rule = await enter(engine, await record(), "by rule");
    const others: Candidate[] = [];
    for (const choice of tunable.candidates) {
      const entry = { tunable: tunable.name, shape, choice, byRule: choice, ms: 0, msByRule: 0, error: 0 };
      engine.device.tuning = new Tuning([entry]);
      const judged = await record();
      // A candidate that cannot be used here, or comes to what the rule does, is measured as the rule.
      if (judged.runs === rule.judged.runs || others.some((other) => other.judged.runs === judged.runs)) {
        continue;
      }
      others.push(await enter(engine, judged, choice));
    }
    const right = others.filter(({ error }) => error <= options.tolerance);
    const first = Math.min(...[rule, ...right].map(({ times }) => times[0]));
    const racing = right.filter(({ times }) => times[0] <= hopeless * first);
    for (const { times } of [rule, ...racing]) times.length = 0;
    for (let round = 0; round < options.rounds; round++) {
      for (const { judged, times } of [rule, ...racing]) times.push(await timeOnce(engine, judged));
    }
    const ratio = ({ times }: Candidate, q: number) =>
      quantile(times.map((time, k) => time / rule.times[k]), q);
    const best = racing.toSorted((a, b) => ratio(a, 0.5) - ratio(b, 0.5))[0];
    const chosen = best && ratio(best, 0.75) < 1 - leastGain ? best : rule;
    return {
      tunable: tunable.name,
      shape,
      choice: chosen === rule ? rule.judged.runs : chosen.choice,
      byRule: rule.judged.runs,
      ms: quantile(chosen.times, 0.5),
      msByRule: quantile(rule.times, 0.5),
      error: chosen.error,
      candidates: [rule, ...others].map((candidate) => ({
        choice: candidate === rule ? rule.judged.runs : candidate.choice,
        ms: candidate === rule || right.includes(candidate) ? quantile(candidate.times, 0.5) : null,
        rounds: candidate.times.length,
        error: candidate.error,
      })),
    };
  } finally {
    engine.device.tuning = new Tuning();
    engine.clear();
  }
}

async function enter(engine: Engine, judged: JudgedWork, choice: string | number): Promise<Candidate> {
  judged.plan.replay(new Map(), engine.still); // the first run compiles
  const error = await judged.error();
  return { choice, judged, error, times: [await timeOnce(engine, judged)] };
}

async function timeOnce(engine: Engine, { plan }: JudgedWork): Promise<number> {
  return (await timeReplay(engine, plan)).both!;
}
