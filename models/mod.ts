/**
 * The models: plain functions of parameters and tensors, and what training them needs.
 *
 * @module
 */
export * from "./csg2a/mod.ts";
export * from "./mlp/mod.ts";
export * from "./knn/mod.ts";
export * from "./neural_fingerprint/mod.ts";
export * from "./deepce/mod.ts";
export * from "./ciger/mod.ts";
export * from "./training_task.ts";
export { type EpochLimits, type EpochValidation, type EpochVerdict, judgeEpoch } from "./early_stopping.ts";
export { type PresetConfig, type PresetName, presets } from "./presets.ts";
export { overrideRunConfig, resolveRunConfig, type RunConfigOverrides } from "./resolve_run_config.ts";
export type {
  DataConfig,
  ModelConfig,
  RunConfig,
  ScheduleConfig,
  SplitConfig,
  TrainingConfig,
} from "./run_config.ts";
export { RunStore, type SavedRun } from "./run_store.ts";
export {
  type Criterion,
  trainLoop,
  type TrainLoopOptions,
  type TrainOutcome,
  type TrainProgress,
} from "./train_loop.ts";
export type { EpochLine, MetricsLine, StepLine, TestLine } from "./train_record.ts";
export { initialTrainState, type TrainState } from "./train_state.ts";
export type { Schedule } from "../engine/schedule.ts";
export { LabelLoss, type LabelTensors } from "./label_loss.ts";
export { DeviceTask, type DeviceTraining, type Pass, type RecordedPass } from "./device_task.ts";
export {
  type Chosen,
  type GeneTableStart,
  rankingFamilies,
  type RankingFamily,
  type RankingLoss,
  type RankingModel,
  type RankingReading,
  type RankingRunConfig,
  type RankingSplit,
  type RankingTraining,
} from "./ranking_run_config.ts";
export { badgerConfig, createRankingTask, type RankingTask, type RankingTaskInput } from "./ranking_task.ts";
export { type RankingOverrides, resolveRankingConfig, shippedSession } from "./sessions/sessions.ts";
export * from "./badger/mod.ts";
export { type LabelType, type LossName, lossNames, type MainLossInputs } from "./ops/losses/main_loss.ts";
export type { BitLinearInputs } from "../engine/ops/bit_linear.ts";
