import { nonFiniteScan } from "../kernels/non_finite/non_finite.ts";
import type { Device } from "./device.ts";
import type { Dispatch, Phase } from "./dispatch.ts";
import { GpuError } from "./errors.ts";
import { checkIndices } from "./index_bounds.ts";
import { packUniforms } from "./kernel_layout.ts";
import type { KernelTiming } from "./profiler.ts";
import type { InputData, StepValues } from "./replay.ts";
import type { Step } from "./step.ts";
import { type StepState, stepStateBytes } from "./step_state.ts";
import type { Tensor } from "./tensor.ts";
import { Timestamps } from "./timestamps.ts";
import type { Lifetime, Workspace } from "./workspace.ts";

interface Command {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/**
 * A recorded step with its memory assigned, its bind groups made and its pipelines compiled.
 *
 * A replay writes the inputs, encodes the same list of dispatches and submits once: it creates nothing and waits
 * for nothing.
 */
export class Plan {
  /** Bytes that the planned tensors of this step would need if none shared memory. */
  readonly unsharedBytes: number;
  /** Largest sum of planned bytes alive at one dispatch. */
  readonly liveBytes: number;
  /** Host microseconds of the last replay, from the start of encoding to the return of submit. */
  lastHostMicroseconds = 0;
  readonly #commands: Command[] = [];
  readonly #places: Map<number, GPUBuffer>;
  readonly #uniforms: GPUBuffer;

  private constructor(
    readonly name: string,
    readonly device: Device,
    readonly step: Step,
    workspace: Workspace,
    readonly state: StepState,
  ) {
    const lifetimes = plannedLifetimes(step);
    this.unsharedBytes = lifetimes.reduce((sum, { bytes }) => sum + bytes, 0);
    this.liveBytes = largestOverlap(lifetimes, step.dispatches.length);
    this.#places = workspace.place(lifetimes);
    const stride = Math.max(256, device.limits.minUniformBufferOffsetAlignment);
    const uniformUsage = 0x40 | 0x8; // UNIFORM | COPY_DST
    this.#uniforms = device.buffer(
      stride * Math.max(1, step.dispatches.length),
      `${name} uniforms`,
      uniformUsage,
    );
    const packed = new Uint8Array(stride * Math.max(1, step.dispatches.length));
    step.dispatches.forEach((dispatch, index) => {
      if (dispatch.compiled.layout.params !== undefined) {
        const bytes = packUniforms(dispatch.kernel.name, dispatch.compiled.layout, dispatch.uniforms);
        packed.set(new Uint8Array(bytes), index * stride);
      }
      const [x, y, z] = dispatch.kernel.workgroups(dispatch.uniforms);
      const group = this.#bindGroup(dispatch, index * stride);
      this.#commands.push({ pipeline: dispatch.compiled.pipeline, group, x, y, z });
    });
    device.queue.writeBuffer(this.#uniforms, 0, packed);
  }

  /**
   * Makes a recorded step ready for replay.
   *
   * @throws {GpuError} on a shader or validation error, or when memory runs out
   */
  static async create(
    name: string,
    step: Step,
    workspace: Workspace,
    state: StepState,
  ): Promise<Plan> {
    for (const { compiled } of step.dispatches) {
      const problem = await compiled.problem;
      if (problem) throw problem;
    }
    const plan = new Plan(name, step.device, step, workspace, state);
    await step.device.settle();
    return plan;
  }

  /** What a replay runs, in order. */
  get dispatches(): readonly Dispatch[] {
    return this.step.dispatches;
  }

