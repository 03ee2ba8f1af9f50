import { Engine, type Plan } from "../../engine/mod.ts";
import { type Clock, clockOf, timeReplay, timeWork } from "../measure.ts";
import { arithmetic, arithmeticUniforms, threads } from "./arithmetic.ts";

/** Rounds of the shortest reading are raised until it takes about so long, in milliseconds. */
const shortestMs = 1;

/** Longest reading, in lengths of the shortest. */
const longest: Readonly<Record<Clock, number>> = { device: 256, processors: 16 };

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
 * so that it sees the same machine; by the time of processors, which other programs do not touch, a short one says as much.
 */
export class Canary {
  readonly #plans = new Map<number, Promise<{ plan: Plan; gflop: number }>>();

  private constructor(readonly engine: Engine, readonly rounds: number) {}

  /** Opens a device of its own and finds how many rounds make the shortest reading. */
  static async open(gpu: GPU): Promise<Canary> {
    const engine = await Engine.open(gpu);
    for (let rounds = 4;; rounds *= 2) {
      const canary = new Canary(engine, rounds);
      const { plan } = await canary.reading(shortestMs);
      const times: number[] = [];
      for (let k = 0; k < 3; k++) times.push((await timeReplay(engine, plan)).both!);
      if (Math.min(...times) > shortestMs / 1.5 || 2 * rounds > mostRounds) return canary;
      plan.dispose();
    }
  }

  /** What a reading of about so many milliseconds runs, and the 10^9 operations of it. */
  reading(about: number): Promise<{ readonly plan: Plan; readonly gflop: number }> {
    const most = longest[this.clock];
    const length = 4 ** Math.round(Math.log2(Math.min(most, Math.max(1, about / shortestMs))) / 2);
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

  /** A reading before and after some work; their mean is the unit of what happened between. */
  async beside<T>(about: number, work: () => Promise<T>): Promise<{ result: T; unit: CanaryReading }> {
    const before = await this.read(about);
    const result = await work();
    const after = await this.read(about);
    return { result, unit: { ms: (before.ms + after.ms) / 2, work: (before.work + after.work) / 2 } };
  }

  /** Gives its device back. */
  dispose(): void {
    this.engine.dispose();
  }
}
