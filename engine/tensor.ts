/** Element types on the device. All are four bytes wide. */
export type DType = "f32" | "i32" | "u32";

/** Where a tensor's bytes are: a buffer of its own (or a range of one), or a place that the plan assigns. */
export type Storage =
  | { readonly kind: "buffer"; readonly buffer: GPUBuffer; readonly offset: number }
  | { readonly kind: "planned"; readonly id: number };

let counter = 0;

/** A contiguous, row-major array on the device. */
export class Tensor {
  /** Unique in this process. */
  readonly id = counter++;
  /** Number of elements. */
  readonly size: number;
  /**
   * A tensor that somebody else gives memory to; see `Engine.constant`, `Step.empty` and `Step.input`.
   *
   * @throws {RangeError} when an extent is no whole number
   */
  constructor(
    readonly shape: readonly number[],
    readonly dtype: DType,
    readonly storage: Storage,
    /** What messages and the profiler call it. */
    readonly label: string,
    /** Whether the backward pass must reach it. */
    readonly requiresGradient = false,
    /** Where a parameter's gradient goes; undefined for everything else. */
    readonly gradientSlot?: Tensor,
  ) {
    const bad = shape.find((extent) => !(Number.isSafeInteger(extent) && extent >= 0));
    if (bad !== undefined) {
      throw new RangeError(`${this} has an extent of ${bad}; expected whole numbers from 0.`);
    }
    this.size = shape.reduce((product, extent) => product * extent, 1);
  }

  /** Bytes of the elements. */
  get bytes(): number {
    return 4 * this.size;
  }

  /** Label and shape, for messages. */
  toString(): string {
    return `${this.label} [${this.shape.join(", ")}]`;
  }
}

/** A range of a tensor's elements; `start` must be a multiple of 64 (256 bytes, WebGPU's offset alignment). */
export interface TensorRange {
  /** The whole. */
  readonly tensor: Tensor;
  /** First element. */
  readonly start: number;
  /** Number of elements. */
  readonly length: number;
}

/** The same bytes under another shape of equal size, not on the tape: for who knows where its gradient goes. */
export function viewAs(tensor: Tensor, shape: readonly number[]): Tensor {
  const view = new Tensor(shape, tensor.dtype, tensor.storage, tensor.label);
  if (view.size !== tensor.size) throw new RangeError(`${tensor} cannot be seen as [${shape.join(", ")}].`);
  return view;
}

/**
 * The same bytes under another shape of equal size.
 *
 * @throws {RangeError} when sizes differ, or the tensor needs a gradient, which only the operation `reshape` hands back.
 */
export function reshaped(tensor: Tensor, shape: readonly number[]): Tensor {
  if (tensor.requiresGradient) {
    throw new RangeError(
      `${tensor} needs a gradient, which would be lost with a view made by reshaped(); use the operation reshape().`,
    );
  }
  return viewAs(tensor, shape);
}
