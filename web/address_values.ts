import type { PanelState } from "./state.ts";

/** Values of an address as a panel needs them: what is not named is the default, what is named wrongly too, and that is told. */
export class AddressValues {
  readonly #state: Pick<PanelState, "get">;
  readonly #wrong: string[] = [];

  constructor(state: Pick<PanelState, "get">) {
    this.#state = state;
  }

  /** What was named wrongly and what was expected, for the visitor; undefined where all was right. */
  get wrong(): string | undefined {
    if (this.#wrong.length === 0) return undefined;
    return `${this.#wrong.join("; ")}. The default stands instead.`;
  }

  /** A whole number from `low` to `high`. */
  whole(name: string, otherwise: number, low: number, high: number): number {
    const text = this.#state.get(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    this.#refuse(name, text, `a whole number from ${low} to ${high}`);
    return otherwise;
  }

  /** One of a few words. */
  oneOf<Word extends string>(name: string, otherwise: Word, words: readonly Word[]): Word {
    const text = this.#state.get(name);
    if (text === undefined) return otherwise;
    const word = words.find((one) => one === text);
    if (word === undefined) this.#refuse(name, text, words.join(" or "));
    return word ?? otherwise;
  }

  #refuse(name: string, found: string, expected: string): void {
    const shown = found.length > 60 ? `${found.slice(0, 60)}...` : found;
    this.#wrong.push(`${name} is "${shown}" in the address; expected ${expected}`);
  }
}
