import type { Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { absoluteErrorLoss } from "../ops/losses/absolute_error_loss.ts";
import { type LabelType, type LossName, mainLoss, type MainLossInputs } from "../ops/losses/main_loss.ts";
import { pathwayLoss } from "../ops/losses/pathway_loss.ts";
import { pathwayScores } from "../ops/losses/pathway_scores.ts";
import { spreadoutLoss } from "../ops/losses/spreadout_loss.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import type { BadgerOutput } from "./network.ts";

/** Weights of the loss terms (badger.md section 3); a term of weight 0 is not computed. */
export interface BadgerLossConfig {
  /** Main loss, by its released name. */
  readonly loss: LossName;
  /** Whether labels change their sign. */
  readonly labelType: LabelType;
  /** Weight of the main loss. */
  readonly mainWeight: number;
  /** Supervision of the drug-pathway attention (3.2). */
  readonly pathwayWeight: number;
  /** L1 distance of the mean gene-gene attention to a target (3.3). */
  readonly geneAttentionWeight: number;
  /** Spread-out regularisation of the gene states (3.4). */
  readonly spreadoutWeight: number;
}

/** The released session's loss. */
export const releasedBadgerLoss: BadgerLossConfig = {
  loss: "hybrid_cosine_mse",
  labelType: "real",
  mainWeight: 1,
  pathwayWeight: 0.05,
  geneAttentionWeight: 0,
  spreadoutWeight: 0,
};

/** What the loss terms compare with. */
export interface BadgerTargets extends Omit<MainLossInputs, "prediction"> {
  /** [samples, pathways] u32, and 1 for drugs that have any label. */
  readonly pathwayLabels?: Tensor;
  /** [samples, pathways], 1 for drugs that have any label. */
  readonly pathwayMask?: Tensor;
  /** [genes, genes] target of the mean gene-gene attention. */
  readonly geneAttention?: Tensor;
}

/** A weighted term of the loss, [1]. */
export interface LossTerm {
  /** The released name of the term. */
  readonly name: "dge" | "pathway_nll" | "gene_attention_l1" | "spreadout";
  /** Its weighted value, [1]. */
  readonly value: Tensor;
}

/** The weighted terms that apply, in the released order, and their sum. */
export function badgerLoss(
  step: Step,
  output: BadgerOutput,
  targets: BadgerTargets,
  config: BadgerLossConfig,
  { samples, genes, heads }: { readonly samples: number; readonly genes: number; readonly heads: number },
): { total: Tensor; terms: LossTerm[] } {
  const weighted = (x: Tensor, weight: number) =>
    weight === 1 ? x : elementwise(step, { x }, { stages: [{ kind: "affine", scale: weight, shift: 0 }] });
  const main = mainLoss(step, config.loss, { ...targets, prediction: output.prediction }, config);
  const terms: LossTerm[] = [{ name: "dge", value: weighted(main, config.mainWeight) }];
  const { pathwayLabels: labels, pathwayMask: mask, geneAttention: target } = targets;
  if (config.pathwayWeight > 0 && output.pathwayWeights && labels && mask) {
    const scores = pathwayScores(step, { attention: output.pathwayWeights }, {
      heads,
      keys: output.pathwayKeys,
    });
    const value = pathwayLoss(step, { scores, labels, mask }, { weight: config.pathwayWeight });
    terms.push({ name: "pathway_nll", value });
  }
  if (config.geneAttentionWeight > 0 && output.geneAttention && target) {
    const value = absoluteErrorLoss(step, { prediction: output.geneAttention, target });
    terms.push({ name: "gene_attention_l1", value: weighted(value, config.geneAttentionWeight) });
  }
  if (config.spreadoutWeight > 0) {
    const width = output.geneStates.size / (samples * genes);
    const embeddings = reshape(step, { x: output.geneStates }, { shape: [samples, genes, width] });
    terms.push({
      name: "spreadout",
      value: weighted(spreadoutLoss(step, { embeddings }), config.spreadoutWeight),
    });
  }
  const total = terms.slice(1).reduce((sum, { value }) => add(step, { a: sum, b: value }), terms[0].value);
  return { total, terms };
}
