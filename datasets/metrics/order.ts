/** Values of any float array. */
export type Values = Float32Array | Float64Array | readonly number[];

/** Lists up to this long have their positions packed beside 32-bit keys into the 53 bits of a float64. */
const packedLimit = 2 ** 20;

/**
 * Positions of the values from the highest down, equal ones in their order.
 *
 * Values that are float32 numbers are sorted as packed (key, position) pairs without a comparison function, several times
 * faster; the order is the same.
 */
export function descendingOrder(values: Values): Uint32Array<ArrayBuffer> {
  const count = values.length;
  // Turned over and with -0 made 0, so that ascending keys are descending values and both zeros tie.
  const turned = new Float32Array(count);
  let exact = count <= packedLimit;
  for (let i = 0; i < count; i++) {
    const value = 0 - values[i];
    turned[i] = value;
    if (turned[i] !== value) exact = false;
  }
  if (!exact) {
    return Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
  }
  const bits = new Uint32Array(turned.buffer);
  const packed = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // Bits of a float32 grow with its magnitude: negative ones are turned over, positive ones put above them.
    const key = bits[i] & 0x80000000 ? ~bits[i] >>> 0 : (bits[i] | 0x80000000) >>> 0;
    packed[i] = key * packedLimit + i;
  }
  packed.sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = packed[i] % packedLimit;
  return order;
}

/** Rank of every position, 0 for the highest: the inverse of an order. */
export function ranksOf(order: Uint32Array): Uint32Array<ArrayBuffer> {
  const ranks = new Uint32Array(order.length);
  order.forEach((position, rank) => ranks[position] = rank);
  return ranks;
}

/** Positions from the lowest value up, equal ones in their order: the descending order of the values with turned signs. */
export function ascendingOrder(values: Values, descending: Uint32Array): Uint32Array<ArrayBuffer> {
  const count = descending.length;
  const order = new Uint32Array(count);
  for (let end = count, place = 0; end > 0;) {
    let start = end - 1;
    while (start > 0 && values[descending[start - 1]] === values[descending[end - 1]]) start--;
    order.set(descending.subarray(start, end), place);
    place += end - start;
    end = start;
  }
  return order;
}

/**
 * Ranks 1 .. N, equal values getting the mean of the ranks they share.
 *
 * @param descending see `descendingOrder`; given where it is known already.
 */
export function averageRanks(
  values: Values,
  descending: Uint32Array = descendingOrder(values),
): Float64Array<ArrayBuffer> {
  const count = values.length;
  const ranks = new Float64Array(count);
  for (let start = 0; start < count;) {
    let end = start + 1;
    while (end < count && values[descending[end]] === values[descending[start]]) end++;
    // Places start .. end - 1 from above are the ranks count - end + 1 .. count - start.
    for (let place = start; place < end; place++) ranks[descending[place]] = count - (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}
