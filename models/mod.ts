/**
 * The models: a registry of them, each a record of settings, presets and a way to open it on a row table as a predictor that is
 * fitted, predicts, and hands its parameters on. A baseline is a model without a training loop.
 *
 * @module
 */
export { freeBaselines, modelNamed, models } from "./registry.ts";
export type { FitOptions, FitOutcome, Group, Model, ModelPreset, OpenOptions, Predictor } from "./model.ts";
export { type ScheduleSettings, trainingSchema, type TrainingSettings } from "./training_settings.ts";
export type {
  ExplainedFragment,
  ExplainedPair,
  Explanation,
  MapAxis,
  MapName,
  MeanMap,
} from "./explanation.ts";
export type {
  EdgeAttention,
  FidelityPoint,
  GraphExplanation,
  GraphPath,
  PathKind,
  PathNode,
} from "./graph_explanation.ts";
export { startParameters } from "./start_parameters.ts";
export type { Dtype, StoredData, StoredDataOf, StoredTensor } from "../host/checkpoint/stored_tensor.ts";
export type { SettingsSchema } from "../datasets/settings_schema.ts";

// What a fitted model and its training leave.
export { type HostTensor, type NamedTensors, NonFiniteError } from "./training_task.ts";
export { RunStore, type SavedRun } from "./run_store.ts";
export type { TrainProgress } from "./train_loop.ts";
export type { EpochLine, MetricsLine, StepLine, TestLine } from "./train_record.ts";
export { learningRateAt, type Schedule } from "./schedule.ts";
export type { TrainState } from "./train_state.ts";

// What a model of one's own is made of.
export { type ClosedForm, closedForm, type Fit } from "./baselines/closed_form.ts";
export { type NetworkParts, networkPredictor } from "./network_predictor.ts";
export { type SharingCost, type SharingOptions, StepSharing } from "./distributed/step_sharing.ts";
export type { LocalSteps, OuterOutcome } from "./distributed/local_steps.ts";
export type { OuterSettings } from "./distributed/outer_step.ts";
export type { Part } from "./distributed/shared_step.ts";
export type { Channel, Communicator } from "./distributed/communicator.ts";
export { DeviceTask, type DeviceTraining, type Pass, type RecordedPass } from "./device_task.ts";
export type { Criterion } from "./train_loop.ts";
export type { StepRecord, TrainingTask } from "./training_task.ts";
