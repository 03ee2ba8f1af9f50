/** Edges that one thread (software) or one row of lanes (GPU) goes over at most: longer rows are split. */
export const rowChunk = 512;

/** Words of a work item: row, first edge, one past the last, and 1 + the part it writes, or 0 for a whole row. */
export const itemWords = 4;

/** What an unused item or merge has for a row. */
export const noRow = 0xffff_ffff;

/** Rows of edges cut into items of bounded length. */
export interface WorkItems {
  /** [items, itemWords]; every row has one, empty ones too. */
  readonly items: Uint32Array<ArrayBuffer>;
  /** [split rows, itemWords]: row, first part, parts, 0. */
  readonly merges: Uint32Array<ArrayBuffer>;
  /** Parts of all split rows. */
  readonly parts: number;
  /** Most edges of an item. */
  readonly longest: number;
  /** Most parts of a row. */
  readonly mostParts: number;
}

/**
 * "dealt": by falling length in blocks of 64, first the even blocks, then the odd ones. "falling": by falling length. Software
 * drivers cut a grid in contiguous halves, one a core: dealt halves are equally long; GPUs should begin with the longest.
 */
export type ItemOrder = "dealt" | "falling";

/** Cuts rows into items of at most `most` edges, in an order that balances the machine. */
export function workItems(starts: Uint32Array, most: number, order: ItemOrder): WorkItems {
  const rows = starts.length - 1;
  const chunk = Math.max(1, Math.min(most, starts[rows]));
  let [count, splits, parts, mostParts] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const pieces = Math.max(1, Math.ceil((starts[row + 1] - starts[row]) / chunk));
    count += pieces;
    if (pieces === 1) continue;
    splits++;
    parts += pieces;
    mostParts = Math.max(mostParts, pieces);
  }
  const [unsorted, merges] = [new Uint32Array(itemWords * count), new Uint32Array(itemWords * splits)];
  let [item, merge, part, longest] = [0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const pieces = Math.max(1, Math.ceil((starts[row + 1] - starts[row]) / chunk));
    if (pieces > 1) merges.set([row, part, pieces, 0], itemWords * merge++);
    for (let piece = 0; piece < pieces; piece++) {
      const begin = starts[row] + piece * chunk;
      const end = Math.min(starts[row + 1], begin + chunk);
      longest = Math.max(longest, end - begin);
      const at = itemWords * item++;
      unsorted[at] = row;
      unsorted[at + 1] = begin;
      unsorted[at + 2] = end;
      unsorted[at + 3] = pieces > 1 ? ++part : 0;
    }
  }
  const items = arranged(unsorted, longest, order);
  return { items, merges, parts, longest, mostParts };
}

/** Counting sort by falling length, then dealt if asked for. */
function arranged(items: Uint32Array, longest: number, order: ItemOrder): Uint32Array<ArrayBuffer> {
  const count = items.length / itemWords;
  const next = new Uint32Array(longest + 2);
  const length = (k: number) => items[itemWords * k + 2] - items[itemWords * k + 1];
  for (let k = 0; k < count; k++) next[longest - length(k) + 1]++;
  for (let k = 0; k <= longest; k++) next[k + 1] += next[k];
  const block = 64;
  const blocks = Math.ceil(count / block);
  const even = Math.ceil(blocks / 2);
  const result = new Uint32Array(items.length);
  for (let k = 0; k < count; k++) {
    let place = next[longest - length(k)]++;
    if (order === "dealt" && blocks > 2) {
      // The last block may be short: it stays last among those of its parity, and all blocks before it are whole.
      const of = Math.floor(place / block);
      const before = of % 2 === 0 ? of / 2 : even + (of - 1) / 2;
      const short = count % block !== 0 && blocks % 2 === 1 && of % 2 === 1 ? block - count % block : 0;
      place = before * block + place % block - short;
    }
    for (let w = 0; w < itemWords; w++) result[itemWords * place + w] = items[itemWords * k + w];
  }
  return result;
}
