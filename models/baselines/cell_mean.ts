import type { Model } from "../model.ts";
import { meansModel } from "./means.ts";

/** B2 of field.md section 4: the one to beat where drugs are held out. */
export const cellMean: Model = meansModel(
  {
    name: "cell-mean",
    title: "Cell mean",
    summary: "mean of the cell line's training rows, else the training mean",
  },
  ["cell"],
  ({ grand, cell }) => cell ?? grand,
);
