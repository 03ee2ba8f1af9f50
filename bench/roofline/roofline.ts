import { Engine, type Kernel, linearGrid, type Tensor, type Uniforms } from "../../engine/mod.ts";
import { timeReplay } from "../measure.ts";
import { arithmetic, arithmeticUniforms, threads } from "./arithmetic.ts";
import streamCode from "./stream.wgsl" with { type: "text" };

/** What this adapter reached with plain arithmetic and with a plain copy, in the run that quotes it. */
export interface Roofline {
  readonly gflops: number;
  readonly gbs: number;
  /** The fastest that any memory was seen: where a working set stays in a cache, a copy's rate is no bound. */
  readonly fastest_gbs?: number;
  /** Multiply-adds of half precision, where the adapter has them. */
  readonly f16_gflops?: number;
  /** What 10^9 multiply-adds took beside these measurements, in milliseconds. */
  readonly canary_ms?: number;
}

/** Share of what the ceilings allow at a kernel's operations a byte: the larger of the two shares that it reached. */
export function rooflineShare(reached: Roofline, ceilings: Roofline): number {
  return Math.max(reached.gflops / ceilings.gflops, reached.gbs / ceilings.gbs);
}

const stream: Kernel = {
  name: "roofline_stream",
  code: streamCode,
  workgroups: ({ quads }) => linearGrid(quads, 64),
  flops: () => 0,
  bytes: ({ quads }) => 32 * quads,
  iterations: () => 0,
};

/** Best milliseconds of a kernel that is made longer until it takes at least `enough`, with the count it took. */
async function best(
  engine: Engine,
  kernel: Kernel,
  uniforms: (scale: number) => Uniforms,
  tensors: Parameters<Engine["constant"]>[1][],
  most: number,
): Promise<{ milliseconds: number; uniforms: Uniforms }> {
  const enough = 20;
  const buffers = tensors.map((values, k) => engine.constant([values.length], values, `roofline ${k}`));
  const bindings: Record<string, Tensor> = kernel === stream
    ? { x: buffers[0], y: buffers[1] }
    : { y: buffers[0] };
  for (let scale = 1;; scale *= 4) {
    const given = uniforms(scale);
    const { plan } = await engine.record(kernel.name, (step) => step.run(kernel, bindings, given));
    const times: number[] = [];
    for (let repeat = 0; repeat < 4; repeat++) times.push((await timeReplay(engine, plan)).both!);
    const milliseconds = Math.min(...times);
    if (milliseconds >= enough || scale * 4 > most) return { milliseconds, uniforms: given };
  }
}

/** Measures the two ceilings of the adapter: multiply-adds in registers, and a copy of 64 MiB. */
export async function measureRoofline(gpu: GPU): Promise<Roofline> {
  const engine = await Engine.open(gpu);
  try {
    const alu = await best(
      engine,
      arithmetic,
      (scale) => arithmeticUniforms(16 * scale),
      [new Float32Array(threads)],
      1 << 16,
    );
    const floats = Math.min(1 << 24, Math.floor(engine.device.maxBinding / 4));
    const copy = await best(
      engine,
      stream,
      () => ({ quads: floats / 4 }),
      [new Float32Array(floats), new Float32Array(floats)],
      1,
    );
    return {
      gflops: arithmetic.flops(alu.uniforms) / (1e6 * alu.milliseconds),
      gbs: stream.bytes(copy.uniforms) / (1e6 * copy.milliseconds),
    };
  } finally {
    engine.dispose();
  }
}
