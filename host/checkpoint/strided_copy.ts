/** Arrays by element width: values are moved as bit patterns, so the element type does not matter. */
const patterns = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;

/**
 * Copies a strided view into row-major order.
 * @param bytes the whole storage
 * @param width bytes of an element: 1, 2, 4 or 8
 * @param first element where the view begins; strides count elements too
 * @returns the bytes of the row-major copy
 */
export function stridedCopy(
  bytes: Uint8Array<ArrayBuffer>,
  width: number,
  first: number,
  shape: readonly number[],
  strides: readonly number[],
): Uint8Array<ArrayBuffer> {
  const Pattern = patterns[width as keyof typeof patterns];
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  const source = new Pattern(aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
  const target = new Pattern(shape.reduce((product, extent) => product * extent, 1));
  const index = shape.map(() => 0);
  let from = first;
  for (let to = 0; to < target.length; to++) {
    target[to] = source[from];
    // Count up like an odometer, last axis fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return new Uint8Array(target.buffer);
}
