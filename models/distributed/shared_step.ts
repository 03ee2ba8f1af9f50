import {
  batchNormBackward,
  batchNormChunkStatistics,
  batchNormChunkSums,
  batchNormForward,
} from "../../kernels/batch_norm/batch_norm.ts";
import {
  type Engine,
  GpuError,
  type Kernel,
  specialise,
  Step,
  type Tensor,
  type TensorRange,
  type Uniforms,
} from "../../engine/mod.ts";

type Tensors = Readonly<Record<string, Tensor | TensorRange>>;

/** What all ranks tell one another in the middle of a step, before dispatch `at`. */
export type StepExchange =
  & { readonly at: number }
  & (
    | {
      /** Column statistics of every rank's rows become those of the batch. */
      readonly kind: "statistics";
      /** [chunks, width, 2]: mean and squared deviations by chunks of the own rows. */
      readonly own: Tensor;
      readonly mean: Tensor;
      readonly variance: Tensor;
      readonly runningMean: Tensor;
      readonly runningVariance: Tensor;
      readonly momentum: number;
      readonly rows: number;
      readonly width: number;
      readonly chunk: number;
    }
    | {
      /** Gradient sums of every rank's rows become this rank's share of those of the batch. */
      readonly kind: "sums";
      readonly own: Tensor;
      /** [2, width, 2], of which the second half stays zero. */
      readonly shared: Tensor;
      readonly width: number;
    }
    | {
      /** A mean over labelled entries becomes this rank's share of that over the batch. */
      readonly kind: "ratio";
      readonly loss: Tensor;
      readonly count: Tensor;
    }
  );

/** Where this rank's rows lie in the batch. */
export interface Part {
  /** Rows of all ranks. */
  readonly batch: number;
  /** Rows before this rank's. */
  readonly first: number;
  /** This rank's rows; at least 1, see `StepSharing`. */
  readonly rows: number;
}

/**
 * A step over a part of a batch that other processes hold the rest of. The operations record the same kernels as ever; those that look
 * at the whole batch are taken apart here: its column statistics are exchanged, and dropout is drawn by the place in the batch.
 */
export class SharedStep extends Step {
  /** In the order of the dispatches. */
  readonly exchanges: StepExchange[] = [];

  /**
   * @param constant a tensor of the engine that lives as long as it, by a name that is the same in every plan.
   * @param ownNorm normalise by the statistics of this rank's rows alone.
   */
  constructor(
    readonly engine: Engine,
    readonly part: Part,
    readonly constant: (name: string, shape: readonly number[]) => Tensor,
    readonly ownNorm: boolean,
  ) {
    super(engine.device);
  }

  /** A row alone has no statistics, and as a part of a batch needs none. */
  override get leastNormRows(): number {
    return this.ownNorm ? super.leastNormRows : 1;
  }

  /** As `Step.run`. @throws {GpuError} for a kernel that looks at the whole batch and cannot be taken apart. */
  override run(kernel: Kernel, tensors: Tensors, uniforms: Uniforms = {}): void {
    const { constants = {}, name } = kernel;
    const training = constants.TRAIN === 1;
    if (name.startsWith("batch_norm_") && !this.ownNorm) {
      if ("count" in tensors) throw new GpuError(refusal("BatchNorm over padded rows"));
      // Recorded by the forward and backward kernels below, which come right after.
      if (name === "batch_norm_chunk_statistics" || name === "batch_norm_chunk_sums") return;
      if (name === "batch_norm_forward" && training) return this.#normalise(kernel, tensors, uniforms);
      if (name === "batch_norm_backward" && training) return this.#normaliseBack(tensors, uniforms);
    }
    if (constants.FIRST === undefined && this.#draws(kernel, uniforms)) {
      if (!/^(pointwise|batch_norm|broadcast_add|bit_linear)/.test(name)) {
        throw new GpuError(refusal(`dropout in ${name}`));
      }
      kernel = this.#drawing(kernel, tensors);
    }
    super.run(kernel, tensors, uniforms);
    if (name === "pathway_nll_total") {
      const { loss, count } = tensors as Record<string, Tensor>;
      this.exchanges.push({ kind: "ratio", at: this.dispatches.length, loss, count });
      for (const tensor of [loss, count]) this.keep(tensor);
    }
  }

