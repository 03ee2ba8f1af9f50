type Listener = (value?: unknown) => void;

/**
 * Pieces of a text as the readable stream that Papa Parse takes, in Deno and in a browser alike. Papa parses each piece before it
 * returns, so that the next one is fetched when the last is done with.
 */
export class PieceStream {
  /** By this and the two functions Papa knows a stream. */
  readonly readable = true;
  readonly #listeners = new Map<string, Set<Listener>>();
  #stopped = false;

  /** Begins when the caller has attached its listeners, after the current call. */
  constructor(pieces: AsyncIterable<string>) {
    this.#pour(pieces);
  }

  on(event: string, listener: Listener): void {
    const those = this.#listeners.get(event);
    if (those) those.add(listener);
    else this.#listeners.set(event, new Set([listener]));
  }

  removeListener(event: string, listener: Listener): void {
    this.#listeners.get(event)?.delete(listener);
  }

  read(): null {
    return null;
  }

  /** No further piece comes, nor an end. */
  destroy(): void {
    this.#stopped = true;
  }

  async #pour(pieces: AsyncIterable<string>): Promise<void> {
    await Promise.resolve();
    try {
      for await (const piece of pieces) {
        if (this.#stopped) return;
        this.#tell("data", piece);
      }
      if (!this.#stopped) this.#tell("end");
    } catch (error) {
      if (!this.#stopped) this.#tell("error", error);
    }
  }

  #tell(event: string, value?: unknown): void {
    for (const listener of [...this.#listeners.get(event) ?? []]) listener(value);
  }
}
