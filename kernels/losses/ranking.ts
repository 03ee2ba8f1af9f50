import { activationCode } from "../activation/activation.ts";
import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import { workgroupLoops } from "../reduce/workgroup.ts";
import approximateNdcgCode from "./approximate_ndcg.wgsl" with { type: "text" };
import listmleCode from "./listmle.wgsl" with { type: "text" };
import listmleBackwardCode from "./listmle_backward.wgsl" with { type: "text" };
import listnetCode from "./listnet.wgsl" with { type: "text" };
import listnetBackwardCode from "./listnet_backward.wgsl" with { type: "text" };
import logSumCode from "./log_sum.wgsl" with { type: "text" };
import { elementKernel, rowKernel, rowThreads, withRowSum } from "./losses.ts";
import ranknetCode from "./ranknet.wgsl" with { type: "text" };
import ranknetBackwardCode from "./ranknet_backward.wgsl" with { type: "text" };
import smoothRanksCode from "./smooth_ranks.wgsl" with { type: "text" };
import smoothRanksBackwardCode from "./smooth_ranks_backward.wgsl" with { type: "text" };

/** A kernel with a thread an entry that looks at all other entries of its row. */
function pairKernel(name: string, code: string, flops: number): Kernel {
  return {
    name,
    code,
    workgroups: ({ rows, width }) => linearGrid(Math.ceil(width / rowThreads) * rows, 1),
    flops: ({ rows, width }) => flops * rows * width * width,
    bytes: ({ rows, width }) => 12 * rows * width,
    iterations: ({ width }) => loop(width) + workgroupLoops(rowThreads),
  };
}

/** RankNet: a partial sum a block of 128 entries of a row. */
export function ranknetForward(weighted: boolean): Kernel {
  return specialise(pairKernel("ranknet", withRowSum(`${activationCode}\n${ranknetCode}`), 5), {
    WEIGHTED: weighted ? 1 : 0,
  });
}

/** Its derivative. */
export function ranknetBackward(weighted: boolean): Kernel {
  return specialise(pairKernel("ranknet_backward", ranknetBackwardCode, 9), { WEIGHTED: weighted ? 1 : 0 });
}

/** ListNet: a loss a row. */
export const listnetForward: Kernel = rowKernel("listnet", withRowSum(listnetCode), 8, 4, 2);

/** Its derivative. */
export const listnetBackward: Kernel = elementKernel("listnet_backward", listnetBackwardCode, 6, 3);

/** ListMLE: a loss a row, and the tails of its ranks. */
export const listmleForward: Kernel = rowKernel(
  "listmle",
  withRowSum(`${logSumCode}\n${listmleCode}`),
  14,
  4,
  2,
);

/** Its derivative. */
export const listmleBackward: Kernel = rowKernel(
  "listmle_backward",
  `${logSumCode}\n${listmleBackwardCode}`,
  15,
  4,
  2,
);

/** ApproxNDCG: smooth ranks. */
export const smoothRanks: Kernel = pairKernel("smooth_ranks", `${activationCode}\n${smoothRanksCode}`, 6);

/** ApproxNDCG: a loss a row from the smooth ranks' terms. */
export const approximateNdcg: Kernel = rowKernel("approximate_ndcg", withRowSum(approximateNdcgCode), 5, 3);

/** ApproxNDCG: gradient of the prediction. */
export const smoothRanksBackward: Kernel = pairKernel("smooth_ranks_backward", smoothRanksBackwardCode, 9);
