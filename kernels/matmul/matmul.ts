import { activationCode } from "../activation/activation.ts";
import {
  type AdapterClass,
  type Kernel,
  linearGrid,
  loop,
  specialise,
  type Uniforms,
} from "../descriptor.ts";
import interfaceCode from "./matmul_interface.wgsl" with { type: "text" };
import sumCode from "./matmul_sum.wgsl" with { type: "text" };
import halves from "./half_operands.wgsl" with { type: "text" };
import begins from "./operand_begins.wgsl" with { type: "text" };
import naive from "./naive.wgsl" with { type: "text" };
import packHalvesCode from "./pack_halves.wgsl" with { type: "text" };
import pad from "./pad_rows.wgsl" with { type: "text" };
import quadShared from "./quad_shared.wgsl" with { type: "text" };
import quads8 from "./quads8.wgsl" with { type: "text" };
import register4 from "./register4.wgsl" with { type: "text" };
import register8 from "./register8.wgsl" with { type: "text" };
import scalars from "./scalar_operands.wgsl" with { type: "text" };
import { rowSums, tiledCode, type TileShape } from "./tiled.ts";

const shared = `${activationCode}\n${begins}\n${interfaceCode}`;

/** One step of the ladder. */
export type MatmulVariant = "naive" | "register4" | "register8" | "quads8" | "tiled" | "subgroups";

/**
 * Steps of the ladder, slowest first; "quads8" is the end of the software branch, "tiled" of the GPU's. "subgroups" runs on
 * adapters that offer them, where a tuner or a caller chooses it.
 */
export const matmulVariants: readonly MatmulVariant[] = [
  "naive",
  "register4",
  "register8",
  "quads8",
  "tiled",
  "subgroups",
];

/**
 * How a product may be formed: a step of the ladder, or with halves. "half" stores B in half precision, 11 bits of each value;
 * "matrix_units" splits both operands into two halves for the matrix units of a GPU, and is offered to a tuner where they are.
 * Nothing chooses these two by itself, nor the units' arithmetic without units.
 */
export type ProductForm = MatmulVariant | "half" | "matrix_units" | "matrix_units_emulated";

/** The text of a step, the side of a workgroup's tile, and the loops of a thread over a part of the sum. */
interface Variant {
  readonly code: string;
  readonly side: number;
  readonly iterations: (per: number) => number;
}

const stores = (quads: number) => quads * loop(4);
const variants: Record<MatmulVariant, Variant> = {
  naive: { code: `${scalars}\n${naive}`, side: 8, iterations: (per) => loop(per) },
  register4: { code: `${scalars}\n${register4}`, side: 32, iterations: (per) => loop(per) + stores(4) },
  register8: { code: `${scalars}\n${register8}`, side: 64, iterations: (per) => loop(per) + stores(16) },
  quads8: { code: quads8, side: 64, iterations: (per) => loop(per / 4) + stores(16) },
  tiled: {
    code: `${scalars}\n${tiledCode({ rows: 2, columns: 2 })}`,
    side: 64,
    iterations: (per) => loop(per / 16, loop(4)) + stores(16) + loop(4, loop(2)),
  },
  subgroups: { code: `${scalars}\n${quadShared}`, side: 64, iterations: (per) => loop(per / 4) + stores(16) },
};

/** Parts of a sum are whole slices of every step of the ladder. */
export const sliceOfK = 16;
/** Terms of a sum over K that are worth a part of their own. */
export const termsOfPart = 1024;

/** C (+)= alpha A B with epilogue: m x k times k x n, `batches` of them, the sum in `parts` of `per` steps. */
export function matmulKernel(variant: MatmulVariant): Kernel {
  const { code, side, iterations } = variants[variant];
  return {
    name: `matmul_${variant}`,
    code: `${variant === "subgroups" ? "enable subgroups;\n" : ""}${shared}\n${code}`,
    workgroups: ({ m, n, batches, parts }) =>
      linearGrid(Math.ceil(n / side) * Math.ceil(m / side) * batches * parts, 1),
    flops: ({ m, n, k, batches }) => 2 * m * n * k * batches,
    bytes: ({ m, n, k, batches, parts }) => 4 * batches * (m * k + k * n + parts * m * n),
    iterations: ({ per }) => iterations(per),
  };
}

