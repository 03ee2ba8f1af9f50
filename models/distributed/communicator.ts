/** Two streams of messages, each in an order that all ranks share: what a step waits for, and gradients beside it. */
export type Channel = "step" | "gradients";

/**
 * Processes that train one model together. Every call is collective: all ranks make the same calls on a channel, in the same order.
 */
export interface Communicator {
  /** Which of the processes this is, from 0. */
  readonly rank: number;
  /** How many there are. */
  readonly size: number;
  /** The same number of bytes of every rank, in the order of the ranks. */
  gather(own: Uint8Array, channel?: Channel): Promise<Uint8Array<ArrayBuffer>>;
  /** Rank 0 gets the same number of bytes of every rank, in the order of the ranks; what the others get is empty. */
  collect(own: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
  /** Rank r gets the r-th of equal parts from everyone, in the order of the ranks. */
  exchange(parts: Uint8Array, channel?: Channel): Promise<Uint8Array<ArrayBuffer>>;
}

/** One process alone. */
export const single: Communicator = {
  rank: 0,
  size: 1,
  gather: (own) => Promise.resolve(Uint8Array.from(own)),
  collect: (own) => Promise.resolve(Uint8Array.from(own)),
  exchange: (parts) => Promise.resolve(Uint8Array.from(parts)),
};

/**
 * Adds up everyone's values in place. Each rank adds a part of them, in the order of the ranks and in double precision, so that the
 * sum depends on nothing but the values and the number of ranks, whatever library carries it.
 */
export async function addUp(
  { size, exchange, gather }: Communicator,
  values: Float32Array<ArrayBuffer>,
  channel: Channel = "step",
): Promise<void> {
  if (size === 1) return;
  const part = Math.ceil(values.length / size);
  const padded = new Float32Array(part * size);
  padded.set(values);
  const parts = new Float32Array((await exchange(bytesOf(padded), channel)).buffer);
  const sums = new Float32Array(part);
  for (let k = 0; k < part; k++) {
    let sum = 0;
    for (let rank = 0; rank < size; rank++) sum += parts[rank * part + k];
    sums[k] = sum;
  }
  const all = new Float32Array((await gather(bytesOf(sums), channel)).buffer);
  values.set(all.subarray(0, values.length));
}

/** JSON of every rank, in their order. */
export async function gatherJson<Value>(communicator: Communicator, own: Value): Promise<Value[]> {
  const bytes = new TextEncoder().encode(JSON.stringify(own));
  const lengths = new Uint32Array((await communicator.gather(bytesOf(Uint32Array.of(bytes.length)))).buffer);
  const most = Math.max(...lengths);
  const padded = new Uint8Array(most);
  padded.set(bytes);
  const all = await communicator.gather(padded);
  return Array.from(
    lengths,
    (length, rank) => JSON.parse(new TextDecoder().decode(all.subarray(rank * most, rank * most + length))),
  );
}

/** Bytes of every rank, in their order, to rank 0; the others get an empty list. */
export async function toFirst(
  communicator: Communicator,
  own: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const lengths = await gatherJson(communicator, own.length);
  const most = Math.max(...lengths);
  const padded = new Uint8Array(most);
  padded.set(own);
  const all = await communicator.collect(padded);
  if (communicator.rank !== 0) return [];
  return lengths.map((length, rank) => all.slice(rank * most, rank * most + length));
}

/** Bytes of rank 0 to everyone. */
export async function fromFirst(
  communicator: Communicator,
  own: Uint8Array | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const { rank, size } = communicator;
  const [length] = new Float64Array(
    (await communicator.gather(bytesOf(Float64Array.of(own?.length ?? 0)))).buffer,
  );
  // Scattered by rank 0, then gathered: every rank carries a part.
  const part = Math.ceil(length / size);
  const parts = new Uint8Array(part * size);
  if (rank === 0) parts.set(own!);
  const received = await communicator.exchange(parts);
  return (await communicator.gather(received.slice(0, part))).slice(0, length);
}

/** The bytes of a typed array, not copied. */
export function bytesOf(values: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
