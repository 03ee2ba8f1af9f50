import { activationCode } from "../activation/activation.ts";
import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import { keptCode } from "../random/random.ts";
import broadcastAddCode from "./broadcast_add.wgsl" with { type: "text" };
import maskRowsCode from "./mask_rows.wgsl" with { type: "text" };
import maskedMeanCode from "./masked_mean.wgsl" with { type: "text" };
import maskedMeanBackwardCode from "./masked_mean_backward.wgsl" with { type: "text" };

/** Rows of [rows, width] times one factor each. */
export const maskRowsKernel: Kernel = {
  name: "mask_rows",
  code: maskRowsCode,
  workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
  flops: ({ rows, width }) => rows * width,
  bytes: ({ rows, width }) => 8 * rows * width + 4 * rows,
  iterations: () => 0,
};

/** Masked mean over each sample's items: [samples, items, width] -> [samples, width], and its reciprocal counts. */
export const maskedMeanForward: Kernel = {
  name: "masked_mean",
  code: maskedMeanCode,
  workgroups: ({ samples, width }) => linearGrid(samples * width, 64),
  flops: ({ samples, items, width }) => 2 * samples * items * width,
  bytes: ({ samples, items, width }) => 4 * samples * (items + 1) * width,
  iterations: ({ items }) => loop(items),
};

/** Its derivative. */
export const maskedMeanBackward: Kernel = {
  name: "masked_mean_backward",
  code: maskedMeanBackwardCode,
  workgroups: ({ samples, items, width }) => linearGrid(samples * items * width, 64),
  flops: ({ samples, items, width }) => 2 * samples * items * width,
  bytes: ({ samples, items, width }) => 4 * samples * (items + 1) * width,
  iterations: () => 0,
};

/** What a broadcast sum is made of, and what follows it. */
export interface BroadcastAddParts {
  readonly full: boolean;
  readonly item: boolean;
  readonly sample: boolean;
  readonly activation: "none" | "relu" | "leakyRelu";
  readonly dropout?: boolean;
  /** A factor a row behind all. */
  readonly mask?: boolean;
}

/** Sum of up to three tables over [samples, items, width]. */
export function broadcastAddKernel(parts: BroadcastAddParts): Kernel {
  const { full, item, sample, activation, dropout = false, mask = false } = parts;
  const terms = Number(full) + Number(item) + Number(sample);
  return specialise({
    name: "broadcast_add",
    code: `${activationCode}\n${keptCode(dropout)}\n${broadcastAddCode}`,
    workgroups: ({ samples, items, width }) => linearGrid(samples * items * width, 64),
    flops: ({ samples, items, width }) => terms * samples * items * width,
    bytes: ({ samples, items, width }) =>
      4 * width *
      ((full ? 2 : 1) * samples * items + (item ? items : 0) + (sample ? samples : 0)),
    iterations: () => 0,
  }, {
    FULL: full ? 1 : 0,
    ITEM: item ? 1 : 0,
    SAMPLE: sample ? 1 : 0,
    MASK: mask ? 1 : 0,
    ACTIVATION: { none: 0, relu: 1, leakyRelu: 2 }[activation],
  });
}
