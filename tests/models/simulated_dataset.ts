import { type Dataset, type Key, matrixOf } from "../../datasets/dataset.ts";
import { attachMolecules } from "../../datasets/molecules/attach_molecules.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { simulateL1000 } from "../../datasets/simulator/simulator.ts";
import { resolveSimulatorOptions, type SimulatorInput } from "../../datasets/simulator/simulator_options.ts";
import { conditionsOf } from "../../datasets/splits/conditions.ts";
import type { FinetuningData, PpiGraph, PretrainingData } from "../../datasets/types.ts";
import type { ProfileInputs } from "../../models/layout_inputs.ts";

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

/** The simulator's row table, of profiles or of drug response. */
export async function simulatedDataset(
  kind: "pretraining" | "finetuning" = "pretraining",
  options: SimulatorInput = smallExperiment,
): Promise<Dataset<ProfileInputs>> {
  const simulated = simulateL1000(resolveSimulatorOptions(options));
  return await datasetOf(simulated[kind], simulated.ppi);
}

/** A row table of data as the readers give them, drugs by their spelling. */
export async function datasetOf(
  data: PretrainingData | FinetuningData,
  ppi: PpiGraph,
): Promise<Dataset<ProfileInputs>> {
  const { samples, genes, basal } = data;
  const { molecules } = attachMolecules(await Chemistry.load(), data, { distances: "rule" });
  const drug: Key = { ids: samples.drugs, names: samples.drugNames, of: samples.drugOfRow, merged: [] };
  const cells = samples.cells ?? Array.from({ length: samples.rows }, () => "");
  const cellIds = [...new Set(cells)];
  const profiles = data.kind === "pretraining";
  return {
    layout: profiles ? "profiles" : "response",
    name: "by hand",
    source: data.folder,
    rows: samples.rows,
    rowNames: Array.from(samples.smiles, (_, row) => String(row + 1)),
    drug,
    structures: samples.drugs,
    cell: {
      ids: cellIds,
      names: cellIds,
      of: Uint32Array.from(cells, (cell) => cellIds.indexOf(cell)),
      merged: [],
    },
    dose: samples.dose,
    time: samples.time,
    condition: Uint32Array.from(conditionsOf(samples).ofRow),
    outputs: profiles
      ? { kind: "profile", names: genes, unit: "z" }
      : { kind: "response", names: ["ln IC50"], unit: "ln µM" },
    truth: matrixOf(profiles ? data.perturbed : data.logIc50, profiles ? genes.length : 1),
    basal: matrixOf(basal, genes.length),
    inputs: { genes, samples, basal, molecules, moleculeOfRow: samples.drugOfRow, ppi },
    notes: [],
    skipped: [],
    files: [],
    fingerprint: "",
  };
}
