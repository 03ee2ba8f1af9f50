import { Engine, type Plan } from "../../engine/mod.ts";
import { timeReplay } from "../measure.ts";
import { arithmetic, arithmeticUniforms, threads } from "./arithmetic.ts";

/** How long one reading takes about; shorter than most kernels, longer than a scheduler's slice. */
const readingMs = 4;

/**
 * A clock that ticks with the machine: multiply-adds in registers, which nothing but clock rate and other programs slows
 * down. Read beside every repeat, it tells a slower kernel from a slower machine.
 */
export class Canary {
  private constructor(
    readonly engine: Engine,
    readonly plan: Plan,
    /** 10^9 operations of one reading. */
    readonly gflop: number,
  ) {}

  /** Opens a device of its own and finds how many rounds make a reading. */
  static async open(gpu: GPU): Promise<Canary> {
    const engine = await Engine.open(gpu);
    const y = engine.constant([threads], new Float32Array(threads), "canary");
    for (let rounds = 16;; rounds *= 4) {
      const uniforms = arithmeticUniforms(rounds);
      const { plan } = await engine.record("canary", (step) => step.run(arithmetic, { y }, uniforms));
      const times: number[] = [];
      for (let k = 0; k < 3; k++) times.push((await timeReplay(engine, plan)).both!);
      const ms = Math.min(...times);
      if (4 * ms > readingMs || rounds > 1 << 18) {
        return new Canary(engine, plan, arithmetic.flops(uniforms) / 1e9);
      }
      plan.dispose();
    }
  }

  /** Milliseconds that 10^9 operations take now. */
  async read(): Promise<number> {
    return (await timeReplay(this.engine, this.plan)).both! / this.gflop;
  }

  dispose(): void {
    this.engine.dispose();
  }
}
