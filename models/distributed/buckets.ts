import { GpuError, type Parameters, type Step, type Tensor } from "../../engine/mod.ts";

/** Gradients that travel together, as soon as the backward pass has written them. */
export interface Bucket {
  /** Dispatches after which they are complete. */
  readonly ready: number;
  /** Values. */
  readonly length: number;
  /** Where they lie: bytes from the start of a buffer, and values. */
  readonly ranges: readonly {
    readonly buffer: GPUBuffer;
    readonly offset: number;
    readonly length: number;
  }[];
}

/**
 * The gradients of a step in the order in which its backward pass completes them, in buckets of about so many bytes. A step has the
 * same buckets on every rank: they follow from the recorded dispatches alone.
 */
export function bucketsOf(step: Step, parameters: Parameters, bytes: number): Bucket[] {
  const slots = parameters.trainableKeys.map((key) => parameters.get(key)).filter((tensor) =>
    step.gradient(tensor) !== undefined
  ).map((parameter) => {
    const slot = parameter.gradientSlot!;
    const { buffer, offset } = slot.storage as { buffer: GPUBuffer; offset: number };
    // Parameters that lie end to end may have their gradients written as one.
    const covers = ({ storage, bytes }: Tensor) =>
      storage.kind === "buffer" && storage.buffer === buffer && storage.offset <= offset &&
      offset + slot.bytes <= storage.offset + bytes;
    const last = step.dispatches.findLastIndex(({ phase, bindings }) =>
      phase === "backward" && bindings.some(({ tensor, writes }) => writes && covers(tensor))
    );
    if (last < 0) throw new GpuError(`${slot} is a gradient that no dispatch of the backward pass writes.`);
    return { buffer, offset, length: slot.size, ready: last + 1 };
  });
  slots.sort((a, b) => a.ready - b.ready || a.offset - b.offset);
  const buckets: { ready: number; length: number; ranges: typeof slots }[] = [];
  for (const slot of slots) {
    const open = buckets.at(-1);
    if (!open || 4 * open.length >= bytes) {
      buckets.push({ ready: slot.ready, length: slot.length, ranges: [slot] });
    } else {
      open.ready = slot.ready;
      open.length += slot.length;
      open.ranges.push(slot);
    }
  }
  return buckets;
}
