import {
  type BlockVariant,
  expandGenes,
  geneChunk,
  gradientInputs,
  gradientWeights,
  packWeights,
  reduceGenes,
  sumChunks,
} from "../../kernels/csg2a_block/csg2a_block.ts";
import { geneChunkTunable, mostChunks } from "../../kernels/csg2a_block/tunable.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";

/** Inputs of the block; `graph` and `graphTransposed` are what `blockGraph` packs. */
export type BlockInputs = {
  profile: Tensor;
  condition: Tensor;
  wGex: Tensor;
  wComp: Tensor;
  graph: Tensor;
  graphTransposed: Tensor;
};

interface Saved {
  readonly weights: Tensor;
  /** z (rowsum: m) in the first half; the backward pass writes t (n) into the second. */
  readonly zt: Tensor;
}

function sizes(step: Step, { profile, wGex }: BlockInputs) {
  const [batch, genes] = profile.shape;
  const width = wGex.shape[1];
  const quads = Math.ceil(width / 4);
  const tuned = step.device.tuning.choose(geneChunkTunable, { genes, batch, width, quads });
  const chunk = tuned === undefined
    ? geneChunk(step.device.adapterClass, genes)
    : Math.max(tuned, Math.ceil(genes / mostChunks));
  return { batch, genes, width, quads, chunk, chunks: Math.ceil(genes / chunk), scale: 1 / Math.sqrt(width) };
}

/** Sums over genes, in two stages, into one half of `zt`. */
function reduce(
  step: Step,
  inputs: BlockInputs,
  { weights, zt }: Saved,
  variant: BlockVariant,
  pass: "forward" | "backward",
  u: Tensor,
): void {
  const { batch, genes, quads, chunk, chunks } = sizes(step, inputs);
  const count = batch * quads;
  const partial = step.empty([chunks, batch, 4 * quads], "gene sums by chunk");
  const bindings = { gamma: inputs.profile, comp: inputs.condition, u, w: weights, partial };
  step.run(reduceGenes(variant, pass), bindings, { batch, genes, quads, chunk, chunks });
  step.run(sumChunks, { partial, zt }, { count, chunks, start: pass === "forward" ? 0 : count });
}

/**
 * The CSG2A block without its attention matrix: scores, PPI addition and their use as weights in closed form.
 *
 * Shapes: profile, condition [batch, genes]; wGex, wComp [genes, width]; graph as `blockGraph` packs it
 * -> [batch, genes]. Cost: O(batch genes width), against O(batch genes^2 width) materialised.
 * Source: csg2a.md 4.1 (forward), 4.2 (backward).
 * @throws {ShapeError} when genes, batch or width disagree.
 */
export const csg2aBlock: (step: Step, inputs: BlockInputs, attributes: { variant: BlockVariant }) => Tensor =
  defineOperation<BlockInputs, { variant: BlockVariant }, Saved>({
    name: "csg2a_block",
    forward(step, inputs, { variant }) {
      const { profile, condition, wGex, wComp, graph } = inputs;
      const { batch, genes, width, quads, scale } = sizes(step, inputs);
      if (condition.size !== profile.size || wGex.shape[0] !== genes || wComp.size !== wGex.size) {
        throw new ShapeError(
          `csg2aBlock(): profile ${profile}, condition ${condition}, wGex ${wGex} and wComp ${wComp} disagree.`,
        );
      }
      if (graph.size < genes) {
        throw new ShapeError(`csg2aBlock(): graph ${graph} is too small for ${profile}.`);
      }
      const weights = step.empty([genes, 8 * quads], "packed weights");
      step.run(packWeights, { w_gex: wGex, w_comp: wComp, w: weights }, { genes, width, quads });
      const saved = { weights, zt: step.empty([2, batch, 4 * quads], "z and t") };
      reduce(step, inputs, saved, variant, "forward", profile);
      const y = step.empty(profile.shape, "block output");
      step.run(
        expandGenes(variant),
        { gamma: profile, comp: condition, w: weights, zt: saved.zt, graph, y },
        { batch, genes, quads, scale },
      );
      return { output: y, saved };
    },
    backward(step, { inputs, attributes: { variant }, saved, dy: u, gradient }) {
      const { profile: gamma, condition: comp, graph, graphTransposed } = inputs;
      const { batch, genes, width, quads, scale } = sizes(step, inputs);
      reduce(step, inputs, saved, variant, "backward", u);
      const dgamma = gradient("profile");
      const dcomp = gradient("condition");
      if (dgamma || dcomp) {
        const unwanted = () => step.empty([64], "unwanted gradient");
        step.run(gradientInputs(variant, dgamma !== undefined, dcomp !== undefined), {
          gamma,
          comp,
          u,
          w: saved.weights,
          zt: saved.zt,
          graph: variant === "rowsum" ? graph : graphTransposed,
          dgamma: dgamma ?? unwanted(),
          dcomp: dcomp ?? unwanted(),
        }, { batch, genes, quads, scale });
      }
      const dGex = gradient("wGex");
      const dComp = gradient("wComp");
      if (dGex || dComp) {
        const unwanted = () => step.empty([genes, width], "unwanted gradient");
        step.run(gradientWeights(variant), {
          gamma,
          comp,
          u,
          zt: saved.zt,
          dw_gex: dGex ?? unwanted(),
          dw_comp: dComp ?? unwanted(),
        }, { batch, genes, width, quads, scale });
      }
    },
  });

/** The PPI matrix as the block's kernels read it: rows for "rowsum" (their sums), CSR both ways for "matmul". */
export interface BlockGraph {
  /** Input `graph` of the block. */
  readonly graph: Uint32Array<ArrayBuffer>;
  /** Input `graphTransposed`. */
  readonly transposed: Uint32Array<ArrayBuffer>;
}

/** Packs a 0/1 matrix given as CSR; it need not be symmetric. */
export function blockGraph(indptr: Uint32Array, indices: Uint32Array, variant: BlockVariant): BlockGraph {
  const genes = indptr.length - 1;
  if (variant === "rowsum") {
    const sums = Float32Array.from({ length: genes }, (_, i) => indptr[i + 1] - indptr[i]);
    const bits = new Uint32Array(sums.buffer);
    return { graph: bits, transposed: bits };
  }
  const columns = new Uint32Array(genes + 1);
  for (const k of indices) columns[k + 1]++;
  for (let i = 0; i < genes; i++) columns[i + 1] += columns[i];
  const next = columns.slice();
  const rows = new Uint32Array(indices.length);
  for (let i = 0; i < genes; i++) {
    for (let e = indptr[i]; e < indptr[i + 1]; e++) rows[next[indices[e]]++] = i;
  }
  const joined = (pointers: Uint32Array, entries: Uint32Array) => {
    const packed = new Uint32Array(pointers.length + entries.length);
    packed.set(pointers);
    packed.set(entries, pointers.length);
    return packed;
  };
  return { graph: joined(indptr, indices), transposed: joined(columns, rows) };
}
