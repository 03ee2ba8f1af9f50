import { Engine, type Plan } from "../../engine/mod.ts";
import { timeReplay } from "../measure.ts";
import { arithmetic, arithmeticUniforms, threads } from "./arithmetic.ts";

/** Rounds of the shortest reading are raised until it takes about so long, in milliseconds. */
const shortestMs = 1;

/** Longest reading, in lengths of the shortest. */
const longest = 256;

/** Rounds that the loop budget of every adapter allows. */
const mostRounds = 1 << 16;

/**
 * A clock that ticks with the machine: multiply-adds in registers, which nothing but clock rate and other programs slows
 * down. Read beside every repeat, it tells a slower kernel from a slower machine. A reading is about as long as the repeat:
 * where programs share a processor a short one slips between their slices and a long one does not.
 */
export class Canary {
  readonly #plans = new Map<number, Promise<{ plan: Plan; gflop: number }>>();

  private constructor(readonly engine: Engine, readonly rounds: number) {}

  /** Opens a device of its own and finds how many rounds make the shortest reading. */
  static async open(gpu: GPU): Promise<Canary> {
    const engine = await Engine.open(gpu);
    for (let rounds = 4;; rounds *= 2) {
      const canary = new Canary(engine, rounds);
      const { plan } = await canary.#reading(1);
      const times: number[] = [];
      for (let k = 0; k < 3; k++) times.push((await timeReplay(engine, plan)).both!);
      if (Math.min(...times) > shortestMs / 1.5 || 2 * rounds > mostRounds) return canary;
      plan.dispose();
    }
  }

  #reading(length: number): Promise<{ plan: Plan; gflop: number }> {
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

  /** Milliseconds that 10^9 operations take now, found in a reading of about so many milliseconds. */
  async read(about = 4): Promise<number> {
    const length = 4 ** Math.round(Math.log2(Math.min(longest, Math.max(1, about / shortestMs))) / 2);
    const { plan, gflop } = await this.#reading(length);
    return (await timeReplay(this.engine, plan)).both! / gflop;
  }

  /** Gives its device back. */
  dispose(): void {
    this.engine.dispose();
  }
}
