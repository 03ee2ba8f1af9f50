import { activationCode } from "../activation/activation.ts";
import { type AdapterClass, type Kernel, linearGrid, specialise, type Uniforms } from "../descriptor.ts";
import interfaceCode from "./matmul_interface.wgsl" with { type: "text" };
import halves from "./half_operands.wgsl" with { type: "text" };
import naive from "./naive.wgsl" with { type: "text" };
import packHalvesCode from "./pack_halves.wgsl" with { type: "text" };
import pad from "./pad_rows.wgsl" with { type: "text" };
import quadShared from "./quad_shared.wgsl" with { type: "text" };
import quads8 from "./quads8.wgsl" with { type: "text" };
import register4 from "./register4.wgsl" with { type: "text" };
import register8 from "./register8.wgsl" with { type: "text" };
import scalars from "./scalar_operands.wgsl" with { type: "text" };
import tiled from "./tiled.wgsl" with { type: "text" };

const shared = `${activationCode}\n${interfaceCode}`;

/**
 * Steps of the ladder, slowest first; "quads8" is the end of the software branch, "tiled" of the GPU's. "subgroups" runs on
 * adapters that offer them, where a tuner or a caller chooses it.
 */
export const matmulVariants = ["naive", "register4", "register8", "quads8", "tiled", "subgroups"] as const;
/** One step of the ladder. */
export type MatmulVariant = typeof matmulVariants[number];

const variants: Record<MatmulVariant, { code: string; rows: number; columns: number }> = {
  naive: { code: `${scalars}\n${naive}`, rows: 8, columns: 8 },
  register4: { code: `${scalars}\n${register4}`, rows: 32, columns: 32 },
  register8: { code: `${scalars}\n${register8}`, rows: 64, columns: 64 },
  quads8: { code: quads8, rows: 64, columns: 64 },
  tiled: { code: `${scalars}\n${tiled}`, rows: 64, columns: 64 },
  subgroups: { code: `${scalars}\n${quadShared}`, rows: 64, columns: 64 },
};

/** C (+)= alpha A B with epilogue: m x k times k x n, `batches` of them. */
export function matmulKernel(variant: MatmulVariant): Kernel {
  const { code, rows, columns } = variants[variant];
  return {
    name: `matmul_${variant}`,
    code: `${variant === "subgroups" ? "enable subgroups;\n" : ""}${shared}\n${code}`,
    workgroups: ({ m, n, batches }) => [Math.ceil(n / columns), Math.ceil(m / rows), batches],
    flops: ({ m, n, k, batches }) => 2 * m * n * k * batches,
    bytes: ({ m, n, k, batches }) => 4 * batches * (m * k + k * n + m * n),
  };
}

/** "quads8" for operands that are contiguous along K or along their other axis. */
export function quadMatmulKernel(aAlongK: boolean, bAlongK: boolean): Kernel {
  return specialise(matmulKernel("quads8"), { A_ALONG_K: aAlongK ? 1 : 0, B_ALONG_K: bAlongK ? 1 : 0 });
}

/** A product whose B is stored as halves, unpacked as it is read; sums stay in f32. */
export function halfMatmulKernel(adapterClass: AdapterClass): Kernel {
  const tile = adapterClass === "gpu" ? "tiled" : "register8";
  return {
    ...matmulKernel(tile),
    name: `matmul_half_${tile}`,
    code: `${shared}\n${halves}\n${tile === "tiled" ? tiled : register8}`,
    bytes: ({ m, n, k, batches }) => batches * (4 * m * k + 2 * k * n + 4 * m * n),
  };
}

/** n values as halves, two to a word. */
export const packHalves: Kernel = {
  name: "matmul_pack_halves",
  code: packHalvesCode,
  workgroups: ({ n }) => linearGrid(Math.ceil(n / 2), 64),
  flops: () => 0,
  bytes: ({ n }) => 6 * n,
};

/** A matrix copied into rows of whole quads, for "quads8". */
export const padRows: Kernel = {
  name: "matmul_pad_rows",
  code: pad,
  workgroups: ({ batches, rows, quads }) => linearGrid(batches * rows * quads, 64),
  flops: () => 0,
  bytes: ({ batches, rows, width, quads }) => batches * rows * (4 * width + 16 * quads),
};

/**
 * The step of the ladder for a shape on a class of adapters. `padding` counts the elements that would have to be
 * copied for "quads8"; undefined where that is out of the question.
 */
export function chooseMatmul(
  adapterClass: AdapterClass,
  { m, n, k, batches }: Uniforms,
  padding?: number,
): MatmulVariant {
  if (adapterClass === "gpu") return m * n >= 256 ? "tiled" : "naive";
  // In software only the number of loads counts. A copied element costs about as much as 12 multiply-adds save.
  if (m >= 8 && n >= 8 && k >= 8 && padding !== undefined && 12 * padding < m * n * k * batches) {
    return "quads8";
  }
  if (m >= 8 && n >= 8) return "register8";
  return m >= 3 && n >= 3 ? "register4" : "naive";
}
