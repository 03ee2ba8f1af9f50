import type { Engine, Plan } from "../../engine/mod.ts";

/** Chunk of NaN that is copied over a plan's memory. */
const chunkBytes = 1 << 20;

/** More than the last cache of most machines holds. */
const coldBytes = 192 << 20;

/**
 * Makes memory unlike what the last repeat left: NaN in everything that a plan writes, so that nothing left over passes
 * for a result, and, for cold repeats, a fill larger than the last cache. Its own buffers count in no figure.
 */
export class Scrub {
  readonly #nan: GPUBuffer;
  #cold: GPUBuffer | undefined;

  constructor(readonly engine: Pick<Engine, "device">) {
    this.#nan = this.#buffer(chunkBytes);
    engine.device.queue.writeBuffer(this.#nan, 0, new Float32Array(chunkBytes / 4).fill(NaN));
  }

  #buffer(size: number): GPUBuffer {
    // COPY_SRC | COPY_DST | STORAGE
    return this.engine.device.handle.createBuffer({ label: "scrub", size, usage: 0x4 | 0x8 | 0x80 });
  }

  /** Poisons all memory that plans share. */
  poison(encoder: GPUCommandEncoder, { workspace }: Plan): void {
    for (const buffer of workspace.reserve([])) {
      for (let at = 0; at < buffer.size; at += chunkBytes) {
        encoder.copyBufferToBuffer(this.#nan, 0, buffer, at, Math.min(chunkBytes, buffer.size - at));
      }
    }
  }

  /** Fills more than the last cache, after which nothing of a plan is in it. */
  chill(encoder: GPUCommandEncoder): void {
    this.#cold ??= this.#buffer(Math.min(coldBytes, this.engine.device.limits.maxBufferSize));
    encoder.clearBuffer(this.#cold);
  }

  dispose(): void {
    this.#nan.destroy();
    this.#cold?.destroy();
  }
}
