import type { Kernel, Uniforms } from "../../engine/mod.ts";
import code from "./fused_multiply_add.wgsl" with { type: "text" };

/** Invocations of the probe. */
export const threads = 64 * 256;

/** Multiply-adds in registers: eight independent chains, unrolled. */
export const arithmetic: Kernel = {
  name: "roofline_arithmetic",
  code,
  workgroups: () => [threads / 64, 1, 1],
  flops: ({ rounds }) => threads * rounds * 256,
  bytes: () => 4 * threads,
  iterations: ({ rounds }) => rounds + 1,
};

/** The probe's uniforms: values that neither vanish nor grow. */
export function arithmeticUniforms(rounds: number): Uniforms {
  return { rounds, factor: 0.999, addend: 0.001 };
}
