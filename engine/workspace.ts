import type { Device } from "./device.ts";

/** A planned tensor's claim: bytes, and the first and last dispatch that touch it. */
export interface Lifetime {
  /** Of the planned storage. */
  readonly id: number;
  /** Size. */
  readonly bytes: number;
  /** First dispatch that touches it; -1 for an input. */
  first: number;
  /** Last dispatch that touches it. */
  last: number;
  /** For messages. */
  readonly label: string;
}

/**
 * Buffers that the plans of one engine share. Plans never run at the same time, so each may use all of them.
 *
 * Inside a plan two tensors get one buffer only if their lifetimes do not touch: a whole buffer a tensor, because
 * WebGPU refuses a buffer that one dispatch both reads and writes, even through ranges that do not overlap.
 */
export class Workspace {
  readonly #buffers: GPUBuffer[] = [];

  /** An empty workspace. */
  constructor(readonly device: Device) {}

  /** Places every lifetime: largest first, each in the smallest buffer that is free for it, else in a new one. */
  place(lifetimes: readonly Lifetime[]): Map<number, GPUBuffer> {
    const occupied = new Map<GPUBuffer, Lifetime[]>();
    const places = new Map<number, GPUBuffer>();
    const order = [...lifetimes].sort((a, b) => b.bytes - a.bytes || a.first - b.first || a.id - b.id);
    for (const lifetime of order) {
      const free = this.#buffers.filter((buffer) =>
        buffer.size >= lifetime.bytes &&
        (occupied.get(buffer) ?? []).every((other) =>
          other.last < lifetime.first || lifetime.last < other.first
        )
      );
      free.sort((a, b) => a.size - b.size);
      let buffer = free[0];
      if (!buffer) {
        buffer = this.device.buffer(lifetime.bytes, `workspace ${this.#buffers.length} (${lifetime.label})`);
        this.#buffers.push(buffer);
      }
      if (!occupied.has(buffer)) occupied.set(buffer, []);
      occupied.get(buffer)!.push(lifetime);
      places.set(lifetime.id, buffer);
    }
    return places;
  }

  /** Bytes of all buffers. */
  get bytes(): number {
    return this.#buffers.reduce((sum, buffer) => sum + buffer.size, 0);
  }

  /** Frees all buffers. */
  dispose(): void {
    for (const buffer of this.#buffers.splice(0)) this.device.free(buffer);
  }
}
