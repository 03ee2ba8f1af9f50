import type { AdapterClass, Kernel, Uniforms } from "../descriptor.ts";
import shared from "./matmul_interface.wgsl" with { type: "text" };
import naive from "./naive.wgsl" with { type: "text" };
import register4 from "./register4.wgsl" with { type: "text" };
import register8 from "./register8.wgsl" with { type: "text" };
import tiled from "./tiled.wgsl" with { type: "text" };

/** Steps of the ladder, slowest first. */
export const matmulVariants = ["naive", "register4", "register8", "tiled"] as const;
/** One step of the ladder. */
export type MatmulVariant = typeof matmulVariants[number];

const variants: Record<MatmulVariant, { code: string; rows: number; columns: number }> = {
  naive: { code: naive, rows: 8, columns: 8 },
  register4: { code: register4, rows: 32, columns: 32 },
  register8: { code: register8, rows: 64, columns: 64 },
  tiled: { code: tiled, rows: 64, columns: 64 },
};

/** C (+)= alpha A B with epilogue: m x k times k x n, `batches` of them. */
export function matmulKernel(variant: MatmulVariant): Kernel {
  const { code, rows, columns } = variants[variant];
  return {
    name: `matmul_${variant}`,
    code: `${shared}\n${code}`,
    workgroups: ({ m, n, batches }) => [Math.ceil(n / columns), Math.ceil(m / rows), batches],
    flops: ({ m, n, k, batches }) => 2 * m * n * k * batches,
    bytes: ({ m, n, k, batches }) => 4 * batches * (m * k + k * n + m * n),
  };
}

/** The step of the ladder for a shape on a class of adapters. */
export function chooseMatmul(adapterClass: AdapterClass, { m, n }: Uniforms): MatmulVariant {
  if (adapterClass === "gpu") return m * n >= 256 ? "tiled" : "naive";
  // In software only the number of loads counts: the wider tile wherever it is mostly filled.
  if (m >= 48 && n >= 48) return "register8";
  return m >= 3 && n >= 3 ? "register4" : "naive";
}
