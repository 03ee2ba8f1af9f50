/** Values by input name. */
export type Values = Readonly<Record<string, ArrayLike<number>>>;

/** An operation in float64: output, and gradients of sum(output dy). Written apart from the engine. */
export interface Reference {
  forward(inputs: Values): Float64Array;
  backward(inputs: Values, dy: ArrayLike<number>): Readonly<Record<string, ArrayLike<number>>>;
}
