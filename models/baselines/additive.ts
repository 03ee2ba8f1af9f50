import type { Model } from "../model.ts";
import { meansModel } from "./means.ts";

/** B4 of field.md section 4; what was never trained on contributes nothing. */
export const additive: Model = meansModel(
  {
    name: "additive",
    title: "Additive",
    summary: "drug mean + cell mean - training mean; the other one for a drug or cell line never trained on",
  },
  ["drug", "cell"],
  ({ grand, drug, cell }) => {
    if (!drug || !cell) return drug ?? cell ?? grand;
    return Float64Array.from(drug, (value, column) => value + cell[column] - grand[column]);
  },
);
