import { GpuError } from "./errors.ts";

/**
 * What a kernel writes that runs once, before its device is in use, to learn what WebGPU does not tell of it. Waits for it.
 *
 * @param bytes size of its output, the last binding
 * @param given words of its input, the binding before
 * @throws {GpuError} when the device has no memory for it or fails at it: what never ran has told nothing
 */
export async function probe(
  device: GPUDevice,
  label: string,
  code: string,
  bytes: number,
  given?: Uint32Array<ArrayBuffer>,
): Promise<Uint32Array> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  const module = device.createShaderModule({ label, code });
  const pipeline = device.createComputePipeline({ label, layout: "auto", compute: { module } });
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const buffer = (size: number, usage: number) => device.createBuffer({ label, size, usage });
  const asked = given ? [buffer(given.byteLength, STORAGE | COPY_DST)] : [];
  if (given) device.queue.writeBuffer(asked[0], 0, given);
  const found = buffer(bytes, STORAGE | COPY_SRC), staging = buffer(bytes, COPY_DST | MAP_READ);
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [...asked, found].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const encoder = device.createCommandEncoder({ label });
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(found, 0, staging, 0, bytes);
  device.queue.submit([encoder.finish()]);
  try {
    const memory = await device.popErrorScope(), other = await device.popErrorScope();
    if (memory) throw new GpuError(`out of device memory at ${label} (${bytes} bytes): ${memory.message}`);
    if (other) throw new GpuError(`the device fails at its first dispatch, ${label}: ${other.message}`);
    await staging.mapAsync(GPUMapMode.READ);
    return new Uint32Array(staging.getMappedRange().slice());
  } finally {
    for (const buffer of [...asked, found, staging]) buffer.destroy();
  }
}
