import type { Device } from "./device.ts";

/**
 * Buffers that the plans of one engine share. Plans never run at the same time, so each may use all of them: the k-th is
 * as large as the k-th largest of any plan, in whatever order plans are recorded.
 */
export class Workspace {
  /** Raised when a buffer gives way to a larger one: plans that bound it bind anew before they run again. */
  generation = 0;
  /** Which plan's results the buffers hold: the last that ran. */
  holder: object | undefined;
  readonly #buffers: GPUBuffer[] = [];

  /** An empty workspace. */
  constructor(readonly device: Device) {}

  /** Makes the k-th buffer hold at least `sizes[k]` bytes, and gives them out. What was in those that grow is lost. */
  reserve(sizes: readonly number[]): readonly GPUBuffer[] {
    sizes.forEach((bytes, k) => {
      const present = this.#buffers[k];
      if (present?.size >= bytes) return;
      if (present) {
        this.device.free(present);
        this.generation++;
        this.holder = undefined;
      }
      this.#buffers[k] = this.device.buffer(bytes, `workspace ${k}`);
    });
    return this.#buffers;
  }

  /** Bytes of all buffers. */
  get bytes(): number {
    return this.#buffers.reduce((sum, buffer) => sum + buffer.size, 0);
  }

  /** Frees all buffers. A plan that runs again gets new ones. */
  dispose(): void {
    for (const buffer of this.#buffers.splice(0)) this.device.free(buffer);
    this.generation++;
    this.holder = undefined;
  }
}
