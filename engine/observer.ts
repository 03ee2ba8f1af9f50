import type { Dispatch } from "./dispatch.ts";
import type { InputData, ReplayTimes, StepValues } from "./replay.ts";
import type { Tensor } from "./tensor.ts";
import type { Timestamps } from "./timestamps.ts";

/** What an observer may know and ask of a plan; every `Plan` is one. */
export interface ObservedPlan {
  /** What the plan was recorded as. */
  readonly name: string;
  /** What a replay runs, in order. */
  readonly dispatches: readonly Dispatch[];
  /** Buffer of a tensor of this plan, and its first byte. @throws {GpuError} when the plan does not touch it. */
  location(tensor: Tensor): { readonly buffer: GPUBuffer; readonly offset: number };
  /** Submits a range of the dispatches alone, see `Plan.replayRange`. */
  replayRange(from: number, to: number, inputs: InputData, values: StepValues): void;
}

/**
 * Looks on while the plans of an engine replay: what profilers and capturing tools attach as `device.observer`.
 *
 * An observer that has something left to read when the engine is disposed of says so by `keepsDevice`, and closes the
 * device itself.
 */
export interface EngineObserver {
  /** Before anything of a replay is written or submitted. It may submit work of its own, or throw to end the program. */
  beforeReplay?(plan: ObservedPlan, inputs: InputData, values: StepValues): void;
  /** Room for one timed pass a dispatch, where this replay shall be timed so. */
  timestamps?(plan: ObservedPlan): Timestamps | undefined;
  /** After the submit of a replay; `stamps` is what `timestamps` gave. */
  afterReplay?(plan: ObservedPlan, times: ReplayTimes, stamps: Timestamps | undefined): void;
  /** After a read-back: its bytes, and how long the host waited. */
  afterRead?(bytes: number, begun: number, done: number): void;
  /** Whether the device must stay open after its engine. */
  readonly keepsDevice?: boolean;
}
