/**
 * What a dispatch, a pass, a submit, a wait, a byte and a pipeline cost on this adapter, whatever they do: arguments FILE
 * [COUNT]. Writes `{ adapter, figures: [{ figure, count, ms_median, us_each }] }`.
 */
import { quantile } from "../statistics.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";

/** One figure: the median of some repeats, and its share of each of `count` things done in one. */
interface Figure {
  readonly figure: string;
  readonly count: number;
  readonly ms_median: number;
  readonly us_each: number;
}

const repeats = 7;

/** A kernel that touches one value; `salt` makes it a new one to every cache. */
const code = (salt: number) => `
@group(0) @binding(0) var<storage, read_write> values: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) i: u32) { if (i == 0u) { values[0] += ${salt}.0; } }`;

async function launchCost(gpu: GPU, count: number): Promise<{ adapter: string; figures: Figure[] }> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("there is no adapter");
  const timed = adapter.features.has("timestamp-query");
  const device = await adapter.requestDevice({ requiredFeatures: timed ? ["timestamp-query"] : [] });
  const { queue } = device;
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ, QUERY_RESOLVE } = GPUBufferUsage;
  const pipelineOf = (salt: number) =>
    device.createComputePipeline({
      layout: "auto",
      compute: { module: device.createShaderModule({ code: code(salt) }), entryPoint: "main" },
    });
  const pipeline = pipelineOf(1);
  const buffer = device.createBuffer({ size: 256, usage: STORAGE | COPY_SRC | COPY_DST });
  const groupFor = (of: GPUComputePipeline) =>
    device.createBindGroup({
      layout: of.getBindGroupLayout(0),
      entries: [{ binding: 0, resource: { buffer } }],
    });
  const group = groupFor(pipeline);
  const dispatch = (pass: GPUComputePassEncoder, times: number, bound = group, of = pipeline) => {
    for (let k = 0; k < times; k++) {
      pass.setPipeline(of);
      pass.setBindGroup(0, bound);
      pass.dispatchWorkgroups(1);
    }
  };
  const submit = (encode: (encoder: GPUCommandEncoder) => void) => {
    const encoder = device.createCommandEncoder();
    encode(encoder);
    queue.submit([encoder.finish()]);
  };
  const onePass = (times: number) =>
    submit((encoder) => {
      const pass = encoder.beginComputePass();
      dispatch(pass, times);
      pass.end();
    });
  const wait = () => queue.onSubmittedWorkDone();
  const figures: Figure[] = [];
  const keep = (figure: string, of: number, ms: readonly number[]) => {
    const median = quantile(ms, 0.5);
    figures.push({ figure, count: of, ms_median: median, us_each: 1000 * median / of });
  };
  const time = async (figure: string, of: number, work: () => unknown) => {
    const ms: number[] = [];
    await work();
    for (let k = 0; k < repeats; k++) {
      const started = performance.now();
      await work();
      ms.push(performance.now() - started);
    }
    keep(figure, of, ms);
  };
  const map = async (from: GPUBuffer, size: number, staging: GPUBuffer) => {
    submit((encoder) => encoder.copyBufferToBuffer(from, 0, staging, 0, size));
    await staging.mapAsync(GPUMapMode.READ);
    new Uint8Array(staging.getMappedRange()).slice();
    staging.unmap();
  };

  await time("wait on an idle queue", 1, wait);
  const small = device.createBuffer({ size: 256, usage: MAP_READ | COPY_DST });
  await time("read back 256 bytes", 1, () => map(buffer, 256, small));
  if (timed) {
    const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
    const resolved = device.createBuffer({ size: 16, usage: QUERY_RESOLVE | COPY_SRC });
    const staging = device.createBuffer({ size: 16, usage: MAP_READ | COPY_DST });
    const ms: number[] = [];
    for (let k = 0; k < repeats; k++) {
      submit((encoder) => {
        const timestampWrites = { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
        const pass = encoder.beginComputePass({ timestampWrites });
        dispatch(pass, count);
        pass.end();
        encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
        encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
      });
      await staging.mapAsync(GPUMapMode.READ);
      const [begun, ended] = new BigUint64Array(staging.getMappedRange().slice(0));
      staging.unmap();
      ms.push(Number(ended - begun) / 1e6);
    }
    keep("dependent dispatches in one pass, on the device's clock", count, ms);
  }
  await time("dependent dispatches in one pass, with submit and wait", count, () => (onePass(count), wait()));
  await time("passes of one dispatch in one submit", count, () => {
    submit((encoder) => {
      for (let k = 0; k < count; k++) {
        const pass = encoder.beginComputePass();
        dispatch(pass, 1);
        pass.end();
      }
    });
    return wait();
  });
  await time("submits of one dispatch, one wait", count, () => {
    for (let k = 0; k < count; k++) onePass(1);
    return wait();
  });
  await time("bind groups", count, () => {
    for (let k = 0; k < count; k++) groupFor(pipeline);
  });
  const values = new Float32Array(64);
  await time("writes of 256 bytes", count, () => {
    for (let k = 0; k < count; k++) queue.writeBuffer(buffer, 0, values);
    queue.submit([]);
    return wait();
  });
  // No module and no pipeline may be known from an earlier run of this program.
  let salt = 1000 + crypto.getRandomValues(new Uint16Array(1))[0];
  await time("a new pipeline and its first dispatch", 1, () => {
    const fresh = pipelineOf(salt++);
    submit((encoder) => {
      const pass = encoder.beginComputePass();
      dispatch(pass, 1, groupFor(fresh), fresh);
      pass.end();
    });
    return wait();
  });
  const mebibytes = 16;
  const size = mebibytes << 20;
  const large = device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
  const staging = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  const data = new Float32Array(size / 4);
  await time(`upload of ${mebibytes} MiB, a MiB`, mebibytes, () => {
    queue.writeBuffer(large, 0, data);
    queue.submit([]);
    return wait();
  });
  await time(`read-back of ${mebibytes} MiB, a MiB`, mebibytes, () => map(large, size, staging));
  device.destroy();
  const { description, device: name, vendor } = adapter.info;
  return { adapter: description || name || vendor, figures };
}

const [file, count = "1000"] = Deno.args;
const measured = await launchCost(navigator.gpu, Number(count));
await writeFileAtomic(file, JSON.stringify(measured, null, 1) + "\n");
for (const { figure, us_each } of measured.figures) {
  console.log(`${us_each.toPrecision(3).padStart(10)} us  ${figure}`);
}
Deno.exit(0);
