/** Draws of one input of the campaign: the same for the same format and number, whatever came before. */
export class Draws {
  #state: number;

  constructor(format: string, input: number) {
    let hash = 0x811c9dc5;
    for (const letter of format) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
    this.#state = (hash ^ Math.imul(input + 1, 0x9e3779b1)) | 0;
  }

  /** In [0, 1): mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** One of a list. */
  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }
}
