import type { Dataset } from "../../datasets/dataset.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import type { ProfileInputs } from "../../datasets/layouts/basal_profiles/inputs.ts";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { layoutNamed } from "../../datasets/layouts/mod.ts";
import type { SimulatorInput } from "../../datasets/simulator/simulator_options.ts";

/** The small experiment that most tests of models use: 66 rows, 160 genes, 11 drugs, 3 cell lines. */
export const smallExperiment: SimulatorInput = {
  genes: 160,
  cells: 3,
  drugs: 8,
  decoys: 3,
  doses: [1.11, 10],
  times: [6],
  replicates: 1,
  responseCells: 5,
};

/** The simulator's row table in a layout. */
export function simulatedDataset(
  layout?: "profiles" | "response",
  options?: SimulatorInput,
): Promise<Dataset<ProfileInputs>>;
export function simulatedDataset(
  layout: "knowledge-graph",
  options?: SimulatorInput,
): Promise<Dataset<KnowledgeInputs>>;
export function simulatedDataset(
  layout: "signatures",
  options?: SimulatorInput & { readonly pathwayWidth?: number },
): Promise<Dataset<BadgerData>>;
export function simulatedDataset(
  layout: "profiles" | "response" | "signatures" | "knowledge-graph" = "profiles",
  options: Readonly<Record<string, unknown>> = smallExperiment as Readonly<Record<string, unknown>>,
): Promise<Dataset> {
  const { simulate, settings } = layoutNamed(layout);
  // Single replicates have no activity score that a filter could ask for.
  const reading = layout === "signatures" ? { minTas: "off", requireQc: false } : {};
  return simulate(options, settings.parse(reading), { identity: "parent" });
}
