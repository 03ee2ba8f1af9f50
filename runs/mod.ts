/**
 * Runs: configure, train, resume, evaluate, compare, predict and explain, from a script or a command line.
 *
 * @module
 */
export { configure, runName, type RunWish } from "./configure.ts";
export type { SplitWish } from "./split_wish.ts";
export type { DataSource, RunConfig } from "./run_config.ts";
export { readConfig } from "./read_config.ts";
export { type FinishedRun, follow, resume, type RunWatch, train, type TrainOptions } from "./train.ts";
export { evaluateModels, evaluatePredictions, evaluateRun, type EvaluationWish } from "./evaluate.ts";
export { compareRuns, writeComparison } from "./compare.ts";
export { type ExportedPart, exportFigures, exportPredictions } from "./export.ts";
export { predict, type PredictionSummary } from "./predict.ts";
export { foldRuns, seedRuns, type SeriesRun, trainSeries } from "./series.ts";
export { rankGenes } from "./rank.ts";
export { screenLibrary } from "./screen.ts";
export { type ExplainOptions, explainPrediction } from "./explain.ts";
export type { CellChoice } from "./ask_drugs.ts";
export { readReport } from "./read_report.ts";
export { writeReport } from "./write_report.ts";
export { writeRanking, writeScreen } from "./write_answers.ts";
export { writeExplanation } from "./write_explanation.ts";
export { type FoldMoments, type FoldScore, overFolds } from "./over_folds.ts";
export { FailedTrainingError, SettingsError, StoppedError } from "./errors.ts";

// What the functions give and take.
export type { Group } from "../models/model.ts";
export type { Environment, KernelTime, RunReport } from "../report/run_report.ts";
export type { ComparedRun, ComparisonReport } from "../report/comparison_report.ts";
export type {
  AskedDrug,
  AskedRun,
  ExplanationReport,
  GeneRanking,
  NearestDrug,
  RankedGene,
  Screen,
  ScreenedDrug,
} from "../report/asked.ts";
export type { PreparedRun } from "./prepare.ts";
export type { Route, Routes } from "../report/explain/routes.ts";
