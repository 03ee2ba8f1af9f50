import type { BlockVariant } from "../../kernels/csg2a_block/csg2a_block.ts";
import {
  naiveAddPpi,
  naiveApply,
  naiveInputGradients,
  naiveProfileGradient,
  naiveQueries,
  naiveQueryGradient,
  naiveScoreGradient,
  naiveScores,
  naiveWeightGradients,
} from "../../kernels/csg2a_block/naive/naive.ts";
import { cutAtMost, piecesOf } from "../../engine/cut.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { recordMatmul } from "../../engine/ops/matmul.ts";
import { matrix, transposed } from "../../engine/ops/matrix_view.ts";

/** Inputs of the materialised block; `graph` is the CSR of P for both variants (see `blockGraph`). */
export type MaterialisedBlockInputs = {
  profile: Tensor;
  condition: Tensor;
  wGex: Tensor;
  wComp: Tensor;
  graph: Tensor;
};

/** How the scores are used, and whether the two large products are one output a thread or the fastest of the ladder. */
export interface MaterialisedBlockAttributes {
  readonly variant: BlockVariant;
  readonly products: "naive" | "tiled";
}

/** Some consecutive samples: as many as one binding holds the scores of. */
interface Slice {
  readonly sizes: Readonly<Record<"first" | "samples" | "genes" | "width" | "scale", number>>;
  readonly queries: Tensor;
  readonly scores: Tensor;
}

function slices(step: Step, { profile, wGex }: MaterialisedBlockInputs): Slice[] {
  const [batch, genes] = profile.shape;
  const width = wGex.shape[1];
  const most = Math.floor(step.device.maxBinding / (4 * genes * Math.max(genes, width)));
  if (most < 1) {
    throw new ShapeError(
      `csg2aBlockMaterialised(): the scores of one sample of ${profile} exceed a binding.`,
    );
  }
  return piecesOf(batch, cutAtMost(batch, most)).map(({ from: first, count: samples }) => ({
    sizes: { first, samples, genes, width, scale: 1 / Math.sqrt(width) },
    queries: step.empty([samples, genes, width], "queries"),
    scores: step.empty([samples, genes, genes], "scores"),
  }));
}

/**
 * The CSG2A block with its batch x genes x genes score matrix stored, in slices of the batch that fit a binding: the
 * readable reference for `csg2aBlock`, and what benchmarks compare it with.
 *
 * Shapes as `csg2aBlock`. Source: csg2a.md 2.4, its derivative by the book. Cost: O(batch genes^2 width).
 * @throws {ShapeError} when genes, batch or width disagree, or one sample's scores exceed the binding limit.
 */
export const csg2aBlockMaterialised: (
  step: Step,
  inputs: MaterialisedBlockInputs,
  attributes: MaterialisedBlockAttributes,
) => Tensor = defineOperation<MaterialisedBlockInputs, MaterialisedBlockAttributes, readonly Slice[]>({
  name: "csg2a_block_materialised",
  forward(step, inputs, { variant, products }) {
    const { profile: gamma, condition: comp, wGex, wComp, graph } = inputs;
    if (comp.size !== gamma.size || wGex.shape[0] !== gamma.shape[1] || wComp.size !== wGex.size) {
      throw new ShapeError(
        `csg2aBlockMaterialised(): profile ${gamma}, condition ${comp}, wGex ${wGex} and wComp ${wComp} disagree.`,
      );
    }
    const saved = slices(step, inputs);
    const y = step.empty(gamma.shape, "block output");
    for (const { sizes, queries: q, scores } of saved) {
      const { samples, genes, width, scale: alpha } = sizes;
      step.run(naiveQueries, { gamma, comp, w_gex: wGex, w_comp: wComp, q }, sizes);
      if (products === "naive") step.run(naiveScores, { q, scores }, sizes);
      else {
        const all = matrix(q, genes, width);
        recordMatmul(step, all, transposed(all), scores, { alpha }, samples);
      }
      step.run(naiveAddPpi, { graph, scores }, sizes);
      step.run(naiveApply(variant), { scores, gamma, y }, sizes);
    }
    return { output: y, saved };
  },
  backward(step, { inputs, attributes: { variant, products }, saved, dy: u, gradient }) {
    const { profile: gamma, condition: comp, wGex, wComp } = inputs;
    const dgamma = gradient("profile") ?? step.empty(gamma.shape, "unwanted gradient");
    const dcomp = gradient("condition") ?? step.empty(comp.shape, "unwanted gradient");
    const dGex = gradient("wGex") ?? step.empty(wGex.shape, "unwanted gradient");
    const dComp = gradient("wComp") ?? step.empty(wComp.shape, "unwanted gradient");
    for (const { sizes, queries: q, scores } of saved) {
      const { first, samples, genes, width, scale: alpha } = sizes;
      const dscores = step.empty(scores.shape, "score gradient");
      const dq = step.empty(q.shape, "query gradient");
      step.run(naiveProfileGradient(variant), { scores, u, dgamma }, sizes);
      step.run(naiveScoreGradient(variant, products === "tiled"), { gamma, u, dscores }, sizes);
      if (products === "naive") step.run(naiveQueryGradient, { dscores, q, dq }, sizes);
      else recordMatmul(step, matrix(dscores, genes, genes), matrix(q, genes, width), dq, { alpha }, samples);
      step.run(naiveInputGradients, { dq, w_gex: wGex, w_comp: wComp, dgamma, dcomp }, sizes);
      step.run(naiveWeightGradients(first > 0), { gamma, comp, dq, dw_gex: dGex, dw_comp: dComp }, sizes);
    }
  },
});