  #bindGroup(dispatch: Dispatch, uniformOffset: number): GPUBindGroup {
    const { layout, groupLayout } = dispatch.compiled;
    this.#refuseAliases(dispatch);
    const entries: GPUBindGroupEntry[] = layout.storage.map(({ binding }, k) => {
      const { tensor, start, length } = dispatch.bindings[k];
      const { buffer, offset } = this.location(tensor);
      const size = Math.max(16, Math.ceil((4 * length) / 16) * 16);
      if (size > this.device.maxBinding) {
        throw new GpuError(
          `kernel ${dispatch.kernel.name} (${dispatch.operation}): ${tensor} needs a binding of ${size} bytes; ` +
            `this adapter allows ${this.device.maxBinding}.`,
        );
      }
      return { binding, resource: { buffer, offset: offset + 4 * start, size } };
    });
    if (layout.params !== undefined) {
      const size = Math.max(16, Math.ceil(layout.fields.length / 4) * 16);
      entries.push({
        binding: layout.params,
        resource: { buffer: this.#uniforms, offset: uniformOffset, size },
      });
    }
    if (layout.step !== undefined) {
      entries.push({ binding: layout.step, resource: { buffer: this.state.buffer, size: stepStateBytes } });
    }
    this.device.created.bindGroups++;
    return this.device.handle.createBindGroup({
      label: `${this.name}: ${dispatch.kernel.name} (${dispatch.operation})`,
      layout: groupLayout,
      entries,
    });
  }

  /** WebGPU refuses a buffer that one dispatch both reads and writes, but says so only when it is submitted. */
  #refuseAliases({ kernel, operation, bindings }: Dispatch): void {
    const writers = new Map<GPUBuffer, Tensor>();
    for (const { tensor, writes } of bindings) if (writes) writers.set(this.location(tensor).buffer, tensor);
    for (const { tensor, writes } of bindings) {
      const writer = writers.get(this.location(tensor).buffer);
      if (writes || !writer) continue;
      throw new GpuError(
        `kernel ${kernel.name} (${operation}) reads ${tensor} and writes ${writer} in one buffer; ` +
          "give one of them a buffer of its own.",
      );
    }
  }

  /** Buffer of a tensor of this plan, and its first byte. @throws {GpuError} when the plan does not touch it. */
  location(tensor: Tensor): { readonly buffer: GPUBuffer; readonly offset: number } {
    if (tensor.storage.kind === "buffer") return tensor.storage;
    const buffer = this.#places.get(tensor.storage.id);
    if (!buffer) throw new GpuError(`${tensor} is read in ${this.name} but nothing wrote it.`);
    return { buffer, offset: 0 };
  }

