import { activationCode } from "../activation/activation.ts";
import {
  type AdapterClass,
  type Kernel,
  linearGrid,
  loop,
  specialise,
  type Uniforms,
} from "../descriptor.ts";
import { type RowShape, rowShape, withWorkgroupSums, workgroupLoops } from "../reduce/workgroup.ts";
import { randomCode } from "../random/random.ts";
import dropCode from "./drop.wgsl" with { type: "text" };
import gradientCode from "./gradient.wgsl" with { type: "text" };
import gradientThread from "./gradient_thread.wgsl" with { type: "text" };
import gradientWorkgroup from "./gradient_workgroup.wgsl" with { type: "text" };
import keptCode from "./kept.wgsl" with { type: "text" };
import meanWeightsCode from "./mean_weights.wgsl" with { type: "text" };
import rowCode from "./row.wgsl" with { type: "text" };
import spreadGradientCode from "./spread_gradient.wgsl" with { type: "text" };
import weightsCode from "./weights.wgsl" with { type: "text" };
import weightsThread from "./weights_thread.wgsl" with { type: "text" };
import weightsWorkgroup from "./weights_workgroup.wgsl" with { type: "text" };
import zeroPaddingCode from "./zero_padding.wgsl" with { type: "text" };

/**
 * How scores become weights: "softmax"; "clipped", exp of the score clipped to +-10, times the masks, over the sum plus
 * 1e-5, without subtracting a maximum (BADGER's masked form, badger.md 2.3); "masked", softmax with masked scores at -1e10
 * (DeepCE, badger.md 5.3).
 */
export type Normalisation = "softmax" | "clipped" | "masked";

/** The numbers that the WGSL knows the normalisations by. */
export const normalisationCodes = { softmax: 0, clipped: 1, masked: 2 } as const;

/** Which masks a kernel reads. */
export interface MaskFlags {
  readonly keys: boolean;
  readonly queries: boolean;
}

/** Iterations of `passes` loops over a row's quads, and of so many sums over a workgroup. */
const rowIterations = (shape: RowShape, passes: number, sums: number) => ({ quads }: Uniforms) =>
  shape === "thread" ? passes * loop(quads) : passes * loop(quads / 64) + sums * workgroupLoops(64);

const grid = (shape: RowShape) => ({ rows }: Uniforms) => linearGrid(rows, shape === "thread" ? 64 : 1);

function byShape(shape: RowShape, parts: string[], thread: string, workgroup: string): string {
  return shape === "thread"
    ? [...parts, thread].join("\n")
    : withWorkgroupSums([...parts, workgroup].join("\n"));
}

/** Scores become weights in place; `deficits` gets 1 less each row's sum. */
export function attentionWeights(
  adapterClass: AdapterClass,
  quads: number,
  normalisation: Normalisation,
  masks: MaskFlags,
): Kernel {
  const shape = rowShape(adapterClass, 4 * quads, 32);
  return specialise({
    name: `attention_weights_${shape}`,
    code: byShape(shape, [activationCode, rowCode, weightsCode], weightsThread, weightsWorkgroup),
    workgroups: grid(shape),
    flops: ({ rows, width }) => 5 * rows * width,
    bytes: ({ rows, width }) => 8 * rows * width,
    iterations: rowIterations(shape, 3, 2),
  }, {
    NORMALISE: normalisationCodes[normalisation],
    KEY_MASK: masks.keys ? 1 : 0,
    QUERY_MASK: masks.queries ? 1 : 0,
  });
}

/** Gradient of the scores from that of the weights; `inPlace` finds the latter where it writes, `sumRows` adds up its rows. */
export function attentionScoreGradient(
  adapterClass: AdapterClass,
  quads: number,
  normalisation: Normalisation,
  { inPlace, dropout, sumRows }: { inPlace: boolean; dropout: boolean; sumRows: boolean },
): Kernel {
  const shape = rowShape(adapterClass, 4 * quads, 32);
  return specialise({
    name: `attention_score_gradient_${shape}`,
    code: byShape(shape, [randomCode, rowCode, keptCode, gradientCode], gradientThread, gradientWorkgroup),
    workgroups: grid(shape),
    flops: ({ rows, width }) => 4 * rows * width,
    bytes: ({ rows, width }) => 12 * rows * width,
    iterations: rowIterations(shape, 2, 2),
  }, {
    NORMALISE: normalisationCodes[normalisation],
    IN_PLACE: inPlace ? 1 : 0,
    DROPOUT: dropout ? 1 : 0,
    SUM_ROWS: sumRows ? 1 : 0,
  });
}

/** Weights after dropout. */
export const dropWeights: Kernel = {
  name: "attention_drop",
  code: [randomCode, rowCode, keptCode, dropCode].join("\n"),
  workgroups: ({ rows, quads }) => linearGrid(rows * quads, 64),
  flops: ({ rows, width }) => rows * width,
  bytes: ({ rows, width }) => 8 * rows * width,
  iterations: () => 0,
};

/** Zeros behind the last column of rows padded to whole quads. */
export const zeroPadding: Kernel = {
  name: "attention_zero_padding",
  code: zeroPaddingCode,
  workgroups: ({ rows }) => linearGrid(rows, 64),
  flops: () => 0,
  bytes: ({ rows, width, stride }) => 4 * rows * (stride - width),
  iterations: () => loop(3),
};

/** Mean of a slice's weights; every slice of the batch but the first adds. */
export function meanWeights(accumulate: boolean): Kernel {
  return specialise({
    name: "attention_mean_weights",
    code: meanWeightsCode,
    workgroups: ({ queries, keys }) => linearGrid(queries * keys, 64),
    flops: ({ matrices, queries, keys }) => matrices * queries * keys,
    bytes: ({ matrices, queries, keys }) => 4 * (matrices + 1) * queries * keys,
    iterations: ({ matrices }) => loop(matrices),
  }, { ACCUMULATE: accumulate ? 1 : 0 });
}

/** Gradient of the mean for every matrix of a slice. */
export const spreadGradient: Kernel = {
  name: "attention_spread_gradient",
  code: spreadGradientCode,
  workgroups: ({ matrices, queries, stride }) => linearGrid(matrices * queries * stride, 64),
  flops: ({ matrices, queries, keys }) => matrices * queries * keys,
  bytes: ({ matrices, queries, keys }) => 4 * (matrices + 1) * queries * keys,
  iterations: () => 0,
};
