import { Engine, type Plan } from "../../engine/mod.ts";
import { type Clock, clockOf, timeWork } from "../measure.ts";
import { arithmetic, arithmeticUniforms, threads } from "./arithmetic.ts";

/** Rounds of the shortest reading are raised until it takes about so long by the clock, in milliseconds. */
const shortestMs: Readonly<Record<Clock, number>> = { device: 1, processors: 8 };

/**
 * Longest reading, in lengths of the shortest. By the time of processors there is one length: what recording and submitting
 * cost is in it, and would make a unit of each length another one.
 */
const longest: Readonly<Record<Clock, number>> = { device: 256, processors: 1 };

/** What 10^9 multiply-adds in registers cost at one moment. */
export interface CanaryReading {
  /** Milliseconds that they took. */
  readonly ms: number;
  /** Milliseconds of the clock that work is counted by, see `clockOf`. */
  readonly work: number;
}

/** Rounds that the loop budget of every adapter allows. */
const mostRounds = 1 << 16;

/**
 * A clock that ticks with the machine: multiply-adds in registers, which nothing but clock rate and other programs slows
 * down. Read beside every repeat, it tells a slower kernel from a slower machine. A reading is about as long as the repeat,
 * so that it sees the same machine; by the time of processors, which other programs do not touch, all are of one length.
 */
export class Canary {
  readonly #plans = new Map<number, Promise<{ plan: Plan; gflop: number }>>();

  private constructor(readonly engine: Engine, readonly rounds: number) {}

  /** Opens a device of its own and finds how many rounds make the shortest reading. */
  static async open(gpu: GPU): Promise<Canary> {
    const engine = await Engine.open(gpu);
    for (let rounds = 4;; rounds *= 2) {
      const canary = new Canary(engine, rounds);
      const { plan } = await canary.reading(0);
      const works: number[] = [];
      for (let k = 0; k < 3; k++) works.push((await timeWork(engine, plan)).work.both!);
      if (Math.min(...works) > shortestMs[canary.clock] / 1.5 || 2 * rounds > mostRounds) return canary;
      plan.dispose();
    }
  }

  /** What a reading of about so many milliseconds runs, and the 10^9 operations of it. */
  reading(about: number): Promise<{ readonly plan: Plan; readonly gflop: number }> {
    const lengths = Math.min(longest[this.clock], Math.max(1, about / shortestMs[this.clock]));
    const length = 4 ** Math.round(Math.log2(lengths) / 2);
    const known = this.#plans.get(length);
    if (known) return known;
    const uniforms = arithmeticUniforms(Math.min(mostRounds, length * this.rounds));
    const made = (async () => {
      const y = this.engine.constant([threads], new Float32Array(threads), "canary");
      const { plan } = await this.engine.record("canary", (step) => step.run(arithmetic, { y }, uniforms));
      return { plan, gflop: arithmetic.flops(uniforms) / 1e9 };
    })();
    this.#plans.set(length, made);
    return made;
  }

  /** The clock that its work is counted by. */
  get clock(): Clock {
    return clockOf(this.engine);
  }

  /** What 10^9 operations cost now, found in a reading of about so many milliseconds. */
  async read(about = 4): Promise<CanaryReading> {
    const { plan, gflop } = await this.reading(about);
    const { times, work } = await timeWork(this.engine, plan);
    return { ms: times.both! / gflop, work: work.both! / gflop };
  }

  /**
   * A reading before and after some work; their mean is the unit of what happened between. By the time of processors it is the
   * lower: what else this process does at times (collecting garbage, compiling) only ever adds to one.
   */
  async beside<T>(about: number, work: () => Promise<T>): Promise<{ result: T; unit: CanaryReading }> {
    const before = await this.read(about);
    const result = await work();
    const after = await this.read(about);
    const mean = (a: number, b: number) => (a + b) / 2;
    const worked = this.clock === "processors" ? Math.min : mean;
    return { result, unit: { ms: mean(before.ms, after.ms), work: worked(before.work, after.work) } };
  }

  /** Gives its device back. */
  dispose(): void {
    this.engine.dispose();
  }
}