/** "tiled" for tiles of another shape; `sumsRows` adds the sums of A over K, for a product without batches. */
export function tiledMatmulKernel(shape: TileShape, sumsRows: boolean): Kernel {
  const [down, across] = [32 * shape.rows, 32 * shape.columns];
  const whole = matmulKernel("tiled");
  const constants = {
    ...(down + across < 128 && { TILE_ROWS: down, TILE_COLUMNS: across }),
    ...(sumsRows && { ROW_SUMS: 1 }),
  };
  return {
    ...specialise(whole, constants),
    code: `${shared}\n${scalars}\n${tiledCode(shape, sumsRows)}`,
    workgroups: ({ m, n, batches, parts }) =>
      linearGrid(Math.ceil(n / across) * Math.ceil(m / down) * batches * parts, 1),
  };
}

/** Workgroups that keep a GPU busy, where a product has so many. */
const busy = 256;

/** Terms of a sum over K that are worth a part of their own on a GPU that has little else to do. */
const termsOfTile = 512;

/** Tiles of a product on a GPU, and the terms of a part: large ones where they are enough, else a long sum in more parts, else small ones. */
export function planTiles(
  { m, n, k, batches }: Uniforms,
): { readonly shape: TileShape; readonly terms: number } {
  const tiles = (side: number) => Math.ceil(m / side) * Math.ceil(n / side) * batches;
  const parts = Math.max(1, Math.min(Math.floor(busy / tiles(64)), Math.floor(k / termsOfTile)));
  const terms = Math.min(termsOfPart, Math.max(termsOfTile, Math.ceil(k / parts)));
  const small = tiles(64) * parts < busy / 4;
  const halves = (extent: number) => small || extent <= 32 ? 1 : 2;
  return { shape: { rows: halves(m), columns: halves(n) }, terms };
}

/** The sum of `k` parts of a product, with the epilogue; `sumsRows` adds up the sums of A over K too, a column behind the others. */
export function matmulSum(sumsRows: boolean): Kernel {
  const columns = (n: number) => n + (sumsRows ? 1 : 0);
  return specialise({
    name: "matmul_sum",
    code: `${shared}\n${rowSums(sumsRows)}\n${sumCode}`,
    workgroups: ({ m, n, batches }) => linearGrid(m * columns(n) * batches, 64),
    flops: ({ m, n, k, batches }) => m * columns(n) * k * batches,
    bytes: ({ m, n, k, batches }) => 4 * m * columns(n) * (k + 1) * batches,
    iterations: ({ k }) => loop(k),
  }, sumsRows ? { ROW_SUMS: 1 } : {});
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
    code: `${shared}\n${halves}\n${tile === "tiled" ? tiledCode({ rows: 2, columns: 2 }) : register8}`,
    bytes: ({ m, n, k, batches, parts }) => batches * (4 * m * k + 2 * k * n + 4 * parts * m * n),
  };
}

/** n values as halves, two to a word. */
export const packHalves: Kernel = {
  name: "matmul_pack_halves",
  code: packHalvesCode,
  workgroups: ({ n }) => linearGrid(Math.ceil(n / 2), 64),
  flops: () => 0,
  bytes: ({ n }) => 6 * n,
  iterations: () => 0,
};

/** A matrix copied into rows of whole quads, for "quads8". */
export const padRows: Kernel = {
  name: "matmul_pad_rows",
  code: pad,
  workgroups: ({ batches, rows, quads }) => linearGrid(batches * rows * quads, 64),
  flops: () => 0,
  bytes: ({ batches, rows, width, quads }) => batches * rows * (4 * width + 16 * quads),
  iterations: () => 0,
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
  // Few outputs of a long sum: its parts fill a GPU, and a bias's gradient comes along.
  if (adapterClass === "gpu") return m * n >= 256 || k >= 4096 ? "tiled" : "naive";
  // In software only the number of loads counts. A copied element costs about as much as 12 multiply-adds save.
  if (m >= 8 && n >= 8 && k >= 8 && padding !== undefined && 12 * padding < m * n * k * batches) {
    return "quads8";
  }
  if (m >= 8 && n >= 8) return "register8";
  return m >= 3 && n >= 3 ? "register4" : "naive";
}
