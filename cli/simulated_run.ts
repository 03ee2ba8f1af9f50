import { simulateL1000 } from "../datasets/simulator/simulator.ts";
import { resolveSimulatorOptions } from "../datasets/simulator/simulator_options.ts";
import type { PpiGraph } from "../datasets/types.ts";
import type { RunConfig } from "../models/run_config.ts";
import type { TrainingData } from "./prepare_run.ts";

/**
 * Data and PPI graph of the built-in simulator, for either stage.
 *
 * @throws {UserError} when an option is unknown or out of range.
 */
export function simulatedRun(
  stage: RunConfig["stage"],
  options: Record<string, unknown>,
): { data: TrainingData; graph: PpiGraph } {
  const simulated = simulateL1000(resolveSimulatorOptions(options));
  return { data: simulated[stage], graph: simulated.ppi };
}
