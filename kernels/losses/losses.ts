import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import { withWorkgroupSums, workgroupLoops } from "../reduce/workgroup.ts";
import absoluteErrorCode from "./absolute_error.wgsl" with { type: "text" };
import absoluteErrorBackwardCode from "./absolute_error_backward.wgsl" with { type: "text" };
import cosineMseCode from "./cosine_mse.wgsl" with { type: "text" };
import cosineMseBackwardCode from "./cosine_mse_backward.wgsl" with { type: "text" };
import entryLossCode from "./entry_loss.wgsl" with { type: "text" };
import entryLossBackwardCode from "./entry_loss_backward.wgsl" with { type: "text" };
import entryLossValueCode from "./entry_loss_value.wgsl" with { type: "text" };

/** Threads of a workgroup that owns a row. */
export const rowThreads = 128;

/** Prepends the sums over a workgroup to a kernel's WGSL. */
export function withRowSum(code: string): string {
  return withWorkgroupSums(`const THREADS = ${rowThreads}u;\nalias Summand = vec4f;\n${code}`);
}

/** A kernel with a workgroup a row of [rows, width], by its cost an element; it goes over its row `passes` times. */
export function rowKernel(name: string, code: string, flops: number, tables: number, passes = 1): Kernel {
  return {
    name,
    code,
    workgroups: ({ rows }) => linearGrid(rows, 1),
    flops: ({ rows, width }) => flops * rows * width,
    bytes: ({ rows, width }) => 4 * tables * rows * width,
    iterations: ({ width }) => passes * (loop(width / rowThreads) + workgroupLoops(rowThreads)),
  };
}

/** A kernel with a thread an element of [rows, width], by its cost an element. */
export function elementKernel(name: string, code: string, flops: number, tables: number): Kernel {
  return {
    name,
    code,
    workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
    flops: ({ rows, width }) => flops * rows * width,
    bytes: ({ rows, width }) => 4 * tables * rows * width,
    iterations: () => 0,
  };
}

/** Each row's cosine and (weighted) squared loss, with what the derivative needs. */
export function cosineMseForward(weighted: boolean): Kernel {
  const kernel = rowKernel("cosine_mse", withRowSum(cosineMseCode), 10, 2);
  return specialise(kernel, { WEIGHTED: weighted ? 1 : 0 });
}

/** Its derivative. */
export function cosineMseBackward(weighted: boolean): Kernel {
  const kernel = elementKernel("cosine_mse_backward", cosineMseBackwardCode, 11, 3);
  return specialise(kernel, { WEIGHTED: weighted ? 1 : 0 });
}

/** Losses of single entries, by the number the WGSL knows them by. */
export const entryLossKinds = { shrinkage: 0, dynamic: 1 } as const;

/** Each row's sum of a loss of its entries' errors. */
export function entryLossForward(kind: keyof typeof entryLossKinds): Kernel {
  const code = withRowSum(`${entryLossValueCode}\n${entryLossCode}`);
  return specialise(rowKernel(`entry_loss_${kind}`, code, 10, 2), { KIND: entryLossKinds[kind] });
}

/** Its derivative. */
export function entryLossBackward(kind: keyof typeof entryLossKinds): Kernel {
  const code = `${entryLossValueCode}\n${entryLossBackwardCode}`;
  return specialise(elementKernel(`entry_loss_${kind}_backward`, code, 12, 3), {
    KIND: entryLossKinds[kind],
  });
}

/** Sums of |x - expected| over `groups` strided parts of n elements. */
export const absoluteError: Kernel = {
  name: "absolute_error",
  code: withRowSum(absoluteErrorCode),
  workgroups: ({ groups }) => [groups, 1, 1],
  flops: ({ n }) => 3 * n,
  bytes: ({ n }) => 8 * n,
  iterations: ({ n, groups }) => loop(n / (rowThreads * groups)) + workgroupLoops(rowThreads),
};

/** Its derivative. */
export const absoluteErrorBackward: Kernel = {
  name: "absolute_error_backward",
  code: absoluteErrorBackwardCode,
  workgroups: ({ n }) => linearGrid(n, 64),
  flops: ({ n }) => 2 * n,
  bytes: ({ n }) => 12 * n,
  iterations: () => 0,
};
