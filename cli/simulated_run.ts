import type { PpiGraph } from "../datasets/types.ts";
import type { RunConfig } from "../models/run_config.ts";
import type { TrainingData } from "./prepare_run.ts";

/** Data and PPI graph of the built-in simulator, for either stage. */
export function simulatedRun(
  _stage: RunConfig["stage"],
  _options: Record<string, unknown>,
): { data: TrainingData; graph: PpiGraph } {
  throw new Error("The simulator has not landed yet.");
}