  #upload(inputs: InputData): void {
    for (const [tensor, data] of inputs) {
      if (data.length > tensor.size) {
        throw new RangeError(`${this.name}: ${data.length} values given for ${tensor}.`);
      }
      const bound = this.step.indexBounds.get(tensor.storage);
      if (bound) checkIndices(tensor, data, bound);
      const { buffer, offset } = this.location(tensor);
      if (data.length > 0) this.device.queue.writeBuffer(buffer, offset, data);
    }
  }

  /** Uploads the inputs and submits the step: one command buffer, no wait. @throws {GpuError} of an earlier step. */
  replay(inputs: InputData, values: StepValues): void {
    this.device.check();
    const { observer } = this.device;
    observer?.beforeReplay?.(this, inputs, values);
    const begun = performance.now();
    this.state.write(values);
    this.#upload(inputs);
    const uploaded = performance.now();
    const stamps = observer?.timestamps?.(this);
    const encoder = this.device.handle.createCommandEncoder({ label: this.name });
    if (stamps) encodeTimed(encoder, this.#commands.map((command) => [command]), stamps);
    else this.#encodeRange(encoder, 0, this.#commands.length);
    const commands = encoder.finish();
    const encoded = performance.now();
    this.device.queue.submit([commands]);
    const submitted = performance.now();
    this.lastHostMicroseconds = 1000 * (submitted - uploaded);
    if (!observer?.afterReplay) return;
    const uploadedBytes = inputs.values().reduce((sum, data) => sum + data.byteLength, 0);
    observer.afterReplay(this, { begun, uploaded, encoded, submitted, uploadedBytes }, stamps);
  }

  /**
   * Submits dispatches `from` to `to` - 1 alone; the inputs are uploaded with the first. What later dispatches would
   * read is left as these leave it.
   */
  replayRange(from: number, to: number, inputs: InputData, values: StepValues): void {
    this.device.check();
    if (from === 0) {
      this.state.write(values);
      this.#upload(inputs);
    }
    const encoder = this.device.handle.createCommandEncoder({ label: `${this.name} (${from} to ${to})` });
    this.#encodeRange(encoder, from, to);
    this.device.queue.submit([encoder.finish()]);
  }

  #encodeRange(encoder: GPUCommandEncoder, from: number, to: number): void {
    if (from >= to) return;
    const pass = encoder.beginComputePass({ label: this.name });
    encode(pass, this.#commands, from, to);
    pass.end();
  }

  /** Values of a kept tensor after a replay, before any other plan of the engine has run. Waits. */
  async read(tensor: Tensor): Promise<ArrayBuffer> {
    const { buffer, offset } = this.location(tensor);
    return await this.device.read(buffer, offset, tensor.bytes);
  }

  /**
   * Replays with a timestamp before and after every dispatch. Waits.
   *
   * @throws {GpuError} when the adapter has no timestamp queries.
   */
  async profile(inputs: InputData, values: StepValues): Promise<KernelTiming[]> {
    const times = await this.#timed(inputs, values, this.#commands.map((command) => [command]));
    return times.map(({ start, milliseconds }, k) => {
      const { kernel, uniforms, phase, operation } = this.dispatches[k];
      const [flops, bytes] = [kernel.flops(uniforms), kernel.bytes(uniforms)];
      return { kernel: kernel.name, operation, phase, start, milliseconds, flops, bytes };
    });
  }

  /**
   * Replays with a timestamp before and after every phase, whose dispatches share a pass as in a plain replay: the
   * time between dispatches counts. Waits.
   *
   * @throws {GpuError} when the adapter has no timestamp queries.
   */
  async phaseTimes(inputs: InputData, values: StepValues): Promise<Map<Phase, number>> {
    const groups = Map.groupBy(this.#commands.keys(), (k) => this.dispatches[k].phase);
    const passes = [...groups.values()].map((indices) => indices.map((k) => this.#commands[k]));
    const times = await this.#timed(inputs, values, passes);
    return new Map([...groups.keys()].map((phase, k) => [phase, times[k].milliseconds]));
  }

  /** Replays with every group of commands in a pass of its own between two timestamps; times in milliseconds. */
  async #timed(
    inputs: InputData,
    values: StepValues,
    groups: readonly (readonly Command[])[],
  ): Promise<{ start: number; milliseconds: number }[]> {
    if (!this.device.hasTimestamps) throw new GpuError("this adapter has no timestamp queries.");
    this.device.check();
    this.state.write(values);
    this.#upload(inputs);
    const stamps = new Timestamps(this.device, groups.length);
    const encoder = this.device.handle.createCommandEncoder({ label: `${this.name} (profiled)` });
    encodeTimed(encoder, groups, stamps);
    this.device.queue.submit([encoder.finish()]);
    const times = await stamps.read();
    return times.map(({ begin, end }) => ({
      start: Number(begin - times[0].begin) / 1e6,
      milliseconds: Number(end - begin) / 1e6,
    }));
  }

  /**
   * Runs the step dispatch by dispatch and looks at everything read and written: the label of the first tensor
   * that holds a NaN or an infinity, in the order of the step. Slow; for the autopsy of a run that went bad.
   * State that the bad step itself spoilt is passed over by `ignore`.
   */
  async firstNonFinite(
    inputs: InputData,
    values: StepValues,
    ignore: (tensor: Tensor) => boolean = () => false,
  ): Promise<string | undefined> {
    this.state.write(values);
    this.#upload(inputs);
    const { device } = this;
    const scan = device.compile(nonFiniteScan);
    const flag = device.buffer(256, "non-finite flag");
    const uniforms = device.buffer(256, "non-finite uniforms", 0x40 | 0x8);
    try {
      for (const [index, command] of this.#commands.entries()) {
        for (const writes of [false, true]) {
          if (writes) this.#submitOne(command.pipeline, command.group, command.x, command.y, command.z);
          for (
            const { tensor, start, length } of this.dispatches[index].bindings.filter((b) =>
              b.writes === writes
            )
          ) {
            if (tensor.dtype !== "f32" || ignore(tensor)) continue;
            const { buffer, offset } = this.location(tensor);
            device.queue.writeBuffer(flag, 0, new Uint32Array(1));
            device.queue.writeBuffer(uniforms, 0, new Uint32Array([length]));
            const group = device.handle.createBindGroup({
              layout: scan.groupLayout,
              entries: [
                {
                  binding: 0,
                  resource: { buffer, offset: offset + 4 * start, size: Math.max(16, 4 * length + 15 & ~15) },
                },
                { binding: 1, resource: { buffer: flag } },
                { binding: 2, resource: { buffer: uniforms } },
              ],
            });
            this.#submitOne(scan.pipeline, group, ...nonFiniteScan.workgroups({ n: length }));
            if (new Uint32Array(await device.read(flag, 0, 4))[0] !== 0) {
              const { kernel, operation } = this.dispatches[index];
              return writes
                ? `${tensor}, written by ${kernel.name} (${operation})`
                : `${tensor}, read by ${kernel.name} (${operation})`;
            }
          }
        }
      }
      return undefined;
    } finally {
      device.free(flag);
      device.free(uniforms);
    }
  }

  #submitOne(pipeline: GPUComputePipeline, group: GPUBindGroup, x: number, y: number, z: number): void {
    const encoder = this.device.handle.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(x, y, z);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  /** Frees what belongs to this plan alone; the workspace stays. */
  dispose(): void {
    this.device.free(this.#uniforms);
  }
}

function encode(
  pass: GPUComputePassEncoder,
  commands: readonly Command[],
  from = 0,
  to = commands.length,
): void {
  let bound: GPUComputePipeline | undefined;
  for (let k = from; k < to; k++) {
    const { pipeline, group, x, y, z } = commands[k];
    if (pipeline !== bound) pass.setPipeline(bound = pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(x, y, z);
  }
}

/** Every group in a pass of its own, between two timestamps. */
function encodeTimed(
  encoder: GPUCommandEncoder,
  groups: readonly (readonly Command[])[],
  stamps: Timestamps,
): void {
  groups.forEach((commands, k) => {
    const pass = encoder.beginComputePass({ timestampWrites: stamps.writes(k) });
    encode(pass, commands);
    pass.end();
  });
  stamps.resolve(encoder);
}

/** When each planned tensor is first and last touched. Inputs live from the start, kept tensors to the end. */
function plannedLifetimes(step: Step): Lifetime[] {
  const found = new Map<number, Lifetime>();
  const touch = (tensor: Tensor, at: number) => {
    if (tensor.storage.kind !== "planned") return;
    const { id } = tensor.storage;
    const lifetime = found.get(id);
    if (!lifetime) found.set(id, { id, bytes: tensor.bytes, first: at, last: at, label: tensor.label });
    else {
      lifetime.first = Math.min(lifetime.first, at);
      lifetime.last = Math.max(lifetime.last, at);
    }
  };
  for (const tensor of step.inputs) touch(tensor, -1);
  step.dispatches.forEach(({ bindings }, index) => bindings.forEach(({ tensor }) => touch(tensor, index)));
  for (const tensor of step.kept) touch(tensor, step.dispatches.length);
  return [...found.values()];
}

function largestOverlap(lifetimes: readonly Lifetime[], dispatches: number): number {
  const change = new Float64Array(dispatches + 4);
  for (const { first, last, bytes } of lifetimes) {
    change[first + 1] += bytes;
    change[last + 2] -= bytes;
  }
  let live = 0, largest = 0;
  for (const delta of change) largest = Math.max(largest, live += delta);
  return largest;
}
