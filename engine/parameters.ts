import { countedBlock } from "../kernels/optimizer/optimizer.ts";
import type { Device } from "./device.ts";
import type { HostArray } from "./engine.ts";
import type { Plan } from "./plan.ts";
import { type DType, Tensor, type TensorRange } from "./tensor.ts";

/** One entry of a state_dict. */
export interface ParameterSpec {
  /** PyTorch's key. */
  readonly key: string;
  /** As in PyTorch; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** A parameter, running state such as BatchNorm's statistics, or a host-side step counter (int64 in PyTorch). */
  readonly kind: "parameter" | "buffer" | "counter";
  /** Whether the optimiser moves it. Frozen parameters have no gradient and no moments. */
  readonly trainable: boolean;
}

/** A flat range of device memory that one optimiser dispatch can cover. */
export interface FlatSegment {
  /** Elements, padding between parameters included (always zero). */
  readonly size: number;
  /** Parameters, each at a multiple of 64 elements. */
  readonly values: Tensor;
  /** Their gradients, at the same places. */
  readonly gradients?: Tensor;
  /** First moments (exp_avg). */
  readonly first?: Tensor;
  /** Second moments (exp_avg_sq). */
  readonly second?: Tensor;
  /** Steps that moved each block of 64 values: those of its parameter. */
  readonly steps?: Tensor;
}

/** One range of a flat segment, in all of its four tensors. */
export interface FlatPiece {
  /** Parameters. */
  readonly values: TensorRange;
  /** Their gradients. */
  readonly gradients: TensorRange;
  /** First moments. */
  readonly first: TensorRange;
  /** Second moments. */
  readonly second: TensorRange;
  /** Steps by blocks of 64 values, of the whole segment: a range of them could not be bound. */
  readonly steps: Tensor;
}

/** What the optimiser remembers of the trainable parameters, by key. */
export interface Moments {
  /** First moments (exp_avg). */
  readonly first: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Second moments (exp_avg_sq). */
  readonly second: ReadonlyMap<string, Float32Array<ArrayBuffer>>;
  /** Steps of Adam that moved the parameter. */
  readonly steps: ReadonlyMap<string, number>;
}

interface Slot {
  readonly spec: ParameterSpec;
  readonly tensor: Tensor;
  readonly segment: number;
  readonly offset: number;
}

/** Elements: 256 bytes, what a binding's offset must be a multiple of, and what one count of steps covers. */
const alignment = countedBlock;

