import { GpuError } from "./errors.ts";
import type { Step } from "./step.ts";
import type { Storage, Tensor } from "./tensor.ts";

/** A planned tensor's claim: bytes, and the first and last dispatch that touch it. */
export interface Lifetime {
  /** Of the planned storage. */
  readonly id: number;
  /** Size. */
  readonly bytes: number;
  /** First dispatch that touches it; -1 for an input. */
  readonly first: number;
  /** Last dispatch that touches it; one past all of them if it is kept. */
  last: number;
  /** For messages. */
  readonly label: string;
}

/**
 * When each planned tensor of a step is first and last touched. Inputs live from the start, kept tensors to the end.
 *
 * @throws {GpuError} when a tensor is read, or to be kept, that nothing wrote before.
 */
export function plannedLifetimes(name: string, step: Step): Lifetime[] {
  const found = new Map<number, Lifetime>();
  const touch = (tensor: Tensor, at: number, written: boolean, reader: string) => {
    if (tensor.storage.kind !== "planned") return;
    const { id } = tensor.storage;
    const lifetime = found.get(id);
    if (lifetime) lifetime.last = at;
    // A tensor without elements has nothing to be written.
    else if (!written && tensor.size > 0) {
      throw new GpuError(`${name}: ${tensor} is ${reader} and nothing wrote it before.`);
    } else found.set(id, { id, bytes: tensor.bytes, first: at, last: at, label: tensor.label });
  };
  for (const tensor of step.inputs) touch(tensor, -1, true, "");
  step.dispatches.forEach(({ bindings, kernel, operation }, index) => {
    // A kernel that writes a tensor may bind it a second time, to read another part of it.
    for (const written of [true, false]) {
      for (const { tensor, writes } of bindings) {
        if (writes !== written) continue;
        touch(
          tensor,
          index,
          writes || step.placeholders.has(tensor),
          `read by ${kernel.name} (${operation})`,
        );
      }
    }
  });
  for (const tensor of step.kept) touch(tensor, step.dispatches.length, tensor.size === 0, "kept");
  return [...found.values()];
}

/** Largest sum of planned bytes alive at one dispatch. */
export function largestOverlap(lifetimes: readonly Lifetime[], dispatches: number): number {
  const change = new Float64Array(dispatches + 4);
  for (const { first, last, bytes } of lifetimes) {
    change[first + 1] += bytes;
    change[last + 2] -= bytes;
  }
  let live = 0, largest = 0;
  for (const delta of change) largest = Math.max(largest, live += delta);
  return largest;
}

/** Which tensors of a plan share a buffer: buffers by falling size, and the buffer of each planned storage. */
export interface Sharing {
  /** Bytes of each buffer, falling. */
  readonly sizes: readonly number[];
  /** Number of the buffer, by storage. */
  readonly bufferOf: ReadonlyMap<number, number>;
}

/**
 * Shares buffers among the tensors of a plan: largest first, each in the smallest buffer that is free for it.
 *
 * Two tensors get one buffer only if their lifetimes do not touch: a whole buffer a tensor, because WebGPU refuses a
 * buffer that one dispatch both reads and writes, even through ranges that do not overlap.
 */
export function shareBuffers(lifetimes: readonly Lifetime[]): Sharing {
  const sizes: number[] = [];
  const occupied: Lifetime[][] = [];
  const bufferOf = new Map<number, number>();
  const order = [...lifetimes].sort((a, b) => b.bytes - a.bytes || a.first - b.first || a.id - b.id);
  for (const lifetime of order) {
    // Sizes fall, so the last buffer that is free is the smallest.
    let at = occupied.findLastIndex((others) =>
      others.every((other) => other.last < lifetime.first || lifetime.last < other.first)
    );
    if (at < 0) {
      at = sizes.push(lifetime.bytes) - 1;
      occupied.push([]);
    }
    occupied[at].push(lifetime);
    bufferOf.set(lifetime.id, at);
  }
  return { sizes, bufferOf };
}

/** Memory that holds old values when a dispatch touches it for the first time. */
export interface Unwritten {
  /** Of the tensor. */
  readonly storage: Storage;
  /** First byte, a multiple of 256. */
  readonly start: number;
  /** Bytes, a multiple of 4. */
  readonly bytes: number;
}

/** What each dispatch is the first to touch, in parts that fit a binding: planned tensors, and gradients of parameters. */
export function unwrittenAt(
  step: Step,
  lifetimes: readonly Lifetime[],
  maxBinding: number,
): Map<number, Unwritten[]> {
  const found = new Map<number, Unwritten[]>();
  const add = (at: number, storage: Storage, bytes: number) => {
    if (!found.has(at)) found.set(at, []);
    for (let start = 0; start < bytes; start += maxBinding) {
      found.get(at)!.push({ storage, start, bytes: Math.min(maxBinding, bytes - start) });
    }
  };
  for (const { id, first, bytes } of lifetimes) if (first >= 0) add(first, { kind: "planned", id }, bytes);
  const slots = new Map([...step.parameterGradients].map((tensor) => [tensor.storage, tensor]));
  step.dispatches.forEach(({ bindings }, index) => {
    for (const { tensor, writes } of bindings) {
      const slot = slots.get(tensor.storage);
      if (!writes || !slot) continue;
      add(index, slot.storage, slot.bytes);
      // Parameters that are joined lie within one: what writes it writes them.
      for (const part of slots.values()) if (within(part, slot)) slots.delete(part.storage);
    }
  });
  return found;
}

const within = ({ storage: a, bytes }: Tensor, { storage: b, bytes: room }: Tensor): boolean =>
  a.kind === "buffer" && b.kind === "buffer" && a.buffer === b.buffer && a.offset >= b.offset &&
  a.offset + bytes <= b.offset + room;
