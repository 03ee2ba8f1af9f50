import type { Tensor } from "./tensor.ts";

/** Host data for the inputs of a step, by tensor. */
export type InputData = ReadonlyMap<
  Tensor,
  Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>
>;

/** What changes from one replay of a plan to the next, besides its inputs. */
export interface StepValues {
  /** 0-based training step: keys the random numbers, picks the slot of the ring. */
  readonly step: number;
  /** Seed of all random numbers. */
  readonly seed: number;
  /** Learning rate of this step. */
  readonly learningRate: number;
}

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
