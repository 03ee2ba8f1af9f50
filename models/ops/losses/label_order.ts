/**
 * Positions of each row's labels in descending order; equal labels keep their order, as a stable sort leaves them.
 *
 * @param labels [rows, width], after the sign rule of the label type
 * @returns [rows, width]: entry k of a row is the position of its k-th largest label
 */
export function labelOrder(labels: Float32Array, width: number): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(labels.length);
  const positions = Array.from({ length: width }, (_, i) => i);
  for (let start = 0; start < labels.length; start += width) {
    order.set(positions.toSorted((a, b) => labels[start + b] - labels[start + a]), start);
  }
  return order;
}
