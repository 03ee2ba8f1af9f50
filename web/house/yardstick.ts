import type { Dataset } from "../../datasets/dataset.ts";
import { meanSquaredError } from "../../datasets/metrics/metrics.ts";
import { releasedCriterion } from "../../models/ranking/criterion.ts";
import type { EpochLine } from "../../models/train_record.ts";
import { lossCurves } from "../../report/charts.ts";
import type { Curve } from "../../report/kit/charts.ts";

/** By what a training is watched: the number that chooses its best epoch, which a free baseline has on the same rows too. */
export interface Yardstick {
  readonly title: string;
  /** 1: higher is better. */
  readonly sign: 1 | -1;
  of(predicted: Float32Array, truth: Float32Array): number;
  curves(lines: readonly EpochLine[]): Curve[];
}

const error: Yardstick = {
  title: "mean squared error",
  sign: -1,
  of: meanSquaredError,
  curves: lossCurves,
};

/** The rankers' criterion: their scores may have any scale. */
export function yardstickOf({ outputs: { kind, names } }: Pick<Dataset, "outputs">): Yardstick {
  if (kind !== "signature") return error;
  const { name, metrics } = releasedCriterion(names.length);
  return {
    title: "NDCG of raised genes",
    sign: 1,
    of: (predicted, truth) => metrics(predicted, truth)[name],
    curves: (lines) => [{
      name: "validation",
      points: lines.flatMap(({ epoch, validationMetrics }) =>
        validationMetrics ? [{ epoch, value: validationMetrics[name] }] : []
      ),
    }],
  };
}
