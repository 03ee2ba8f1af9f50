import type { Dataset } from "../../datasets/dataset.ts";
import type { ProfileInputs } from "../../datasets/layouts/basal_profiles/inputs.ts";
import type { Csg2aData } from "./task.ts";

/** What the network sees of a row table. */
export function taskData({ rows, inputs, truth }: Dataset<ProfileInputs>): Csg2aData {
  const { basal, samples, molecules, moleculeOfRow, ppi } = inputs;
  return {
    rows,
    basal,
    target: truth,
    dose: samples.dose,
    time: samples.time,
    molecules,
    moleculeOfRow,
    ppi,
  };
}
