import type { Model } from "../model.ts";
import { meansModel } from "./means.ts";

/** B3 of field.md section 4: the one to beat where cell lines are held out. */
export const drugMean: Model = meansModel(
  {
    name: "drug-mean",
    title: "Drug mean",
    summary: "mean of the drug's training rows over cell lines, doses and times, else the training mean",
  },
  ["drug"],
  ({ grand, drug }) => drug ?? grand,
);
