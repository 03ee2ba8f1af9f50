import { type AdapterClass, type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import { withWorkgroupSums, workgroupLoops } from "./workgroup.ts";
import chunksCode from "./reduce_sum_chunks.wgsl" with { type: "text" };
import rowSharesCode from "./row_shares.wgsl" with { type: "text" };
import sumPairTallCode from "./sum_pair_tall.wgsl" with { type: "text" };
import sumPairCode from "./sum_pair.wgsl" with { type: "text" };
import columnSumsCode from "./column_sums.wgsl" with { type: "text" };
import sumRowsTallCode from "./sum_rows_tall.wgsl" with { type: "text" };
import sumRowsCode from "./sum_rows.wgsl" with { type: "text" };
import sumCode from "./reduce_sum.wgsl" with { type: "text" };

/** What is summed. */
export const reduceMaps = { identity: 0, square: 1, product: 2, squaredDifference: 3 } as const;

/** Terms that one thread of a sum in software adds up at least, where there are more than twice as many. */
export const termsOfSum = 256;

/** Partial sums that a GPU forms: 64 workgroups keep it busy, and one workgroup of the second stage adds their sums. */
export function gpuPartials(n: number): number {
  return Math.max(1, Math.min(64, Math.ceil(n / 1024)));
}

/**
 * `partial[g] = scale * sum` over part g of n values, `partials` of them: on a GPU strided ones, with barriers; in software
 * `chunk` consecutive ones, without. A sum over nothing is 0.
 */
export function reduceSum(map: keyof typeof reduceMaps, adapterClass: AdapterClass): Kernel {
  const gpu = adapterClass === "gpu";
  return specialise({
    name: gpu ? "reduce_sum" : "reduce_sum_chunks",
    code: gpu ? withWorkgroupSums(sumCode) : chunksCode,
    workgroups: ({ partials }) => [gpu ? partials : Math.ceil(partials / 8), 1, 1],
    flops: ({ n }) => n * (map === "identity" ? 1 : 2),
    bytes: ({ n }) => 4 * n * (map === "product" || map === "squaredDifference" ? 2 : 1),
    iterations: ({ n, partials, chunk }) =>
      gpu ? loop(n / (256 * partials)) + workgroupLoops(256) : loop(chunk),
  }, { MAP: reduceMaps[map] });
}

/** Rows of a chunk whose sums are formed in one go, at least, where there are more than twice as many. */
export const rowsOfSum = { software: 64, gpu: 512 } as const;

/** Rows from which on a GPU gives a column to sixteen threads instead of one. */
const tallRows = 48;

/** Loop iterations of one thread in `column_sum`. */
export const columnSumLoops: number = loop(4);

/** A kernel's WGSL with `column_sum(lane, share)`, for workgroups of 16 columns with 16 threads each: it declares `Summand`. */
export function withColumnSums(code: string): string {
  return `${columnSumsCode}\n${code}`;
}

/** Loop iterations of one thread in `row_sum` or `row_max`. */
export const rowShareLoops: number = loop(4);

/** A kernel's WGSL with `row_sum(lane, share)` and `row_max`, for workgroups of four rows with 16 threads each. */
export function withRowShares(code: string): string {
  return `${rowSharesCode}\n${code}`;
}

/** Sums over chunks of each sample's rows: [samples, rows, width] -> [samples, chunks, width]. */
export function sumRowsKernel(adapterClass: AdapterClass, rows: number): Kernel {
  const tall = adapterClass === "gpu" && rows >= tallRows;
  return {
    name: tall ? "sum_rows_tall" : "sum_rows",
    code: tall ? withColumnSums(sumRowsTallCode) : sumRowsCode,
    workgroups: ({ samples, width, chunks }) =>
      tall
        ? linearGrid(samples * chunks * Math.ceil(width / 16), 1)
        : linearGrid(samples * chunks * width, 64),
    flops: ({ samples, rows, width }) => samples * rows * width,
    bytes: ({ samples, rows, width }) => 4 * samples * rows * width,
    iterations: ({ chunk }) => tall ? loop(chunk / 16) + columnSumLoops : loop(chunk),
  };
}

/** Sums over the rows of two tables [rows, width]. */
export function sumPairKernel(adapterClass: AdapterClass, rows: number): Kernel {
  const tall = adapterClass === "gpu" && rows >= tallRows;
  return {
    name: tall ? "sum_pair_tall" : "sum_pair",
    code: tall ? withColumnSums(sumPairTallCode) : sumPairCode,
    workgroups: ({ width }) => tall ? linearGrid(width, 16) : linearGrid(2 * width, 64),
    flops: ({ rows, width }) => 2 * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
    iterations: ({ rows }) => tall ? loop(rows / 16) + columnSumLoops : loop(rows),
  };
}
