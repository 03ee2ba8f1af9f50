/** A tensor on the host, as it stands in a checkpoint. */
export interface HostTensor {
  /** As in PyTorch; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Element type, by its safetensors name. */
  readonly dtype: "F32" | "I32" | "I64";
  /** Row-major values. */
  readonly data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;
}

/** Tensors by their PyTorch names, in PyTorch's order. */
export type NamedTensors = Map<string, HostTensor>;

/** What the device ring recorded of one training step. */
export interface StepRecord {
  /** 0-based step since the start of training. */
  readonly step: number;
  /** Mean squared error over the batch. */
  readonly loss: number;
  /** Global L2 norm of all gradients before clipping. */
  readonly gradientNorm: number;
}

/** A loss, gradient or parameter stopped being finite. Parameters are those before the bad step. */
export class NonFiniteError extends Error {
  /** Name of the class. */
  override name = "NonFiniteError";
  /** An error at a step, with what is known of its origin. */
  constructor(
    message: string,
    /** 0-based step that went bad. */
    readonly step: number,
    /** Label of the first tensor with a NaN or Inf, when it could be found. */
    readonly tensor: string | undefined,
  ) {
    super(message);
  }
}

/**
 * What the training loop needs of a model bound to a data set on a device.
 *
 * The loop never waits inside an epoch except to read losses: `step` uploads a batch and submits one command buffer.
 */
export interface TrainingTask {
  /** Values predicted a row: genes in pretraining, 1 (ln IC50) in fine-tuning. */
  readonly outputs: number;
  /**
   * Uploads the batch and submits one training step (forward, backward, optimiser). Does not wait, unless for other processes.
   *
   * @param at `last`: the epoch ends with it, and all processes that train together have one model then.
   */
  step(rows: Uint32Array, at: { step: number; learningRate: number; last?: boolean }): Promise<void> | void;
  /**
   * Losses of all steps since the last call, by one read-back; those of steps that other processes know nothing of yet come later,
   * at the latest with the epoch's last. @throws {NonFiniteError}
   */
  readLosses(): Promise<StepRecord[]>;
  /** Predictions in evaluation mode, `rows.length * outputs`, row-major. */
  predict(rows: Uint32Array): Promise<Float32Array<ArrayBuffer>>;
  /** Parameters and buffers under their state_dict keys. */
  parameters(): Promise<NamedTensors>;
  /** Optimiser state under `exp_avg.KEY`, `exp_avg_sq.KEY`, `step`, and `step.KEY` where a parameter has counted fewer. */
  optimizerState(): Promise<NamedTensors>;
  /** Puts back what `parameters()` and `optimizerState()` gave. @throws {Error} on a missing key or another shape. */
  restore(parameters: NamedTensors, optimizer?: NamedTensors): void;
  /** Device memory in bytes: what is resident, and the largest it was. */
  memory(): { resident: number; peak: number };
  /** Frees device memory. */
  dispose(): void;
}
