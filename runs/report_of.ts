import type { Dataset } from "../datasets/dataset.ts";
import { evaluate } from "../datasets/evaluation/evaluate.ts";
import type { Mechanisms } from "../datasets/evaluation/read_mechanisms.ts";
import type { Prediction } from "../datasets/evaluation/types.ts";
import { checksumOfSplit } from "../datasets/splits/split_file.ts";
import type { Split } from "../datasets/types.ts";
import type { NamedTensors } from "../models/training_task.ts";
import type { RunReport } from "../report/run_report.ts";
import type { PreparedRun } from "./prepare.ts";

/** What only training knows. */
export type TrainingFacts = Pick<
  RunReport,
  | "epochs"
  | "bestEpoch"
  | "chosen"
  | "ownScores"
  | "kernels"
  | "environment"
  | "trainingSeconds"
  | "memory"
  | "parameters"
>;

/** Predictions of the test part judged side by side, the first of them the model: everything that a run's page shows. */
export function reportOf(
  prepared: PreparedRun,
  predictions: readonly Prediction[],
  notes: readonly string[],
  facts: TrainingFacts,
  mechanisms?: Mechanisms,
): RunReport {
  const { config, model, data, split } = prepared;
  const evaluation = evaluate({
    data,
    rows: split.test,
    train: split.train,
    unit: split.unit ?? "drug",
    predictions,
    notes: [...notes, ...(mechanisms ? [mechanisms.note] : [])],
    ...(mechanisms ? { clusters: mechanisms.clusters } : {}),
  });
  return {
    format: "perturbine results 2",
    title: `${model.title} on ${data.name}`,
    model: model.name,
    layout: data.layout,
    outputs: { kind: data.outputs.kind, unit: data.outputs.unit },
    split: { name: split.name, checksum: checksumOfSplit(data, split) },
    counts: countsOf(data, split),
    ...evaluation,
    ...facts,
    notes: [...evaluation.notes, ...prepared.notes],
    config: { ...config },
  };
}

/** Parameters, without running statistics. */
export function trainedValues(tensors: NamedTensors): number {
  const own = [...tensors].filter(([key]) => !/\.(running_mean|running_var|num_batches_tracked)$/.test(key));
  return own.reduce((sum, [, tensor]) => sum + tensor.data.length, 0);
}

function countsOf({ drug, cell, outputs }: Dataset, split: Split): RunReport["counts"] {
  const distinct = (of: Uint32Array, some: Uint32Array) => new Set(Array.from(some, (row) => of[row]));
  const [trainDrugs, trainCells] = [distinct(drug.of, split.train), distinct(cell.of, split.train)];
  const [testDrugs, testCells] = [distinct(drug.of, split.test), distinct(cell.of, split.test)];
  return {
    train: split.train.length,
    validation: split.validation.length,
    test: split.test.length,
    drugs: drug.ids.length,
    cells: cell.ids.length,
    outputs: outputs.names.length,
    testDrugs: testDrugs.size,
    testDrugsTrained: testDrugs.intersection(trainDrugs).size,
    testCells: testCells.size,
    testCellsTrained: testCells.intersection(trainCells).size,
  };
}
