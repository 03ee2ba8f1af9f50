import type { Dataset } from "../../datasets/dataset.ts";
import type { Model } from "../model.ts";
import { additive } from "./additive.ts";
import { cellMean } from "./cell_mean.ts";
import { drugMean } from "./drug_mean.ts";
import { nearest } from "./nearest.ts";
import { noChange } from "./no_change.ts";
import { randomProfile } from "./random_profile.ts";
import { ridge } from "./ridge.ts";
import { ridgeConditions } from "./ridge_conditions.ts";
import { trainingMean } from "./training_mean.ts";
import { zero } from "./zero.ts";

/** Predictions that cost nothing, in the order of tables: what a model has to beat, and last what is meant to be bad. */
export const baselines: readonly Model[] = [
  noChange,
  zero,
  trainingMean,
  cellMean,
  drugMean,
  additive,
  nearest,
  ridgeConditions,
  ridge,
  randomProfile,
];

/**
 * The baselines that mean something for data of this layout.
 *
 * @example
 * ```ts ignore
 * for (const model of freeBaselines(data)) await using predictor = await model.open(...);
 * ```
 */
export function freeBaselines({ layout }: Pick<Dataset, "layout">): Model[] {
  return baselines.filter(({ layouts }) => layouts.includes(layout));
}
