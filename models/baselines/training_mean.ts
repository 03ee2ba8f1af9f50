import type { Model } from "../model.ts";
import { meansModel } from "./means.ts";

/** B1 of field.md section 4. */
export const trainingMean: Model = meansModel(
  { name: "training-mean", title: "Training mean", summary: "mean of all training rows" },
  [],
  ({ grand }) => grand,
);
