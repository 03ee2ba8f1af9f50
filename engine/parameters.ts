import type { Device } from "./device.ts";
import type { Plan } from "./plan.ts";
import { Tensor, type TensorRange } from "./tensor.ts";

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
}

interface Slot {
  readonly spec: ParameterSpec;
  readonly tensor: Tensor;
  readonly segment: number;
  readonly offset: number;
}

const alignment = 64; // elements: 256 bytes, what a binding's offset must be a multiple of

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
   */
  constructor(readonly device: Device, readonly specs: readonly ParameterSpec[]) {
    const groups: [(spec: ParameterSpec) => boolean, boolean][] = [
      [(spec) => spec.kind === "parameter" && spec.trainable, true],
      [(spec) => spec.kind === "parameter" && !spec.trainable, false],
      // Apart from parameters: a dispatch that reads a frozen scale and moves a running mean may not find both in one buffer.
      [(spec) => spec.kind === "buffer", false],
    ];
    for (const [belongs, trainable] of groups) this.#layOut(specs.filter(belongs), trainable);
    for (const { key, kind } of specs) if (kind === "counter") this.counters.set(key, 0n);
  }

  #layOut(specs: readonly ParameterSpec[], trainable: boolean): void {
    const limit = Math.floor(this.device.maxBuffer / 4 / alignment) * alignment;
    let batch: { spec: ParameterSpec; offset: number }[] = [];
    let size = 0;
    const flush = () => {
      if (batch.length === 0) return;
      const flat = (label: string): Tensor => {
        const buffer = this.device.buffer(4 * size, label);
        clear(this.device, buffer); // a device may poison fresh buffers; padding and moments must start at zero
        this.#buffers.push(buffer);
        return new Tensor([size], "f32", { kind: "buffer", buffer, offset: 0 }, label);
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
    const slot = this.#slots.get(key);
    if (!slot) throw new RangeError(`there is no parameter called "${key}".`);
    return slot.tensor;
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
      const { values, gradients, first, second } = segment;
      if (!gradients || !first || !second) return;
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
    const { tensor } = this.#slots.get(key) ?? { tensor: this.get(key) };
    if (values.length !== tensor.size) {
      throw new RangeError(`${tensor} takes ${tensor.size} values; ${values.length} were given.`);
    }
    this.#writeAt(tensor, values);
  }

  #writeAt(tensor: Tensor, values: Float32Array<ArrayBuffer>): void {
    const { buffer, offset } = tensor.storage as { buffer: GPUBuffer; offset: number };
    const piece = 1 << 24; // 64 MiB at a time, so that staging memory stays small
    for (let from = 0; from < values.length; from += piece) {
      this.device.queue.writeBuffer(buffer, offset + 4 * from, values.subarray(from, from + piece));
    }
  }

  /** Values of all parameters and buffers, in the order of the specs. One wait a segment. */
  async values(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    return await this.#read(({ values }) => values, () => true);
  }

  /** First and second moments of the trainable parameters. */
  async moments(): Promise<
    { first: Map<string, Float32Array<ArrayBuffer>>; second: Map<string, Float32Array<ArrayBuffer>> }
  > {
    const trainable = ({ kind, trainable }: ParameterSpec) => kind === "parameter" && trainable;
    return {
      first: await this.#read(({ first }) => first, trainable),
      second: await this.#read(({ second }) => second, trainable),
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

  /** Writes the moments of one trainable parameter. */
  writeMoments(key: string, first: Float32Array<ArrayBuffer>, second: Float32Array<ArrayBuffer>): void {
    const { segment, offset, tensor } = this.#slots.get(key)!;
    for (
      const [whole, values] of [[this.segments[segment].first, first], [
        this.segments[segment].second,
        second,
      ]] as const
    ) {
      if (!whole || values.length !== tensor.size) throw new RangeError(`moments of ${tensor} do not fit.`);
      const { buffer } = whole.storage as { buffer: GPUBuffer };
      this.#writeAt(
        new Tensor([values.length], "f32", { kind: "buffer", buffer, offset: 4 * offset }, key),
        values,
      );
    }
  }

  async #read(
    which: (segment: FlatSegment) => Tensor | undefined,
    wanted: (spec: ParameterSpec) => boolean,
  ): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const flats = await Promise.all(this.segments.map(async (segment) => {
      const whole = which(segment);
      if (!whole) return undefined;
      const { buffer } = whole.storage as { buffer: GPUBuffer };
      return new Float32Array(await this.device.read(buffer, 0, whole.bytes));
    }));
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
