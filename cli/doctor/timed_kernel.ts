/** A kernel on buffers, ready to be run and timed: the least that a self-test needs of WebGPU. */
export interface TimedKernel extends Disposable {
  /** Runs the kernel `repeats` times in one pass. @returns milliseconds a run, on the device's clock where it has one. */
  run(repeats: number): Promise<number>;
  /** Reads values of the last binding that is written. */
  read(count: number): Promise<Float32Array>;
}

/** What a kernel works on: storage buffers in binding order, then one number as a uniform. */
export interface KernelSetup {
  readonly device: GPUDevice;
  readonly label: string;
  readonly code: string;
  /** Start values, or a size in bytes for a buffer of zeros; the last one is the output. */
  readonly storage: readonly (Float32Array<ArrayBuffer> | number)[];
  readonly uniform: number;
  readonly groups: readonly [number, number];
}

/**
 * Compiles a kernel and makes its buffers.
 * @throws {Error} with the driver's message when the device refuses any of it
 */
export async function timedKernel(
  { device, label, code, storage, uniform, groups }: KernelSetup,
): Promise<TimedKernel> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  const { STORAGE, COPY_SRC, COPY_DST, UNIFORM, MAP_READ, QUERY_RESOLVE } = GPUBufferUsage;
  const create = (size: number, usage: number) => device.createBuffer({ label, size, usage });
  const buffers = storage.map((content) => {
    const buffer = create(
      typeof content === "number" ? content : content.byteLength,
      STORAGE | COPY_SRC | COPY_DST,
    );
    if (typeof content !== "number") device.queue.writeBuffer(buffer, 0, content);
    return buffer;
  });
  const parameters = create(16, UNIFORM | COPY_DST);
  device.queue.writeBuffer(parameters, 0, Uint32Array.of(uniform, 0, 0, 0));
  const pipeline = device.createComputePipeline({
    label,
    layout: "auto",
    compute: { module: device.createShaderModule({ label, code }), entryPoint: "main" },
  });
  const group = device.createBindGroup({
    label,
    layout: pipeline.getBindGroupLayout(0),
    entries: [...buffers, parameters].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  const clock = device.features.has("timestamp-query")
    ? {
      querySet: device.createQuerySet({ label, type: "timestamp", count: 2 }),
      resolved: create(16, QUERY_RESOLVE | COPY_SRC),
    }
    : undefined;
  const problem = await device.popErrorScope() ?? await device.popErrorScope();
  if (problem) throw new Error(`${label}: ${problem.message.trim()}`);

  const fetch = async (buffer: GPUBuffer, bytes: number): Promise<ArrayBuffer> => {
    const staging = create(bytes, COPY_DST | MAP_READ);
    const encoder = device.createCommandEncoder({ label });
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const content = staging.getMappedRange().slice(0);
    staging.destroy();
    return content;
  };

  return {
    async run(repeats) {
      const encoder = device.createCommandEncoder({ label });
      const timestampWrites = clock &&
        { querySet: clock.querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
      const pass = encoder.beginComputePass({ label, timestampWrites });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      for (let i = 0; i < repeats; i++) pass.dispatchWorkgroups(...groups);
      pass.end();
      if (clock) encoder.resolveQuerySet(clock.querySet, 0, 2, clock.resolved, 0);
      const start = performance.now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      if (!clock) return (performance.now() - start) / repeats;
      const [begin, end] = new BigUint64Array(await fetch(clock.resolved, 16));
      return Number(end - begin) / 1e6 / repeats;
    },
    read: async (count) => new Float32Array(await fetch(buffers[buffers.length - 1], count * 4)),
    [Symbol.dispose]() {
      for (const buffer of [...buffers, parameters]) buffer.destroy();
      clock?.resolved.destroy();
      clock?.querySet.destroy();
    },
  };
}
