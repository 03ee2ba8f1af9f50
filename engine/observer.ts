import type { InputData, Plan } from "./plan.ts";
import type { StepValues } from "./step_state.ts";
import type { Timestamps } from "./timestamps.ts";

/** When the host did the parts of one replay, in milliseconds of `performance.now()`. */
export interface ReplayTimes {
  /** Before the inputs were written. */
  readonly begun: number;
  /** The inputs are written; encoding begins. */
  readonly uploaded: number;
  /** The command buffer is finished; submit begins. */
  readonly encoded: number;
  /** Submit has returned. */
  readonly submitted: number;
  /** Bytes of inputs. */
  readonly uploadedBytes: number;
}

/**
 * Looks on while the plans of an engine replay: what profilers and capturing tools attach as `device.observer`.
 *
 * An observer that has something left to read when the engine is disposed of says so by `keepsDevice`, and closes the
 * device itself.
 */
export interface EngineObserver {
  /** Before anything of a replay is written or submitted. It may submit work of its own, or throw to end the program. */
  beforeReplay?(plan: Plan, inputs: InputData, values: StepValues): void;
  /** Room for one timed pass a dispatch, where this replay shall be timed so. */
  timestamps?(plan: Plan): Timestamps | undefined;
  /** After the submit of a replay; `stamps` is what `timestamps` gave. */
  afterReplay?(plan: Plan, times: ReplayTimes, stamps: Timestamps | undefined): void;
  /** After a read-back: its bytes, and how long the host waited. */
  afterRead?(bytes: number, begun: number, done: number): void;
  /** Whether the device must stay open after its engine. */
  readonly keepsDevice?: boolean;
}
