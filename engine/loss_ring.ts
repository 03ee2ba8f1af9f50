import type { Device } from "./device.ts";
import { GpuError } from "./errors.ts";
import { Tensor } from "./tensor.ts";

/** What one training step left in the ring. */
export interface RingRecord {
  /** 0-based training step. */
  readonly step: number;
  /** Loss of that step. */
  readonly loss: number;
  /** Global L2 norm of the gradients, before clipping. */
  readonly norm: number;
  /** This step, or one before it, was not finite: no update happened since. */
  readonly halted: boolean;
}

/**
 * Losses and gradient norms of the last steps, on the device: steps write, and the host reads many at once, because
 * a wait costs 11 ms in Deno and drains the queue.
 */
export class LossRing {
  /** Four words a step: step, loss, norm, halted. */
  readonly records: Tensor;
  /** [halted, clip factor bits, step that halted, bits of the factor before it]; see record_step.wgsl. */
  readonly control: Tensor;
  readonly #buffers: GPUBuffer[];
  #next = 0;

  /** A ring that holds the last `slots` steps: it must be read at least as often. @throws {RangeError} without slots. */
  constructor(readonly device: Device, readonly slots = 256) {
    if (!(Number.isSafeInteger(slots) && slots > 0)) {
      throw new RangeError(`a loss ring of ${slots} slots; expected a whole number from 1.`);
    }
    const records = device.buffer(16 * slots, "loss ring");
    const control = device.buffer(256, "training control");
    this.#buffers = [records, control];
    this.records = new Tensor(
      [4 * slots],
      "u32",
      { kind: "buffer", buffer: records, offset: 0 },
      "loss ring",
    );
    this.control = new Tensor([4], "u32", { kind: "buffer", buffer: control, offset: 0 }, "training control");
    this.reset(0);
  }

  /** Forgets everything; the next record expected is that of `step`. */
  reset(step: number): void {
    this.#next = step;
    this.device.queue.writeBuffer(this.#buffer(1), 0, new Uint32Array([0, 0x3f800000, 0, 0x3f800000]));
  }

  /**
   * Records of the steps up to `end` (exclusive) that were not read before. One wait.
   *
   * @throws {GpuError} when more steps ran since than the ring holds, so that the first are lost, or one did not run.
   */
  async read(end: number): Promise<RingRecord[]> {
    const from = this.#next;
    const lost = end - from - this.slots;
    if (lost > 0) {
      throw new GpuError(
        `${end - from} steps ran since the losses were last read, and the ring holds ${this.slots}: ` +
          `${lost} are lost, from step ${from} on; read at least every ${this.slots} steps.`,
      );
    }
    if (end <= from) return [];
    const bytes = await this.device.read(this.#buffer(0), 0, 16 * this.slots);
    const floats = new Float32Array(bytes);
    const words = new Uint32Array(bytes);
    this.#next = end;
    return Array.from({ length: end - from }, (_, k) => {
      const at = 4 * ((from + k) % this.slots);
      if (words[at] !== from + k) {
        throw new GpuError(
          `the loss of step ${from + k} was not recorded, or another step's lies in its place.`,
        );
      }
      return { step: words[at], loss: floats[at + 1], norm: floats[at + 2], halted: words[at + 3] !== 0 };
    });
  }

  #buffer(k: number): GPUBuffer {
    const buffer = this.#buffers[k];
    if (!buffer) throw new GpuError("this loss ring has been disposed of; make another.");
    return buffer;
  }

  /** Frees the buffers. */
  dispose(): void {
    for (const buffer of this.#buffers.splice(0)) this.device.free(buffer);
  }
}