  /** Whether a kernel, as specialised, draws random numbers: only dropout does in a forward or backward pass. */
  #draws({ code, name, constants = {} }: Kernel, { rate }: Uniforms): boolean {
    if (name.startsWith("pointwise")) {
      return ["STAGE0", "STAGE1", "STAGE2", "STAGE3"].some((stage) => constants[stage] === dropoutStage);
    }
    return /\bstep\.seed\b/.test(code) && constants.DROPOUT !== 0 && rate !== 0;
  }

  /** A kernel that draws for this rank's rows as it would for them in the whole batch. */
  #drawing(kernel: Kernel, tensors: Tensors): Kernel {
    const { first, rows } = this.part;
    const { x, y = x } = tensors as Record<string, Tensor>, values = y.size;
    if (values % rows === 0) return specialise(kernel, { FIRST: first * (values / rows) });
    throw new GpuError(refusal(`dropout over ${values} values of ${rows} rows`));
  }

  #normalise({ constants = {} }: Kernel, tensors: Tensors, uniforms: Uniforms): void {
    const { x, running_mean, running_variance, scale } = tensors as Record<string, Tensor>;
    const { rows, width, chunk, chunks, momentum, rate } = uniforms;
    const own = this.keep(this.empty([chunks, width, 2], "own statistics by chunk"));
    super.run(batchNormChunkStatistics({ counted: false }), { x, partial: own }, {
      rows,
      width,
      chunk,
      chunks,
    });
    const name = `batch norm ${this.exchanges.length}`;
    const mean = this.constant(`${name}, mean`, [width]);
    const variance = this.constant(`${name}, variance`, [width]);
    this.exchanges.push({
      kind: "statistics",
      at: this.dispatches.length,
      own,
      mean,
      variance,
      runningMean: running_mean,
      runningVariance: running_variance,
      momentum,
      rows,
      width,
      chunk,
    });
    // The statistics of the batch are known by now: to the kernel they are like running ones.
    const variant = { train: false, relu: constants.RELU === 1, counted: false, affine: !!scale };
    const kernel = batchNormForward({ ...variant, dropout: rate > 0 });
    super.run(
      rate > 0 ? this.#drawing(kernel, tensors) : kernel,
      { ...tensors, partial: x, running_mean: mean, running_variance: variance },
      uniforms,
    );
  }

  #normaliseBack(tensors: Tensors, uniforms: Uniforms): void {
    const { x, statistics, dy, y, dscale } = tensors as Record<string, Tensor>;
    const { rows, width, chunks } = uniforms;
    const relu = y !== undefined;
    const own = this.keep(this.empty([chunks, width, 2], "own gradient sums by chunk"));
    const kernel = batchNormChunkSums({ counted: false, relu });
    super.run(kernel, { x, statistics, dy, ...(relu && { y }), partial: own }, uniforms);
    const shared = this.constant(`batch norm ${this.exchanges.length}, sums`, [2, width, 2]);
    this.exchanges.push({ kind: "sums", at: this.dispatches.length, own, shared, width });
    super.run(
      batchNormBackward({ train: true, relu, dropout: false, counted: false, affine: !!dscale }),
      { ...tensors, partial: shared },
      { ...uniforms, chunk: Math.ceil(rows / 2), chunks: 2 },
    );
  }
}

/** The code of a dropout stage in `stages.wgsl`. */
const dropoutStage = 4;

function refusal(what: string): string {
  return `${what} cannot be shared by several processes: it looks at the whole batch; train this model in one process, its ` +
    "folds and seeds in several (`--folds all --task array`).";
}
