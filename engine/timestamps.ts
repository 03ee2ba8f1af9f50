/** Begin and end of one pass on the device's clock. */
export interface PassTime {
  /** Nanoseconds on the device's clock. */
  readonly begin: bigint;
  /** Nanoseconds on the device's clock. */
  readonly end: bigint;
}

/** What timestamps need of a device; every `Device` is one. */
export interface TimedDevice {
  /** Makes the queries. */
  readonly handle: GPUDevice;
  /** Copies bytes from a device buffer. */
  read(buffer: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer>;
}

/** Passes a query set: WebGPU allows 4096 queries. */
const passesPerSet = 2048;

/**
 * Timestamps around a number of compute passes. The queries go with the passes; reading them can come much later.
 */
export class Timestamps {
  readonly #sets: { readonly set: GPUQuerySet; readonly resolved: GPUBuffer; readonly passes: number }[] = [];

  /** Makes room for a number of passes. */
  constructor(readonly device: TimedDevice, readonly passes: number) {
    for (let from = 0; from < passes; from += passesPerSet) {
      const count = Math.min(passesPerSet, passes - from);
      this.#sets.push({
        set: device.handle.createQuerySet({ type: "timestamp", count: 2 * count }),
        resolved: device.handle.createBuffer({ label: "timestamps", size: 16 * count, usage: 0x200 | 0x4 }), // QUERY_RESOLVE | COPY_SRC
        passes: count,
      });
    }
  }

  /** Where the timestamps of pass `index` go. */
  writes(index: number): GPUComputePassTimestampWrites {
    const { set: querySet } = this.#sets[Math.floor(index / passesPerSet)];
    const first = 2 * (index % passesPerSet);
    return { querySet, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 };
  }

  /** To be encoded after the last pass. */
  resolve(encoder: GPUCommandEncoder): void {
    for (const { set, resolved, passes } of this.#sets) {
      encoder.resolveQuerySet(set, 0, 2 * passes, resolved, 0);
    }
  }

  /** The times of all passes, in order, and an end to this object. Waits. */
  async read(): Promise<PassTime[]> {
    const times: PassTime[] = [];
    for (const { resolved, passes } of this.#sets) {
      const stamps = new BigUint64Array(await this.device.read(resolved, 0, 16 * passes));
      for (let k = 0; k < passes; k++) times.push({ begin: stamps[2 * k], end: stamps[2 * k + 1] });
    }
    for (const { set, resolved } of this.#sets.splice(0)) {
      set.destroy();
      resolved.destroy();
    }
    return times;
  }
}
