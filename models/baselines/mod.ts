import type { Model } from "../model.ts";
import { additive } from "./additive.ts";
import { cellMean } from "./cell_mean.ts";
import { drugMean } from "./drug_mean.ts";
import { graphNeighbours } from "./graph_neighbours.ts";
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
  graphNeighbours,
  ridgeConditions,
  ridge,
  randomProfile,
];
