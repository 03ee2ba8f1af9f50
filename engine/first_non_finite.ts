import { nonFiniteScan } from "../kernels/non_finite/non_finite.ts";
import type { Plan } from "./plan.ts";
import type { InputData, StepValues } from "./replay.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Runs a plan dispatch by dispatch and looks at everything read and written: the label of the first tensor that holds a
 * NaN or an infinity, in the order of the step. Slow; for the autopsy of a run that went bad.
 *
 * @param ignore state that the bad step itself spoilt
 */
export async function firstNonFinite(
  plan: Plan,
  inputs: InputData,
  values: StepValues,
  ignore: (tensor: Tensor) => boolean = () => false,
): Promise<string | undefined> {
  const { device } = plan;
  const scan = device.compile(nonFiniteScan);
  const flag = device.buffer(256, "non-finite flag");
  const uniforms = device.buffer(256, "non-finite uniforms", 0x40 | 0x8); // UNIFORM | COPY_DST
  const isBad = async (tensor: Tensor, start: number, n: number): Promise<boolean> => {
    const { buffer, offset } = plan.location(tensor);
    device.queue.writeBuffer(flag, 0, new Uint32Array(1));
    device.queue.writeBuffer(uniforms, 0, new Uint32Array([n]));
    const group = device.handle.createBindGroup({
      layout: scan.groupLayout,
      entries: [
        {
          binding: 0,
          resource: { buffer, offset: offset + 4 * start, size: Math.max(16, 4 * n + 15 & ~15) },
        },
        { binding: 1, resource: { buffer: flag } },
        { binding: 2, resource: { buffer: uniforms } },
      ],
    });
    const encoder = device.handle.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(scan.pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...nonFiniteScan.workgroups({ n }));
    pass.end();
    device.queue.submit([encoder.finish()]);
    return new Uint32Array(await device.read(flag, 0, 4))[0] !== 0;
  };
  /** The first bad tensor of those that the dispatch reads, or writes. */
  const look = async (index: number, writes: boolean): Promise<string | undefined> => {
    const { bindings, kernel, operation } = plan.dispatches[index];
    for (const { tensor, start, length, writes: written } of bindings) {
      if (written !== writes || tensor.dtype !== "f32" || ignore(tensor)) continue;
      if (await isBad(tensor, start, length)) {
        return `${tensor}, ${writes ? "written" : "read"} by ${kernel.name} (${operation})`;
      }
    }
  };
  try {
    for (const index of plan.dispatches.keys()) {
      // The inputs are uploaded with the first dispatch, which may be the one that reads them.
      if (index === 0) plan.replayRange(0, 0, inputs, values);
      const read = await look(index, false);
      if (read) return read;
      plan.replayCleared(index, inputs, values);
      const written = await look(index, true);
      if (written) return written;
    }
  } finally {
    device.free(flag);
    device.free(uniforms);
  }
}
