import { geneCounts } from "../datasets/badger/gene_counts.ts";
import type { BadgerData } from "../datasets/badger/types.ts";
import { selectMatrixRows } from "../datasets/readers/select_rows.ts";
import type { HostArray, Step, Tensor } from "../engine/mod.ts";
import { batchItemWeights, extremeLabels, trainItemWeights } from "./ops/losses/item_weights.ts";
import { labelOrder } from "./ops/losses/label_order.ts";
import { type LossName, type LossNeeds, lossNeeds, mainLoss } from "./ops/losses/main_loss.ts";

/** Labels of a batch on the device, and what else its loss takes. */
export interface LabelTensors {
  /** [batch, genes] */
  readonly target: Tensor;
  /** [genes], for the weighted losses. */
  readonly weights?: Tensor;
  /** [batch, genes], for the losses over ordered labels. */
  readonly order?: Tensor;
}

/**
 * A loss by its released name over the labels of a data set (badger.md 3.1): what it takes beside predictions and labels is
 * made here, once a batch or once a training set.
 */
export class LabelLoss {
  readonly #needs: LossNeeds;
  readonly #genes: number;
  readonly #trained: Float32Array<ArrayBuffer> | undefined;

  /**
   * Counts the labels of the training rows where the loss weighs by them.
   *
   * @param trainRows rows that are trained on; only the train-weighted losses look at them.
   * @throws {Error} when such a loss gets no training rows.
   */
  constructor(
    readonly name: LossName,
    readonly data: Pick<BadgerData, "labels" | "genes">,
    trainRows?: Uint32Array,
  ) {
    this.#needs = lossNeeds(name);
    this.#genes = data.genes.length;
    const { weights } = this.#needs;
    if (weights === undefined || weights === "batch") return;
    if (!trainRows) throw new Error(`the loss ${name} weighs genes by the training rows; none were given.`);
    const counts = geneCounts(data.labels, this.#genes, trainRows, this.#most(extremeLabels.training));
    this.#trained = trainItemWeights(weights, counts);
  }

  /** Of fewer genes at most half are extreme on either side. */
  #most(released: number): number {
    return Math.min(released, this.#genes >> 1);
  }

  /** Why ranks cannot add up its gradients, or undefined: it is a mean over the rows of a batch. */
  get whyNotShared(): string | undefined {
    const mean = /^(hybrid_cosine_mse|point_wise_mse|list_wise_rankcosine)/.test(this.name) &&
      !/_(sum|batchweighted|dynamic)$/.test(this.name);
    return mean ? undefined : `its loss ${this.name} is no mean over the rows of a batch`;
  }

  /** Tensors of a batch that the host fills. */
  inputs(step: Step, batch: number): LabelTensors {
    const shape = [batch, this.#genes];
    return {
      target: step.input(shape, "labels"),
      ...(this.#needs.weights ? { weights: step.input([this.#genes], "gene weights") } : {}),
      ...(this.#needs.order ? { order: step.input(shape, "order of the labels", "u32") } : {}),
    };
  }

  /** Records the loss, [1]. */
  record(step: Step, prediction: Tensor, tensors: LabelTensors): Tensor {
    return mainLoss(step, this.name, { prediction, ...tensors });
  }

  /** Puts the values of a batch into `inputs`. */
  fill(inputs: Map<Tensor, HostArray>, { target, weights, order }: LabelTensors, rows: Uint32Array): void {
    const labels = selectMatrixRows(this.data.labels, this.#genes, rows);
    inputs.set(target, labels);
    if (order) inputs.set(order, labelOrder(labels, this.#genes));
    if (weights) inputs.set(weights, this.#trained ?? this.#batchWeights(labels, rows.length));
  }

  #batchWeights(labels: Float32Array, rows: number): Float32Array<ArrayBuffer> {
    const all = Uint32Array.from({ length: rows }, (_, row) => row);
    return batchItemWeights(geneCounts(labels, this.#genes, all, this.#most(extremeLabels.batch)));
  }
}
