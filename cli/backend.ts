import type { TuningTable } from "../engine/mod.ts";
import type { RunConfig } from "../models/run_config.ts";
import type { TrainingTask } from "../models/training_task.ts";
import type { PreparedRun } from "./prepare_run.ts";
import type { KernelTime } from "./report/report_data.ts";

/** What a task needs of a prepared run. */
export type TaskData = Pick<PreparedRun, "data" | "shown" | "ppi">;

/** One profiled step. */
export interface KernelProfile {
  readonly kernels: readonly KernelTime[];
  /** Chrome Trace Event JSON. */
  readonly trace: string;
}

/** A training task that can time its kernels. */
export interface ProfiledTask extends TrainingTask {
  /** Runs one training step with timestamp queries, which changes the parameters; undefined where there are none. */
  profileKernels?(rows: Uint32Array, learningRate: number): Promise<KernelProfile | undefined>;
}

/** A device on which models train; tests put a CPU in its place. */
export interface Backend extends Disposable {
  /** Adapter and driver, for people. */
  readonly adapter: string;
  /** Whether a software driver stands in for a GPU. */
  readonly software: boolean;
  /** Puts data and model on the device. */
  createTask(data: TaskData, config: RunConfig): Promise<ProfiledTask>;
}

/** How a device is opened. */
export interface BackendOptions {
  /** Choices of the tuner for this adapter; without them the rules hold. */
  readonly tuning?: TuningTable;
}

/** Opens the device on demand: commands that fail before need none. */
export type OpenBackend = (options?: BackendOptions) => Promise<Backend>;
