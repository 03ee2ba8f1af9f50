import type { Device, Dispatch, InputData, ObservedPlan, StepValues } from "../../engine/mod.ts";

/** What one dispatch of a step read, and what it left. */
export interface DispatchCapture {
  /** The dispatch, with kernel, bindings and uniforms. */
  readonly dispatch: Dispatch;
  /** Step number, seed and learning rate of the replay. */
  readonly values: StepValues;
  /** Bytes of every binding before, in the order of the layout. */
  readonly before: readonly ArrayBuffer[];
  /** Bytes of the written bindings afterwards; undefined for what is only read. */
  readonly after: readonly (ArrayBuffer | undefined)[];
}

/** A capture whose copies have been submitted. */
export interface PendingCapture {
  /** Waits for the copies and gives them out. Once. */
  read(): Promise<DispatchCapture>;
}

const stagingUsage = 0x8 | 0x1; // COPY_DST | MAP_READ

/**
 * Replays a step up to and including one dispatch, with copies of what that dispatch binds, before and after.
 *
 * Everything is submitted at once and read later, so that an observer can capture in the midst of a program.
 */
export function captureDispatch(
  device: Device,
  plan: ObservedPlan,
  index: number,
  inputs: InputData,
  values: StepValues,
): PendingCapture {
  const dispatch = plan.dispatches[index];
  const stage = ({ tensor, start, length }: Dispatch["bindings"][number]): GPUBuffer => {
    const { buffer, offset } = plan.location(tensor);
    const size = 4 * length;
    const staging = device.handle.createBuffer({ label: "capture", size, usage: stagingUsage });
    const encoder = device.handle.createCommandEncoder({ label: "capture" });
    encoder.copyBufferToBuffer(buffer, offset + 4 * start, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    return staging;
  };
  plan.replayRange(0, index, inputs, values);
  const before = dispatch.bindings.map(stage);
  plan.replayRange(index, index + 1, inputs, values);
  const after = dispatch.bindings.map((binding) => binding.writes ? stage(binding) : undefined);
  return {
    async read() {
      const [earlier, later] = [await readAll(before), await readAll(after)];
      await device.settle();
      return { dispatch, values, before: earlier.map((bytes) => bytes!), after: later };
    },
  };
}

async function readAll(buffers: readonly (GPUBuffer | undefined)[]): Promise<(ArrayBuffer | undefined)[]> {
  await Promise.all(buffers.map((buffer) => buffer?.mapAsync(GPUMapMode.READ)));
  return buffers.map((buffer) => {
    const bytes = buffer?.getMappedRange().slice(0);
    buffer?.destroy();
    return bytes;
  });
}
