import type { Device } from "./device.ts";
import type { StepValues } from "./replay.ts";

/** Bytes of the `StepState` struct of random.wgsl, rounded up as uniforms are. */
export const stepStateBytes = 16;

/** The uniform that every kernel with a `step` binding reads; written once a replay. */
export class StepState {
  /** The uniform buffer. */
  readonly buffer: GPUBuffer;
  readonly #bytes = new ArrayBuffer(stepStateBytes);
  readonly #view = new DataView(this.#bytes);
  /** Makes the uniform on a device. */
  constructor(readonly device: Device) {
    const uniform = 0x40 | 0x8; // UNIFORM | COPY_DST
    this.buffer = device.buffer(256, "step state", uniform);
  }

  /** Uploads the values of the next replay. @throws {RangeError} for what the uniform cannot hold. */
  write({ step, seed, learningRate }: StepValues): void {
    for (const [name, value] of Object.entries({ step, seed })) {
      if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) continue;
      throw new RangeError(
        `the ${name} of a replay is ${value}; expected a whole number from 0 to ${2 ** 32 - 1}.`,
      );
    }
    if (!(learningRate >= 0 && Number.isFinite(Math.fround(learningRate)))) {
      throw new RangeError(
        `the learning rate of a replay is ${learningRate}; expected a finite float32 from 0.`,
      );
    }
    this.#view.setUint32(0, step, true);
    this.#view.setUint32(4, seed, true);
    this.#view.setFloat32(8, learningRate, true);
    this.device.queue.writeBuffer(this.buffer, 0, this.#bytes);
  }
}
