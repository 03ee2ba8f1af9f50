import type { Explanation } from "../models/explanation.ts";
import type { Routes } from "./explain/routes.ts";
import type { AskedRun } from "./gene_ranking.ts";

/** What the page of `explain` shows. */
export interface ExplanationReport extends AskedRun {
  /** As found in the data, or as asked. */
  readonly drug: { readonly name: string; readonly smiles: string };
  /** What the model gave. */
  readonly explanation: Explanation;
  /** From fragments to the genes at both ends; absent for a model that does not look at fragments. */
  readonly routes?: Routes;
}
