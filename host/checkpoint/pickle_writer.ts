/** Writes the few pickle opcodes (protocol 2) that a PyTorch state_dict needs, one method an opcode. */
export class PickleWriter {
  readonly #bytes: number[] = [0x80, 2];

  mark(): this {
    return this.#push(0x28);
  }

  /** Closes the values since the last mark into a tuple. */
  tuple(): this {
    return this.#push(0x74);
  }

  /** Calls the name below the topmost tuple with it. */
  reduce(): this {
    return this.#push(0x52);
  }

  /** Turns the topmost tuple into a reference to data outside the pickle. */
  persistentId(): this {
    return this.#push(0x51);
  }

  /** Puts the key-value pairs since the last mark into the dict below it. */
  setItems(): this {
    return this.#push(0x75);
  }

  no(): this {
    return this.#push(0x89);
  }

  /** A name, as `module.attribute`. */
  global(name: string): this {
    const dot = name.lastIndexOf(".");
    return this.#push(0x63, ...new TextEncoder().encode(`${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`));
  }

  /** An empty OrderedDict. */
  orderedDict(): this {
    return this.global("collections.OrderedDict").#push(0x29, 0x52);
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    return this.#push(0x58, ...littleEndian(bytes.length, 4), ...bytes);
  }

  /** A whole number from 0 to 2^53. */
  integer(value: number): this {
    if (value < 0x100) return this.#push(0x4b, value);
    if (value < 0x80000000) return this.#push(0x4a, ...littleEndian(value, 4));
    return this.#push(0x8a, 8, ...littleEndian(value, 8));
  }

  /** A tuple of whole numbers. */
  integers(values: readonly number[]): this {
    this.mark();
    for (const value of values) this.integer(value);
    return this.tuple();
  }

  /** Ends the pickle. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#push(0x2e);
    return Uint8Array.from(this.#bytes);
  }

  #push(...bytes: number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
}

function littleEndian(value: number, count: number): number[] {
  const bytes: number[] = [];
  for (let i = 0, rest = value; i < count; i++, rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  return bytes;
}
