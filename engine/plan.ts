import { poison } from "../kernels/non_finite/non_finite.ts";
import type { Device } from "./device.ts";
import type { Dispatch, Phase } from "./dispatch.ts";
import { checkInputs } from "./check_inputs.ts";
import { type Command, encode, encodeTimed, submitEmpty } from "./commands.ts";
import { GpuError } from "./errors.ts";
import { packUniforms } from "./kernel_layout.ts";
import {
  largestOverlap,
  plannedLifetimes,
  shareBuffers,
  type Sharing,
  type Unwritten,
  unwrittenAt,
} from "./lifetimes.ts";
import type { KernelTiming } from "./profiler.ts";
import type { InputData, StepValues } from "./replay.ts";
import type { Step } from "./step.ts";
import { type StepState, stepStateBytes } from "./step_state.ts";
import type { Storage, Tensor } from "./tensor.ts";
import { Timestamps } from "./timestamps.ts";
import type { Workspace } from "./workspace.ts";

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
  readonly #sharing: Sharing;
  /** What holds old values when a dispatch first touches it. */
  readonly #unwritten: ReadonlyMap<number, readonly Unwritten[]>;
  readonly #uniforms: GPUBuffer;
  #buffers: readonly GPUBuffer[] = [];
  #commands: Command[] = [];
  #poisonings = new Map<number, readonly Command[]>();
  #generation = -1;
  #freed = -1;
  #disposed = false;

  private constructor(
    readonly name: string,
    readonly device: Device,
    readonly step: Step,
    readonly workspace: Workspace,
    readonly state: StepState,
    readonly onDispose: (plan: Plan) => void,
  ) {
    const lifetimes = plannedLifetimes(name, step);
    this.unsharedBytes = lifetimes.reduce((sum, { bytes }) => sum + bytes, 0);
    this.liveBytes = largestOverlap(lifetimes, step.dispatches.length);
    this.#sharing = shareBuffers(lifetimes);
    this.#unwritten = unwrittenAt(step, lifetimes, device.maxBinding);
    const poisoned = device.poison ? [...this.#unwritten.values()].flat() : [];
    const slots = Math.max(1, step.dispatches.length + poisoned.length);
    const uniform = 0x40 | 0x8; // UNIFORM | COPY_DST
    this.#uniforms = device.buffer(slots * this.#stride, `${name} uniforms`, uniform);
    const packed = new Uint8Array(slots * this.#stride);
    step.dispatches.forEach(({ kernel, compiled: { layout }, uniforms }, index) => {
      if (layout.params === undefined) return;
      packed.set(new Uint8Array(packUniforms(kernel.name, layout, uniforms)), index * this.#stride);
    });
    poisoned.forEach(({ bytes }, k) => {
      packed.set(
        new Uint8Array(Uint32Array.of(bytes / 4).buffer),
        (step.dispatches.length + k) * this.#stride,
      );
    });
    this.#bind();
    this.#refuseInlining(packed.byteLength);
    device.queue.writeBuffer(this.#uniforms, 0, packed);
  }

  /** See `submitEmpty`. */
  #refuseInlining(bytes: number): void {
    this.device.queue.writeBuffer(this.#uniforms, 0, new Uint32Array(bytes / 4).fill(1_000_003));
    submitEmpty(this.device.handle, [...this.#commands, ...[...this.#poisonings.values()].flat()]);
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
    onDispose: (plan: Plan) => void = () => {},
  ): Promise<Plan> {
    for (const { compiled } of step.dispatches) {
      const problem = await compiled.problem;
      if (problem) throw problem;
    }
    const plan = new Plan(name, step.device, step, workspace, state, onDispose);
    await step.device.settle();
    return plan;
  }

  get #stride(): number {
    return Math.max(256, this.device.limits.minUniformBufferOffsetAlignment);
  }

  /** Makes the bind groups for the buffers that the workspace has now. */
  #bind(): void {
    this.#buffers = this.workspace.reserve(this.#sharing.sizes);
    this.#generation = this.workspace.generation;
    this.#commands = this.dispatches.map((dispatch, index) => {
      const [x, y, z] = dispatch.kernel.workgroups(dispatch.uniforms);
      const group = this.#bindGroup(dispatch, index * this.#stride);
      return { pipeline: dispatch.compiled.pipeline, group, x, y, z };
    });
    if (!this.device.poison) return;
    let at = this.dispatches.length;
    for (const [index, parts] of this.#unwritten) {
      this.#poisonings.set(index, parts.map((part) => this.#poisoning(part, this.#stride * at++)));
    }
  }

  #poisoning(part: Unwritten, uniformOffset: number): Command {
    const { pipeline, groupLayout } = this.device.compile(poison);
    const group = this.device.handle.createBindGroup({
      label: `${this.name}: poison`,
      layout: groupLayout,
      entries: [
        { binding: 0, resource: { ...this.#place(part.storage, part.start), size: part.bytes } },
        { binding: 1, resource: { buffer: this.#uniforms, offset: uniformOffset, size: 16 } },
      ],
    });
    const [x, y, z] = poison.workgroups({ n: part.bytes / 4 });
    return { pipeline, group, x, y, z };
  }

  /** Before anything is written or submitted. */
  #begin(): void {
    if (this.#disposed) throw new GpuError(`${this.name} has been disposed of and cannot run.`);
    this.device.check();
    this.#requireMemory();
    if (this.#generation !== this.workspace.generation) this.#bind();
    this.workspace.holder = this;
  }

  /** Looks only after something was freed. */
  #requireMemory(): void {
    if (this.#freed === this.device.freed) return;
    for (const { bindings } of this.dispatches) {
      for (const { tensor } of bindings) this.device.requireMemory(tensor, this.name);
    }
    this.#freed = this.device.freed;
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
    const { storage } = tensor;
    if (storage.kind === "planned" && !this.#sharing.bufferOf.has(storage.id)) {
      throw new GpuError(`${tensor} is not part of ${this.name}.`);
    }
    return this.#place(storage, 0);
  }

  #place(storage: Storage, start: number): { readonly buffer: GPUBuffer; readonly offset: number } {
    if (storage.kind === "buffer") return { buffer: storage.buffer, offset: storage.offset + start };
    return { buffer: this.#buffers[this.#sharing.bufferOf.get(storage.id)!], offset: start };
  }

  #upload(inputs: InputData): void {
    checkInputs(this.name, this.step, inputs);
    for (const [tensor, data] of inputs) {
      const { buffer, offset } = this.location(tensor);
      if (data.length > 0) this.device.queue.writeBuffer(buffer, offset, data);
    }
  }

  /** Uploads the inputs and submits the step: one command buffer, no wait. @throws {GpuError} of an earlier step. */
  replay(inputs: InputData, values: StepValues): void {
    this.#begin();
    const { observer } = this.device;
    observer?.beforeReplay?.(this, inputs, values);
    const begun = performance.now();
    this.#upload(inputs);
    this.state.write(values);
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
    this.#start(from, inputs, values);
    const encoder = this.device.handle.createCommandEncoder({ label: `${this.name} (${from} to ${to})` });
    this.#encodeRange(encoder, from, to);
    this.device.queue.submit([encoder.finish()]);
  }

  /**
   * Submits one dispatch alone, with zeros in what it is the first to touch: where it writes a part only, the rest holds no
   * value of an earlier replay.
   */
  replayCleared(index: number, inputs: InputData, values: StepValues): void {
    this.#start(index, inputs, values);
    const encoder = this.device.handle.createCommandEncoder({ label: `${this.name} (${index}, cleared)` });
    for (const { storage, start, bytes } of this.#unwritten.get(index) ?? []) {
      const { buffer, offset } = this.#place(storage, start);
      encoder.clearBuffer(buffer, offset, bytes);
    }
    const pass = encoder.beginComputePass();
    encode(pass, [this.#commands[index]]);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  #start(from: number, inputs: InputData, values: StepValues): void {
    this.#begin();
    if (from > 0) return;
    this.#upload(inputs);
    this.state.write(values);
  }

  #encodeRange(encoder: GPUCommandEncoder, from: number, to: number): void {
    if (from >= to) return;
    const pass = encoder.beginComputePass({ label: this.name });
    if (!this.device.poison) encode(pass, this.#commands, from, to);
    else {
      for (let index = from; index < to; index++) {
        encode(pass, [...this.#poisonings.get(index) ?? [], this.#commands[index]]);
      }
    }
    pass.end();
  }

  /**
   * Values of a kept tensor, of a parameter or a constant after a replay. Waits.
   *
   * @throws {GpuError} when the tensor was not kept, or another plan has run since on the memory that plans share.
   */
  async read(tensor: Tensor): Promise<ArrayBuffer> {
    const { storage } = tensor;
    const planned = storage.kind === "planned";
    if (planned && !this.step.kept.some((kept) => kept.storage === storage)) {
      throw new GpuError(
        `${this.name}: ${tensor} cannot be read, since it was not kept; call step.keep() on it.`,
      );
    }
    if (planned || this.step.parameterGradients.has(tensor)) this.requireLast(tensor.toString());
    this.device.requireMemory(tensor, this.name);
    const { buffer, offset } = this.location(tensor);
    return await this.device.read(buffer, offset, tensor.bytes);
  }

  /** Makes sure that shared memory holds what this plan left. @throws {GpuError} when another plan has run since, or none. */
  requireLast(what: string): void {
    const { holder } = this.workspace;
    if (holder === this && this.#generation === this.workspace.generation) return;
    throw new GpuError(
      `${what} of ${this.name} cannot be read: ` +
        (holder instanceof Plan
          ? `${holder.name} has run since on the memory that plans share; read before another plan runs.`
          : "it has not run yet, or a larger plan was recorded since and took the memory; run it again."),
    );
  }

  /**
   * Replays with a timestamp before and after every dispatch. Waits.
   *
   * @throws {GpuError} when the adapter has no timestamp queries.
   */
  async profile(inputs: InputData, values: StepValues): Promise<KernelTiming[]> {
    const times = await this.#timed(inputs, values, this.dispatches.map((_, k) => [k]));
    return times.map(({ start, milliseconds }, k) => {
      const { kernel, uniforms, phase, operation } = this.dispatches[k];
      const [flops, bytes] = [kernel.flops(uniforms), kernel.bytes(uniforms)];
      return { kernel: kernel.name, operation, phase, start, milliseconds, flops, bytes };
    });
  }

  /**
   * Replays with a timestamp before and after every phase, whose dispatches share a pass as in a plain replay: the
   * time between dispatches counts. Waits. `before` may encode what the same submit does first, outside the timestamps.
   * With `apart` every phase is a submit of its own, and `apart` is called when it has ended.
   *
   * @throws {GpuError} when the adapter has no timestamp queries.
   */
  async phaseTimes(
    inputs: InputData,
    values: StepValues,
    before?: (encoder: GPUCommandEncoder) => void,
    apart?: (phase: Phase) => void,
  ): Promise<Map<Phase, number>> {
    const groups = [...Map.groupBy(this.dispatches.keys(), (k) => this.dispatches[k].phase)];
    const phases = new Map<Phase, number>();
    for (const submit of apart ? groups.map((group) => [group]) : [groups]) {
      const first = submit[0] === groups[0];
      const times = await this.#timed(
        inputs,
        values,
        submit.map(([, group]) => group),
        first ? before : undefined,
      );
      submit.forEach(([phase], k) => phases.set(phase, times[k].milliseconds));
      apart?.(submit[0][0]);
    }
    return phases;
  }

  /** Replays with every group of dispatches in a pass of its own between two timestamps; times in milliseconds. */
  async #timed(
    inputs: InputData,
    values: StepValues,
    groups: readonly (readonly number[])[],
    before?: (encoder: GPUCommandEncoder) => void,
  ): Promise<{ start: number; milliseconds: number }[]> {
    if (!this.device.hasTimestamps) throw new GpuError("this adapter has no timestamp queries.");
    this.#start(groups[0]?.[0] ?? 0, inputs, values);
    const stamps = new Timestamps(this.device, groups.length);
    const encoder = this.device.handle.createCommandEncoder({ label: `${this.name} (profiled)` });
    before?.(encoder);
    encodeTimed(encoder, groups.map((indices) => indices.map((k) => this.#commands[k])), stamps);
    this.device.queue.submit([encoder.finish()]);
    const times = await stamps.read();
    return times.map(({ begin, end }) => ({
      start: Number(begin - times[0].begin) / 1e6,
      milliseconds: Number(end - begin) / 1e6,
    }));
  }

  /** Frees what belongs to this plan alone; the workspace stays. It cannot run any more. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.device.free(this.#uniforms);
    this.onDispose(this);
  }

  /** For `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
