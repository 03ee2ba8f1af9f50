import type { Clock } from "../measure.ts";
import type { StepParts } from "./explain_step.ts";

/** Time of one kernel in a step of a model. */
export interface ModelKernel {
  readonly kernel: string;
  readonly phase: string;
  readonly calls: number;
  readonly ms: number;
  /** Part of the step's device time. */
  readonly share: number;
  readonly gflops: number;
  readonly gbs: number;
  /** Share of what the measured roofline allows; null where it was not measured. */
  readonly roofline_share: number | null;
}

/** One line of the model benchmark: a model in one pass. Names as in the JSON. */
export interface ModelRow {
  readonly model: string;
  readonly pass: "training" | "inference";
  /** "released" or "reduced", with the sizes that were used. */
  readonly scale: "released" | "reduced";
  readonly sizes: Readonly<Record<string, number>>;
  readonly adapter: string;
  /** Whether a tuner's table chose kernels. */
  readonly tuned: boolean;
  /** Steps in all samples together. */
  readonly repeats: number;
  /** Wall-clock milliseconds a step, each of a run of steps with one wait at its end. */
  readonly samples_ms: readonly number[];
  /** The same over what 10^9 multiply-adds in registers cost beside it. */
  readonly samples_canary: readonly number[];
  /** What those units count, as in a kernel's row. */
  readonly canary_clock: Clock;
  /** Their median. */
  readonly ms_step: number;
  /** Where one step by itself spends its time, until nothing is left over; null without timestamp queries. */
  readonly parts: StepParts | null;
  readonly samples_per_second: number;
  /** Sum of the kernels' own times in one profiled step; null without timestamp queries. */
  readonly ms_kernels: number | null;
  /** Part of a step in which the device ran no kernel; null without timestamp queries. */
  readonly gpu_idle_share: number | null;
  /** Part of a step that the host spent preparing, uploading and recording. */
  readonly host_share: number;
  readonly host_us_per_dispatch: number;
  readonly dispatches: number;
  readonly submits: number;
  readonly peak_bytes: number;
  readonly parameters: number;
  /** Pipelines and the first training step, its recording included, less a steady step; 0 for inference, which follows. */
  readonly compile_ms: number;
  readonly kernels: readonly ModelKernel[];
}
