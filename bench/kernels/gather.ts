import { gatherRows, invertIndex } from "../../engine/ops/gather_rows.ts";
import type { KernelCase } from "../kernel_case.ts";
import { gatherReference } from "../reference/indexing.ts";
import { operationCase, randomInput } from "./operation_case.ts";

/** Rows by index, and the sum of the gradients of each row's users. */
export const gatherCase: KernelCase = operationCase({
  name: "gather",
  summary: "rows of a table by index | backward: sums over the users of each row, without atomics",
  sizes: { rows: 2048, sources: 300, width: 128 },
  variants: { chosen: (step, { x, index, starts, users }) => gatherRows(step, { x, index, starts, users }) },
  flops: ({ rows, width }) => rows * width,
  inputs({ rows, sources, width }, random) {
    const index = Uint32Array.from({ length: rows }, () => random.below(sources));
    const { starts, users } = invertIndex(index, sources);
    return {
      x: randomInput(random, [sources, width]),
      index: { shape: [rows], values: index, gradient: false },
      starts: { shape: [sources + 1], values: starts, gradient: false },
      users: { shape: [rows], values: users, gradient: false },
    };
  },
  reference: ({ sources, width }, { index }) => gatherReference(index.values, sources, width),
});
