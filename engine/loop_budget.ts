import code from "./loop_budget.wgsl" with { type: "text" };
import { adapterIdentity } from "./tuning.ts";

/** Iterations that the probe asks for; an adapter that runs them all is taken to run these and no more. */
export const probedIterations = 1 << 18;

const known = new Map<string, Promise<number>>();

/**
 * How many loop iterations of one invocation an adapter is known to run, counted as `Kernel.iterations` counts: those of a
 * loop of `probedIterations`, or of a shorter one where a driver stops before its end. llvmpipe of Mesa 22.3.6 runs 65,536,
 * all loops together and with the turns in which a loop is left, and then goes on behind the loop without an error. One small
 * dispatch, once a process and adapter; waits for it.
 */
export function loopBudget(device: GPUDevice, info: GPUAdapterInfo): Promise<number> {
  const identity = adapterIdentity(info);
  let budget = known.get(identity);
  if (!budget) {
    known.set(identity, budget = probe(device));
    budget.catch(() => known.delete(identity));
  }
  return budget;
}

async function probe(device: GPUDevice): Promise<number> {
  const label = "loop budget";
  const module = device.createShaderModule({ label, code });
  const pipeline = device.createComputePipeline({ label, layout: "auto", compute: { module } });
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const asked = device.createBuffer({ label, size: 16, usage: STORAGE | COPY_DST });
  const found = device.createBuffer({ label, size: 16, usage: STORAGE | COPY_SRC });
  const staging = device.createBuffer({ label, size: 16, usage: COPY_DST | MAP_READ });
  device.queue.writeBuffer(asked, 0, new Uint32Array([probedIterations, 1, 0, 0]));
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [asked, found].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const encoder = device.createCommandEncoder({ label });
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(found, 0, staging, 0, 16);
  device.queue.submit([encoder.finish()]);
  try {
    await staging.mapAsync(GPUMapMode.READ);
    const [count] = new Uint32Array(staging.getMappedRange());
    return count + 1;
  } finally {
    for (const buffer of [asked, found, staging]) buffer.destroy();
  }
}