function elements(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Room that a parameter takes in its flat buffer. */
function padded(size: number): number {
  return Math.max(alignment, Math.ceil(size / alignment) * alignment);
}

/**
 * The parameters of a model in flat buffers: trainable ones beside their gradients and moments, so that one
 * optimiser dispatch covers many; frozen ones and running state apart.
 */
export class Parameters {
  /** Flat ranges: trainable ones first, then frozen parameters, then running state. */
  readonly segments: FlatSegment[] = [];
  /** Host-side counters by key. */
  readonly counters: Map<string, bigint> = new Map();
  readonly #slots = new Map<string, Slot>();
  readonly #buffers: GPUBuffer[] = [];

  /**
   * Lays the parameters out and clears all buffers.
   *
   * @throws {GpuError} when one parameter exceeds the adapter's largest buffer.
   * @throws {RangeError} when two have one key.
   */
  constructor(readonly device: Device, readonly specs: readonly ParameterSpec[]) {
    const twice = specs.find(({ key }, k) => specs.findIndex((other) => other.key === key) !== k);
    if (twice) {
      throw new RangeError(`there are two parameters called "${twice.key}"; give each a key of its own.`);
    }
    // Before any buffer is made: those before it may fill the memory.
    for (const { key, shape } of specs) device.requireRoom(4 * elements(shape), `parameter ${key}`);
    const groups: [(spec: ParameterSpec) => boolean, boolean][] = [
      [(spec) => spec.kind === "parameter" && spec.trainable, true],
      [(spec) => spec.kind === "parameter" && !spec.trainable, false],
      // Apart from parameters: a dispatch that reads a frozen scale and moves a running mean may not find both in one buffer.
      [(spec) => spec.kind === "buffer", false],
    ];
    // Matrices first: those of layers side by side lie end to end, and so do their biases.
    const vectors = ({ shape }: ParameterSpec) => Number(shape.filter((extent) => extent > 1).length < 2);
    const inOrder = specs.toSorted((a, b) => vectors(a) - vectors(b));
    for (const [belongs, trainable] of groups) this.#layOut(inOrder.filter(belongs), trainable);
    for (const { key, kind } of specs) if (kind === "counter") this.counters.set(key, 0n);
  }

  #layOut(specs: readonly ParameterSpec[], trainable: boolean): void {
    const limit = Math.floor(this.device.maxBuffer / 4 / alignment) * alignment;
    let batch: { spec: ParameterSpec; offset: number }[] = [];
    let size = 0;
    const flush = () => {
      if (batch.length === 0) return;
      const flat = (label: string, count = size, dtype: DType = "f32"): Tensor => {
        const buffer = this.device.buffer(4 * count, label);
        clear(this.device, buffer); // a device may poison fresh buffers; padding and moments must start at zero
        this.#buffers.push(buffer);
        return new Tensor([count], dtype, { kind: "buffer", buffer, offset: 0 }, label);
      };
      const values = flat(trainable ? "trainable parameters" : "constant parameters");
      const gradients = trainable ? flat("gradients") : undefined;
      const segment = this.segments.length;
      this.segments.push({
        size,
        values,
        gradients,
        first: trainable ? flat("first moments") : undefined,
        second: trainable ? flat("second moments") : undefined,
        steps: trainable ? flat("steps by block", size / alignment, "u32") : undefined,
      });
      for (const { spec, offset } of batch) {
        const part = (whole: Tensor, label: string, gradientSlot?: Tensor): Tensor => {
          const storage = whole.storage as { buffer: GPUBuffer };
          const place = { kind: "buffer" as const, buffer: storage.buffer, offset: 4 * offset };
          return new Tensor(spec.shape, "f32", place, label, gradientSlot !== undefined, gradientSlot);
        };
        const slot = gradients && part(gradients, `d(${spec.key})`);
        this.#slots.set(spec.key, { spec, tensor: part(values, spec.key, slot), segment, offset });
      }
      batch = [];
      size = 0;
    };
    for (const spec of specs) {
      const room = padded(elements(spec.shape));
      if (size > 0 && size + room > limit) flush();
      batch.push({ spec, offset: size });
      size += room;
    }
    flush();
  }

  /** The parameter or buffer called `key`. @throws {RangeError} for an unknown key. */
  get(key: string): Tensor {
    return this.#slot(key).tensor;
  }

  #slot(key: string): Slot {
    const slot = this.#slots.get(key);
    if (!slot) throw new RangeError(`there is no parameter called "${key}".`);
    return slot;
  }

  /** Keys of the trainable parameters, in the order of the specs. */
  get trainableKeys(): string[] {
    return this.specs.flatMap(({ key, kind, trainable }) => kind === "parameter" && trainable ? [key] : []);
  }

  /**
   * Flat ranges that cover the wanted trainable parameters and no others, neighbours in one range, none longer than `limit`
   * elements (a multiple of 64).
   */
  pieces(wanted: (parameter: Tensor) => boolean, limit: number): FlatPiece[] {
    const pieces: FlatPiece[] = [];
    this.segments.forEach((segment, number) => {
      const { values, gradients, first, second, steps } = segment;
      if (!gradients || !first || !second || !steps) return;
      let start = 0, end = 0; // of the range that is being gathered
      const flush = () => {
        for (; start < end; start += limit) {
          const length = Math.min(limit, end - start);
          const range = (tensor: Tensor): TensorRange => ({ tensor, start, length });
          pieces.push({
            values: range(values),
            gradients: range(gradients),
            first: range(first),
            second: range(second),
            steps,
          });
        }
      };
      for (const { tensor, segment, offset } of this.#slots.values()) {
        if (segment !== number || !wanted(tensor)) continue;
        if (offset !== end) {
          flush();
          start = offset;
        }
        end = offset + padded(tensor.size);
      }
      flush();
    });
    return pieces;
  }

  /** Number of trainable values. */
  get trainableCount(): number {
    return this.specs.reduce(
      (sum, { kind, trainable, shape }) => sum + (kind === "parameter" && trainable ? elements(shape) : 0),
      0,
    );
  }

  /** Writes one parameter or buffer. @throws {RangeError} when the number of values differs. */
  write(key: string, values: Float32Array<ArrayBuffer>): void {
    const tensor = this.get(key);
    if (values.length !== tensor.size) {
      throw new RangeError(`${tensor} takes ${tensor.size} values; ${values.length} were given.`);
    }
    this.#writeAt(tensor, 0, values);
  }

  #writeAt(tensor: Tensor, first: number, values: HostArray): void {
    const { buffer, offset } = tensor.storage as { buffer: GPUBuffer; offset: number };
    const piece = 1 << 24; // 64 MiB at a time, so that staging memory stays small
    for (let from = 0; from < values.length; from += piece) {
      const part = values.subarray(from, from + piece) as HostArray;
      this.device.queue.writeBuffer(buffer, offset + 4 * (first + from), part);
    }
  }

  /** Values of all parameters and buffers, in the order of the specs. One wait a segment. */
  async values(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    return await this.#read(({ values }) => values, () => true);
  }

  /** First and second moments of the trainable parameters, and how many steps moved each. */
  async moments(): Promise<Moments> {
    const trainable = ({ kind, trainable }: ParameterSpec) => kind === "parameter" && trainable;
    return {
      first: await this.#read(({ first }) => first, trainable),
      second: await this.#read(({ second }) => second, trainable),
      steps: await this.#steps(),
    };
  }

  /**
   * Gradients that the last replay of a plan left: of the trainable parameters that its loss reaches. One wait a segment.
   *
   * @throws {GpuError} when the plan was not the last to run.
   */
  async gradients(plan: Plan): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    plan.requireLast("the gradients");
    return await this.#read(
      ({ gradients }) => gradients,
      ({ key }) => plan.step.gradient(this.get(key)) !== undefined,
    );
  }

  /**
   * Writes the moments of one trainable parameter, and how many steps they are of.
   *
   * @throws {RangeError} when they do not fit it.
   */
  writeMoments(
    key: string,
    first: Float32Array<ArrayBuffer>,
    second: Float32Array<ArrayBuffer>,
    steps: number,
  ): void {
    const { segment, offset, tensor } = this.#slot(key);
    const whole = this.segments[segment];
    if (!(Number.isInteger(steps) && steps >= 0 && steps < 2 ** 32)) {
      throw new RangeError(`moments of ${tensor} are of ${steps} steps; expected a whole number from 0.`);
    }
    if (!whole.steps || first.length !== tensor.size || second.length !== tensor.size) {
      throw new RangeError(`moments of ${tensor} do not fit.`);
    }
    this.#writeAt(whole.first!, offset, first);
    this.#writeAt(whole.second!, offset, second);
    const counts = new Uint32Array(padded(tensor.size) / countedBlock).fill(steps);
    this.#writeAt(whole.steps, offset / countedBlock, counts);
  }

  async #read(
    which: (segment: FlatSegment) => Tensor | undefined,
    wanted: (spec: ParameterSpec) => boolean,
  ): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const flats = (await this.#readFlat(which)).map((bytes) => bytes && new Float32Array(bytes));
    const found = new Map<string, Float32Array<ArrayBuffer>>();
    for (const spec of this.specs) {
      const slot = this.#slots.get(spec.key);
      const flat = slot && flats[slot.segment];
      if (slot && flat && wanted(spec)) {
        found.set(spec.key, flat.slice(slot.offset, slot.offset + slot.tensor.size));
      }
    }
    return found;
  }

  async #steps(): Promise<Map<string, number>> {
    const counts = (await this.#readFlat(({ steps }) => steps)).map((bytes) =>
      bytes && new Uint32Array(bytes)
    );
    return new Map(this.trainableKeys.map((key) => {
      const { segment, offset } = this.#slots.get(key)!;
      return [key, counts[segment]![offset / countedBlock]];
    }));
  }

  #readFlat(
    which: (segment: FlatSegment) => Tensor | undefined,
  ): Promise<(ArrayBuffer | undefined)[]> {
    return Promise.all(this.segments.map(async (segment) => {
      const whole = which(segment);
      if (!whole) return undefined;
      const { buffer } = whole.storage as { buffer: GPUBuffer };
      return await this.device.read(buffer, 0, whole.bytes);
    }));
  }

  /** Frees the buffers. */
  dispose(): void {
    for (const buffer of this.#buffers.splice(0)) this.device.free(buffer);
  }
}

function clear(device: Device, buffer: GPUBuffer): void {
  const encoder = device.handle.createCommandEncoder({ label: "clear" });
  encoder.clearBuffer(buffer);
  device.queue.submit([encoder.finish()]);
}
