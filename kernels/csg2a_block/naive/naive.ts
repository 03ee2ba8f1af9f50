import { type Kernel, linearGrid, loop, specialise, type Uniforms } from "../../descriptor.ts";
import type { BlockVariant } from "../csg2a_block.ts";
import addPpiCode from "./add_ppi.wgsl" with { type: "text" };
import applyCode from "./apply.wgsl" with { type: "text" };
import inputGradientsCode from "./input_gradients.wgsl" with { type: "text" };
import profileGradientCode from "./profile_gradient.wgsl" with { type: "text" };
import queriesCode from "./queries.wgsl" with { type: "text" };
import queryGradientCode from "./query_gradient.wgsl" with { type: "text" };
import scoreGradientCode from "./score_gradient.wgsl" with { type: "text" };
import scoresCode from "./scores.wgsl" with { type: "text" };
import weightGradientsCode from "./weight_gradients.wgsl" with { type: "text" };

// The block by the book (csg2a.md 2.4): the batch x genes x genes scores are stored, a slice of the batch at a time.
// Nine launches a slice, in this order.
const square = ({ samples, genes }: Uniforms) =>
  [Math.ceil(genes / 8), Math.ceil(genes / 8), samples] as const;
const rows = ({ samples, genes }: Uniforms) => [Math.ceil(genes / 64), samples, 1] as const;
const scoreBytes = ({ samples, genes }: Uniforms) => 4 * samples * genes * genes;
const flag = (variant: BlockVariant) => ({ ROWSUM: variant === "rowsum" ? 1 : 0 });

/** Q. */
export const naiveQueries: Kernel = {
  name: "csg2a_naive_queries",
  code: queriesCode,
  workgroups: ({ samples, genes, width }) => linearGrid(samples * genes * width, 64),
  flops: ({ samples, genes, width }) => 3 * samples * genes * width,
  bytes: ({ samples, genes, width }) =>
    4 * (2 * samples * genes + 2 * genes * width + samples * genes * width),
  iterations: () => 0,
};

/** QQ' / sqrt(width). */
export const naiveScores: Kernel = {
  name: "csg2a_naive_scores",
  code: scoresCode,
  workgroups: square,
  flops: ({ samples, genes, width }) => 2 * samples * genes * genes * width,
  bytes: (sizes) => scoreBytes(sizes) + 4 * sizes.samples * sizes.genes * sizes.width,
  iterations: ({ width }) => loop(width),
};

/** The addition of P. */
export const naiveAddPpi: Kernel = {
  name: "csg2a_naive_add_ppi",
  code: addPpiCode,
  workgroups: rows,
  flops: ({ samples, genes }) => samples * genes,
  bytes: ({ samples, genes }) => 8 * samples * genes,
  iterations: ({ genes }) => loop(genes),
};

/** y from the scores. */
export function naiveApply(variant: BlockVariant): Kernel {
  return specialise({
    name: "csg2a_naive_apply",
    code: applyCode,
    workgroups: rows,
    flops: ({ samples, genes }) => 2 * samples * genes * genes,
    bytes: scoreBytes,
    iterations: ({ genes }) => loop(genes),
  }, flag(variant));
}

/** Gradient of the scores; `symmetric` adds its transpose. */
export function naiveScoreGradient(variant: BlockVariant, symmetric: boolean): Kernel {
  return specialise({
    name: "csg2a_naive_score_gradient",
    code: scoreGradientCode,
    workgroups: square,
    flops: ({ samples, genes }) => samples * genes * genes,
    bytes: scoreBytes,
    iterations: () => 0,
  }, { ...flag(variant), SYMMETRIC: symmetric ? 1 : 0 });
}

/** The profile's gradient through the weighted values. */
export function naiveProfileGradient(variant: BlockVariant): Kernel {
  return specialise({
    name: "csg2a_naive_profile_gradient",
    code: profileGradientCode,
    workgroups: rows,
    flops: ({ samples, genes }) => 2 * samples * genes * genes,
    bytes: scoreBytes,
    iterations: ({ genes }) => loop(genes),
  }, flag(variant));
}

/** Gradient of Q. */
export const naiveQueryGradient: Kernel = {
  name: "csg2a_naive_query_gradient",
  code: queryGradientCode,
  workgroups: ({ samples, genes, width }) => [Math.ceil(width / 8), Math.ceil(genes / 8), samples],
  flops: ({ samples, genes, width }) => 3 * samples * genes * genes * width,
  bytes: (sizes) => scoreBytes(sizes) + 8 * sizes.samples * sizes.genes * sizes.width,
  iterations: ({ genes }) => loop(genes),
};

/** Gradients of profile (added) and condition through Q. */
export const naiveInputGradients: Kernel = {
  name: "csg2a_naive_input_gradients",
  code: inputGradientsCode,
  workgroups: ({ samples, genes }) => linearGrid(samples * genes, 64),
  flops: ({ samples, genes, width }) => 4 * samples * genes * width,
  bytes: ({ samples, genes, width }) =>
    4 * (samples * genes * width + 2 * genes * width + 3 * samples * genes),
  iterations: ({ width }) => loop(width),
};

/** Gradients of the weights; every slice of the batch but the first adds. */
export function naiveWeightGradients(accumulate: boolean): Kernel {
  return specialise({
    name: "csg2a_naive_weight_gradients",
    code: weightGradientsCode,
    workgroups: ({ genes, width }) => linearGrid(genes * width, 64),
    flops: ({ samples, genes, width }) => 4 * samples * genes * width,
    bytes: ({ samples, genes, width }) =>
      4 * (samples * genes * width + 2 * genes * width + 2 * samples * genes),
    iterations: ({ samples }) => loop(samples),
  }, { ACCUMULATE: accumulate ? 1 : 0 });
}
