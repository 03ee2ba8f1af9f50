import { type Kernel, specialise } from "../descriptor.ts";
import columnsCode from "./reduce_columns.wgsl" with { type: "text" };
import sumCode from "./reduce_sum.wgsl" with { type: "text" };

/** What is summed. */
export const reduceMaps = { identity: 0, square: 1, product: 2, squaredDifference: 3 } as const;

/** Workgroups of the first stage: 64 keep a GPU busy, and their partials fit one workgroup of the second. */
export function sumGroups(n: number): number {
  return Math.max(1, Math.min(64, Math.ceil(n / 1024)));
}

/** `partial[g] = scale * sum` over the elements of workgroup g, `groups` of them. */
export function reduceSum(map: keyof typeof reduceMaps): Kernel {
  return specialise({
    name: "reduce_sum",
    code: sumCode,
    workgroups: ({ groups }) => [groups, 1, 1],
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
