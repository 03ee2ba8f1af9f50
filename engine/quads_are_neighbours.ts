import code from "./quads.wgsl" with { type: "text" };

/**
 * Whether a device's quads are the threads 4i to 4i + 3 of a one-dimensional workgroup, as kernels with quad operations take
 * them to be: WGSL does not promise it. One dispatch, once a device; waits for it.
 */
export async function quadsAreNeighbours(device: GPUDevice): Promise<boolean> {
  const bytes = 4 * 256;
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: "quads", code });
  const pipeline = device.createComputePipeline({ label: "quads", layout: "auto", compute: { module } });
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const found = device.createBuffer({ label: "quads", size: bytes, usage: STORAGE | COPY_SRC });
  const staging = device.createBuffer({ label: "quads", size: bytes, usage: COPY_DST | MAP_READ });
  const resource = { buffer: found };
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource }],
  });
  const encoder = device.createCommandEncoder({ label: "quads" });
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(found, 0, staging, 0, bytes);
  device.queue.submit([encoder.finish()]);
  try {
    if (await device.popErrorScope()) return false;
    await staging.mapAsync(GPUMapMode.READ);
    return new Uint32Array(staging.getMappedRange()).every((value) => value === 1);
  } finally {
    found.destroy();
    staging.destroy();
  }
}
