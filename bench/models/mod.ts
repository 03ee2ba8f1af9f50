import { csg2aModels } from "./csg2a.ts";
import type { ModelCase } from "./model_case.ts";
import { rankingModels } from "./ranking.ts";

/** Every model that `bench models` knows, in the order in which it measures them. */
export const modelCases: readonly ModelCase[] = [...csg2aModels, ...rankingModels];
