import type { Kernel, Uniforms } from "../kernels/descriptor.ts";
import type { CompiledKernel } from "./kernel_layout.ts";
import type { Tensor } from "./tensor.ts";

/** Which part of a step a dispatch belongs to, for the profiler. */
export type Phase = "forward" | "backward" | "update";

/** One recorded dispatch. */
export interface Dispatch {
  /** The kernel with its specialisation. */
  readonly kernel: Kernel;
  /** Its pipeline and layout. */
  readonly compiled: CompiledKernel;
  /** What is bound, in the order of the layout. */
  readonly bindings: readonly { tensor: Tensor; start: number; length: number; writes: boolean }[];
  /** Sizes and scalars. */
  readonly uniforms: Uniforms;
  /** Part of the step. */
  readonly phase: Phase;
  /** Operation that recorded it. */
  readonly operation: string;
}
