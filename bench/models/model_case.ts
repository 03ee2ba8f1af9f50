import type { Engine, KernelTiming } from "../../engine/mod.ts";

/** Sizes of the release, or sizes that a software driver can run. */
export type ModelScale = "released" | "reduced";

/** One model on a device, ready to be stepped. */
export interface PreparedModel {
  readonly sizes: Readonly<Record<string, number>>;
  /** Samples a step. */
  readonly batch: number;
  /** Values that the optimiser moves. */
  readonly parameters: number;
  /** Submits a training step; does not wait. */
  train(step: number): Promise<void>;
  /** Predicts one batch and reads the result; undefined where the model has no inference of its own. */
  readonly infer?: () => Promise<void>;
  /** One training step with every kernel timed. */
  profile(step: number): Promise<readonly KernelTiming[]>;
  dispose(): void;
}

/** A model to measure. */
export interface ModelCase {
  readonly name: string;
  readonly summary: string;
  prepare(engine: Engine, scale: ModelScale): Promise<PreparedModel>;
}
