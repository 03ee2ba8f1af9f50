import { Device, type DeviceOptions } from "./device.ts";
import { GpuError } from "./errors.ts";
import { rememberIndices } from "./index_bounds.ts";
import { Plan } from "./plan.ts";
import { Step } from "./step.ts";
import { StepState } from "./step_state.ts";
import { type DType, Tensor } from "./tensor.ts";
import { Workspace } from "./workspace.ts";

/** Host values of a tensor. */
export type HostArray = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/**
 * Records steps, makes plans of them and owns what they share: the device, the workspace, the step state and
 * constant tensors.
 *
 * @example
 * ```ts
 * const engine = await Engine.open(navigator.gpu);
 * const x = engine.constant([2, 3], new Float32Array([1, 2, 3, 4, 5, 6]), "x");
 * const { plan, result } = await engine.record("demo", (step) => step.keep(softmax(step, { x })));
 * plan.replay(new Map(), engine.still);
 * const values = new Float32Array(await plan.read(result));
 * ```
 */
export class Engine {
  /** Buffers that all plans share. */
  readonly workspace: Workspace;
  /** What changes from step to step: step number, seed, learning rate. */
  readonly state: StepState;
  /** The scalar 1, upstream of every loss. */
  readonly one: Tensor;
  /** Step values of a replay in which nothing random or learned happens. */
  readonly still = { step: 0, seed: 0, learningRate: 0 } as const;
  /** Called with every engine that this process opens: how profilers reach the engine of a command they run. */
  static onOpen: ((engine: Engine) => void) | undefined;
  readonly #constants: GPUBuffer[] = [];
  #disposed = false;
  readonly #plans = new Set<Plan>();

  private constructor(readonly device: Device) {
    this.workspace = new Workspace(device);
    this.state = new StepState(device);
    this.one = this.constant([1], new Float32Array([1]), "one");
  }

  /** Opens an engine on any WebGPU implementation. @throws {GpuError} when there is no adapter. */
  static async open(gpu: GPU, options: DeviceOptions = {}): Promise<Engine> {
    const engine = new Engine(await Device.open(gpu, options));
    Engine.onOpen?.(engine);
    return engine;
  }

  /** A tensor with a buffer of its own, filled now. `dispose` of the engine frees it. */
  constant(shape: readonly number[], values: HostArray, label: string, requiresGradient = false): Tensor {
    this.#requireOpen();
    const dtype: DType = values instanceof Float32Array
      ? "f32"
      : values instanceof Uint32Array
      ? "u32"
      : "i32";
    const buffer = this.device.buffer(values.byteLength, label);
    this.#constants.push(buffer);
    const tensor = new Tensor(shape, dtype, { kind: "buffer", buffer, offset: 0 }, label, requiresGradient);
    if (tensor.size !== values.length) {
      throw new RangeError(`${tensor} takes ${tensor.size} values; ${values.length} were given.`);
    }
    if (values instanceof Uint32Array) rememberIndices(tensor, values);
    const piece = 1 << 24; // 64 MiB at a time, so that staging memory stays small
    for (let from = 0; from < values.length; from += piece) {
      this.device.queue.writeBuffer(buffer, 4 * from, values.subarray(from, from + piece) as HostArray);
    }
    return tensor;
  }

  /** Records a step and makes it ready for replay. @throws {GpuError} @throws {ShapeError} */
  async record<T>(name: string, build: (step: Step) => T): Promise<{ plan: Plan; result: T }> {
    this.#requireOpen();
    const step = new Step(this.device);
    const result = build(step);
    const plan = await Plan.create(
      name,
      step,
      this.workspace,
      this.state,
      (plan) => this.#plans.delete(plan),
    );
    this.#plans.add(plan);
    return { plan, result };
  }

  #requireOpen(): void {
    if (this.#disposed) throw new GpuError("this engine has been disposed of; open another.");
  }

  /** Frees all plans, constants and shared buffers but `one`: the next work on this device finds its kernels compiled. */
  clear(): void {
    for (const plan of [...this.#plans]) plan.dispose();
    for (const buffer of this.#constants.splice(1)) this.device.free(buffer);
    this.workspace.dispose();
  }

  /** Frees everything the engine owns and closes the device. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.clear();
    for (const buffer of [...this.#constants.splice(0), this.state.buffer]) this.device.free(buffer);
    if (!this.device.observer?.keepsDevice) this.device.close();
  }
}
