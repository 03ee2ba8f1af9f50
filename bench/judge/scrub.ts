import type { Engine, Plan } from "../../engine/mod.ts";

/** Chunk of poison that is copied over a plan's memory. */
const chunkBytes = 1 << 20;

/** More than the last cache of most machines holds. */
const coldBytes = 192 << 20;

/** Poison of odd rounds: a number, since a driver may take NaN for whatever suits it in a comparison. */
export const garbage = -(2 ** 97);

/**
 * Makes memory unlike what the last repeat left: NaN, or a number that no result has, in everything that a plan writes, so
 * that nothing left over passes for a result, and, for cold repeats, a fill larger than the last cache. Its own buffers
 * count in no figure.
 */
export class Scrub {
  readonly #poison: readonly GPUBuffer[];
  #cold: GPUBuffer | undefined;

  constructor(readonly engine: Pick<Engine, "device">) {
    this.#poison = [NaN, garbage].map((value) => {
      const buffer = this.#buffer(chunkBytes);
      engine.device.queue.writeBuffer(buffer, 0, new Float32Array(chunkBytes / 4).fill(value));
      return buffer;
    });
  }

  #buffer(size: number): GPUBuffer {
    // COPY_SRC | COPY_DST | STORAGE
    return this.engine.device.handle.createBuffer({ label: "scrub", size, usage: 0x4 | 0x8 | 0x80 });
  }

  /** Poisons all memory that plans share: with NaN in even rounds, with garbage in odd ones. */
  poison(encoder: GPUCommandEncoder, { workspace }: Plan, round: number): void {
    for (const buffer of workspace.reserve([])) {
      for (let at = 0; at < buffer.size; at += chunkBytes) {
        encoder.copyBufferToBuffer(
          this.#poison[round % 2],
          0,
          buffer,
          at,
          Math.min(chunkBytes, buffer.size - at),
        );
      }
    }
  }

  /** Fills more than the last cache, after which nothing of a plan is in it. */
  chill(encoder: GPUCommandEncoder): void {
    this.#cold ??= this.#buffer(Math.min(coldBytes, this.engine.device.limits.maxBufferSize));
    encoder.clearBuffer(this.#cold);
  }

  dispose(): void {
    for (const buffer of this.#poison) buffer.destroy();
    this.#cold?.destroy();
  }
}
