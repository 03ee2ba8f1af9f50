import type { Kernel, Uniforms } from "../kernels/descriptor.ts";
import type { Device } from "./device.ts";
import type { Dispatch, Phase } from "./dispatch.ts";
import { GpuError } from "./errors.ts";
import { checkConstant, type IndexBound } from "./index_bounds.ts";
import { refuseMisuse } from "./refuse_misuse.ts";
import { refuseSizes } from "./refuse_sizes.ts";
import { Tape, type TapeNode } from "./tape.ts";
import { type DType, type Storage, Tensor, type TensorRange } from "./tensor.ts";

let plannedCounter = 0;

/**
 * Records one step: dispatches in order, and the tape of what needs a gradient.
 *
 * Nothing runs while recording; `Plan` assigns memory from the recorded lifetimes and replays the step.
 */
export class Step {
  /** Everything recorded, in order. */
  readonly dispatches: Dispatch[] = [];
  /** Planned tensors that the host fills before every replay. */
  readonly inputs: Tensor[] = [];
  /** Planned tensors that must outlive the step, to be read by the host. */
  readonly kept: Tensor[] = [];
  /** What the values of inputs must be that rows are read by: checked when they are uploaded. */
  readonly indexBounds: Map<Storage, IndexBound> = new Map();
  /** Tensors that nothing writes, because nothing reads them; see `unread`. */
  readonly placeholders: Set<Tensor> = new Set<Tensor>();
  readonly #tape = new Tape();
  #dropoutSites = 0;
  #phase: Phase = "forward";
  #operation = "";

  /** An empty step for a device. */
  constructor(readonly device: Device) {}

  /** Rows that BatchNorm takes statistics of at least, in training. */
  get leastNormRows(): number {
    return 2;
  }

  /** A tensor that lives from its first write to its last use. */
  empty(shape: readonly number[], label: string, dtype: DType = "f32", requiresGradient = false): Tensor {
    return new Tensor(shape, dtype, { kind: "planned", id: plannedCounter++ }, label, requiresGradient);
  }

  /** A tensor to bind where a kernel, as specialised, reads nothing: a binding must exist all the same. */
  unread(): Tensor {
    const tensor = this.empty([64], "unread");
    this.placeholders.add(tensor);
    return tensor;
  }

  /** A tensor that the host fills before every replay. */
  input(shape: readonly number[], label: string, dtype: DType = "f32", requiresGradient = false): Tensor {
    const tensor = this.empty(shape, label, dtype, requiresGradient);
    this.inputs.push(tensor);
    return tensor;
  }

  /** Keeps a tensor's memory to the end of the step, so that the host can read it. */
  keep<T extends Tensor>(tensor: T): T {
    if (tensor.storage.kind === "planned") this.kept.push(tensor);
    return tensor;
  }

  /**
   * Records one dispatch. Storage buffers are given by the names of the WGSL; a range binds part of a tensor. A kernel that
   * needs no workgroups is left out, if it has nothing to write.
   *
   * @throws {GpuError} when a binding or uniform is missing or unknown, a range is not aligned or a tensor of another type, when a
   * thread would need more loop iterations or the dispatch more workgroups than the adapter runs, or has workgroups to spare
   */
  run(
    kernel: Kernel,
    tensors: Readonly<Record<string, Tensor | TensorRange>>,
    uniforms: Uniforms = {},
  ): void {
    const compiled = this.device.compile(kernel);
    const { storage } = compiled.layout;
    const unknown = Object.keys(tensors).find((name) => !storage.some((binding) => binding.name === name));
    if (unknown) throw new GpuError(`kernel ${kernel.name} has no storage binding called "${unknown}".`);
    const bindings = storage.map(({ name, access }) => {
      const given = tensors[name];
      if (!given) throw new GpuError(`kernel ${kernel.name}: nothing is bound to "${name}".`);
      const range = given instanceof Tensor ? { tensor: given, start: 0, length: given.size } : given;
      if (range.start % 64 !== 0 || range.start + range.length > range.tensor.size) {
        throw new GpuError(
          `kernel ${kernel.name}: range ${range.start}+${range.length} of ${range.tensor} is unaligned or too long.`,
        );
      }
      return { ...range, writes: access === "read_write" };
    });
    const grid = kernel.workgroups(uniforms);
    const unwritten = bindings.find(({ writes, length }) => writes && length > 0);
    if (grid.includes(0) && !unwritten) return;
    const written = unwritten && `${unwritten.tensor}`;
    refuseSizes(this.device, kernel, uniforms, grid, this.#operation, written);
    refuseMisuse(kernel, compiled.layout, bindings, uniforms, grid);
    this.dispatches.push({
      kernel,
      compiled,
      bindings,
      uniforms,
      phase: this.#phase,
      operation: this.#operation || kernel.name,
    });
  }

  /**
   * Says what the values of an index tensor must be: those of a constant are checked now, those of an input with every upload.
   *
   * @throws {ShapeError} when a constant holds another
   */
  bound(index: Tensor, bound: IndexBound): void {
    checkConstant(index, bound);
    const known = this.indexBounds.get(index.storage);
    if (!known || bound.rows < known.rows) this.indexBounds.set(index.storage, bound);
  }

  /** Records under an operation's name, for labels and profiles. */
  named<T>(operation: string, record: () => T): T {
    const outer = this.#operation;
    this.#operation = operation;
    try {
      return record();
    } finally {
      this.#operation = outer;
    }
  }

  /** Puts an operation on the tape. */
  onTape(node: TapeNode): void {
    this.#tape.push(node);
  }

  /**
   * Records the backward pass from `output`, whose upstream gradient is `dy`. Once a step: several losses are added up
   * first.
   *
   * @throws {ShapeError} when `dy` is not shaped like `output`.
   * @throws {GpuError} on a second call, or when an operation's derivative is not written.
   */
  backward(output: Tensor, dy: Tensor): void {
    this.#phase = "backward";
    this.#tape.backward(this, output, dy);
    this.#phase = "update";
  }

  /**
   * Gradient of the recorded loss with respect to `tensor`, after `backward`; undefined where the loss does not depend on it.
   *
   * @throws {GpuError} when nothing was to find it: the tensor needs no gradient, or there was no backward pass yet
   */
  gradient(tensor: Tensor): Tensor | undefined {
    if (!tensor.requiresGradient) {
      throw new GpuError(
        `${tensor} has no gradient: it was made without requiresGradient; ask for that where it is made.`,
      );
    }
    if (this.#phase === "forward") {
      throw new GpuError(`${tensor} has no gradient yet; call step.backward() first.`);
    }
    return this.#tape.gradient(tensor);
  }

  /** Gradients of parameters that the backward pass writes: they lie in buffers that all plans share. */
  get parameterGradients(): ReadonlySet<Tensor> {
    return this.#tape.slots;
  }

  /** Names a dropout that was given no site: the k-th of every step alike, and apart from sites given by hand. */
  nextDropoutSite(): number {
    return 0x8000_0000 + this.#dropoutSites++;
  }
}
