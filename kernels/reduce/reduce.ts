import { type AdapterClass, type Kernel, specialise } from "../descriptor.ts";
import { withWorkgroupSums } from "./workgroup.ts";
import columnsCode from "./reduce_columns.wgsl" with { type: "text" };
import chunksCode from "./reduce_sum_chunks.wgsl" with { type: "text" };
import sumCode from "./reduce_sum.wgsl" with { type: "text" };

/** What is summed. */
export const reduceMaps = { identity: 0, square: 1, product: 2, squaredDifference: 3 } as const;

/** How the first stage of a sum is cut: partial sums, and the values of each (software) or all (GPU, strided). */
export function sumStages(adapterClass: AdapterClass, n: number): { partials: number; chunk: number } {
  if (adapterClass === "gpu") {
    // 64 workgroups keep a GPU busy, and their partial sums fit one workgroup of the second stage.
    return { partials: Math.max(1, Math.min(64, Math.ceil(n / 1024))), chunk: n };
  }
  const chunk = Math.max(256, Math.ceil(n / 4096));
  return { partials: Math.max(1, Math.ceil(n / chunk)), chunk };
}

/** `partial[g] = scale * sum` over part g of n values, `partials` of them: barriers on a GPU, none in software. */
export function reduceSum(map: keyof typeof reduceMaps, adapterClass: AdapterClass): Kernel {
  const gpu = adapterClass === "gpu";
  return specialise({
    name: gpu ? "reduce_sum" : "reduce_sum_chunks",
    code: gpu ? withWorkgroupSums(sumCode) : chunksCode,
    workgroups: ({ partials }) => [gpu ? partials : Math.ceil(partials / 8), 1, 1],
    flops: ({ n }) => n * (map === "identity" ? 1 : 2),
    bytes: ({ n }) => 4 * n * (map === "product" || map === "squaredDifference" ? 2 : 1),
  }, { MAP: reduceMaps[map] });
}

/** Rows that one thread of `reduceColumns` adds up. */
export const columnChunk = 64;

/** Column sums over chunks of rows: [rows, columns] -> [ceil(rows / chunk), columns]. */
export const reduceColumns: Kernel = {
  name: "reduce_columns",
  code: columnsCode,
  workgroups: ({ rows, columns, chunk }) => [Math.ceil(columns / 64), Math.ceil(rows / chunk), 1],
  flops: ({ rows, columns }) => rows * columns,
  bytes: ({ rows, columns }) => 4 * rows * columns,
};
