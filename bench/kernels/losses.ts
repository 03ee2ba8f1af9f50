import type { Step, Tensor } from "../../engine/mod.ts";
import { cosineMseLoss } from "../../models/ops/losses/cosine_mse_loss.ts";
import { listnetLoss } from "../../models/ops/losses/listnet_loss.ts";
import { ranknetLoss } from "../../models/ops/losses/ranknet_loss.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import type { KernelCase } from "../kernel_case.ts";
import { lossReference } from "../reference/losses.ts";
import { type OperationCase, operationCase, randomInput } from "./operation_case.ts";

type Record = (step: Step, inputs: { prediction: Tensor; target: Tensor }) => Tensor;

function lossCase(
  name: string,
  summary: string,
  record: Record,
  terms: Parameters<typeof lossReference>[0],
  loud?: OperationCase["loud"],
  flops?: OperationCase["flops"],
): KernelCase {
  return operationCase({
    name,
    summary,
    sizes: { rows: 32, width: 978 },
    loud,
    flops,
    variants: { chosen: (step, { prediction, target }) => record(step, { prediction, target }) },
    inputs: ({ rows, width }, random) => ({
      prediction: randomInput(random, [rows, width]),
      target: { ...randomInput(random, [rows, width], 2), gradient: false },
    }),
    reference: ({ rows, width }) => lossReference(terms, rows, width),
  });
}

/** Scores whose exponentials overflow: all of them where the loss is of their differences, else those. */
const far = { prediction: { grid: 1 / 32, shift: 200 } };
const apart = { prediction: { scale: 200, grid: 1 / 32 } };

/** RankNet's operations: about 15 a pair of two, in both directions. */
const pairs: OperationCase["flops"] = ({ rows, width }) => 15 * rows * width * (width - 1);

/** Losses over the labels of a batch: one by entries, one by rows, one over a distribution, one over all pairs. */
export const lossCases: readonly KernelCase[] = [
  lossCase("loss-mse", "mean squared error", mseLoss, ["mse"]),
  lossCase(
    "loss-cosine-mse",
    "BADGER's loss: rank cosine and squared error in one pass over the rows",
    (step, inputs) => cosineMseLoss(step, inputs, { cosine: 1, squared: 1 }),
    ["rankcosine", "mse"],
  ),
  lossCase("loss-listnet", "ListNet: two softmaxes a row", listnetLoss, ["listnet"], far),
  lossCase(
    "loss-ranknet",
    "RankNet: all pairs of a row, none stored",
    ranknetLoss,
    ["ranknet"],
    apart,
    pairs,
  ),
];
