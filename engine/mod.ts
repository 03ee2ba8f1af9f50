/**
 * Perturbine's engine: reverse-mode differentiation over hand-written WGSL kernels, recorded once and replayed.
 *
 * @module
 */
export { Device, type DeviceMemory, type DeviceOptions } from "./device.ts";
export type { Dispatch, Phase } from "./dispatch.ts";
export { Engine, type HostArray } from "./engine.ts";
export { type Cut, cutAtMost, cutInto, cutSum, type Piece, piecesOf } from "./cut.ts";
export { GpuError, ShapeError } from "./errors.ts";
export type { IndexBound } from "./index_bounds.ts";
export {
  type CompiledKernel,
  type KernelLayout,
  type StorageBinding,
  type UniformField,
} from "./kernel_layout.ts";
export { LossRing, type RingRecord } from "./loss_ring.ts";
export { type BackwardCall, defineOperation, type Inputs, type Operation } from "./operation.ts";
export type { EngineObserver, ObservedPlan } from "./observer.ts";
export { type OptimizerOptions, recordOptimizer } from "./optimizer.ts";
export {
  type FlatPiece,
  type FlatSegment,
  type Moments,
  Parameters,
  type ParameterSpec,
} from "./parameters.ts";
export { Plan } from "./plan.ts";
export { chromeTrace, type KernelSummary, type KernelTiming, summariseTimings } from "./profiler.ts";
export type { InputData, ReplayTimes, StepValues } from "./replay.ts";
export { Step } from "./step.ts";
export { type Accumulation, type GradientRequests, type Recorder, type TapeNode } from "./tape.ts";
export { StepState } from "./step_state.ts";
export { type DType, reshaped, type Storage, Tensor, type TensorRange } from "./tensor.ts";
export { firstNonFinite } from "./first_non_finite.ts";
export { Workspace } from "./workspace.ts";
export {
  type AdapterClass,
  type Grid,
  type Kernel,
  linearGrid,
  loop,
  specialise,
  type Uniforms,
} from "../kernels/descriptor.ts";
export type { OptimizerKind } from "../kernels/optimizer/optimizer.ts";
export { type PassTime, type TimedDevice, Timestamps } from "./timestamps.ts";
export {
  adapterIdentity,
  type TunedCandidate,
  Tuning,
  type TuningEntry,
  type TuningTable,
} from "./tuning.ts";
export { runtimeName } from "./runtime_name.ts";
export { sizeClass, type Tunable } from "../kernels/tunable.ts";
