/** Values by input name. */
export type Values = Readonly<Record<string, ArrayLike<number>>>;

/** What an operation computes, in float64 and written apart from the engine. */
export interface ForwardReference {
  /** The output, row-major. */
  forward(inputs: Values): Float64Array;
}

/** An operation in float64 with its derivative by hand. */
export interface Reference extends ForwardReference {
  /** Gradients of sum(output dy), by input name. */
  backward(inputs: Values, dy: ArrayLike<number>): Readonly<Record<string, ArrayLike<number>>>;
}
