import type { AdapterClass, Kernel } from "../kernels/descriptor.ts";
import { matrixUnitFeatures, type MatrixUnits, matrixUnitsOf } from "../kernels/matmul/matrix_units.ts";
import { subgroupForm } from "../kernels/subgroup_form.ts";
import { GpuError } from "./errors.ts";
import { type CompiledKernel, kernelLayout } from "./kernel_layout.ts";
import { loopBudget } from "./loop_budget.ts";
import type { EngineObserver } from "./observer.ts";
import { quadsAreNeighbours } from "./quads_are_neighbours.ts";
import type { Tensor } from "./tensor.ts";
import { adapterIdentity, Tuning, type TuningTable } from "./tuning.ts";

/** How to open a device. */
export interface DeviceOptions {
  /** Overrules the class that the adapter's own description suggests. */
  readonly adapterClass?: AdapterClass;
  /**
   * Whether kernels that have a form with subgroup operations run it; by default on GPUs that offer them. (Deno's own WebGPU
   * does not, Dawn and browsers do.)
   */
  readonly subgroups?: boolean;
  /**
   * Fills every fresh buffer with NaN, and in every replay what a tensor has not written yet, so that a read of unwritten
   * memory shows: for tests.
   */
  readonly poison?: boolean;
  /** Pretends that no binding may exceed so many bytes, so that tests reach the split paths with small data. */
  readonly maxBinding?: number;
  /** The same for the flat buffers of parameters. */
  readonly maxBuffer?: number;
  /** Pretends that no invocation may run more loop iterations, so that tests reach the split sums with small data. */
  readonly maxIterations?: number;
  /** Seconds after which a device that gives no values back is said to hang, default half an hour. */
  readonly patience?: number;
  /** Choices of a tuner. A table of another adapter or driver is passed over: a driver never decides for another. */
  readonly tuning?: TuningTable;
}

/** Bytes of device memory held by buffers of this device. */
export interface DeviceMemory {
  /** Bytes held now. */
  readonly resident: number;
  /** Most bytes ever held at once. */
  readonly peak: number;
}

const features = ["timestamp-query", "shader-f16", "subgroups"] as const;

/**
 * A WebGPU device with the parts that are the engine's business: buffers with an owner and a byte count, pipelines
 * compiled once, errors that become exceptions, and read-back.
 *
 * Any implementation's GPU object will do: Deno's own, Dawn's, a browser's.
 */
export class Device {
  /** Limits of the device: the highest that the adapter offers. */
  readonly limits: GPUSupportedLimits;
  /** The one queue. */
  readonly queue: GPUQueue;
  /** GPU or software: which variants of kernels run. */
  readonly adapterClass: AdapterClass;
  /** Whether kernels run in their form with subgroup operations. */
  readonly subgroups: boolean;
  /** Matrix units for products; undefined where the adapter lists none that fit. */
  readonly matrixUnits: MatrixUnits | undefined;
  /** Whether memory holds NaN until it is written, in every replay anew. */
  readonly poison: boolean;
  /** Tuned choices; what is recorded asks them before it goes by the rules of the adapter class. */
  tuning: Tuning;
  /** Milliseconds spent compiling pipelines. */
  compileMs = 0;
  /** Everything that creates device objects counts here; a replayed step must not move it. */
  readonly created = { pipelines: 0, bindGroups: 0, buffers: 0 };
  /** Who looks on, where a profiler or a capturing tool is attached. */
  observer?: EngineObserver;
  /** How many buffers have been freed: who binds buffers of others looks again when it moves. */
  freed = 0;
  readonly #freed = new WeakSet<GPUBuffer>();
  #resident = 0;
  #peak = 0;
  #failure: GpuError | undefined;
  #lost = false;
  #closed = false;
  readonly #pending: Promise<unknown>[] = [];
  readonly #kernels = new Map<string, CompiledKernel>();
  readonly #options: DeviceOptions;

  private constructor(
    readonly adapter: GPUAdapter,
    readonly handle: GPUDevice,
    options: DeviceOptions,
    /** Whether shaders may use subgroup and quad operations. */
    readonly hasSubgroups: boolean,
    /** Loop iterations of one invocation that the adapter is known to run, counted as `Kernel.iterations` counts. */
    readonly maxIterations: number,
  ) {
    this.limits = handle.limits;
    this.queue = handle.queue;
    this.poison = options.poison ?? false;
    this.#options = options;
    this.adapterClass = options.adapterClass ?? (isSoftware(adapter.info) ? "software" : "gpu");
    this.matrixUnits = matrixUnitsOf(handle.features, adapter.info);
    this.subgroups = this.hasSubgroups && (options.subgroups ?? this.adapterClass === "gpu");
    const { tuning } = options;
    this.tuning = new Tuning(tuning?.adapter === adapterIdentity(adapter.info) ? tuning.entries : []);
    handle.addEventListener("uncapturederror", (event) => {
      (event as Event).preventDefault();
      this.#fail((event as Event & { error: { message: string } }).error.message);
    });
    handle.lost.then((info) => {
      this.#lost = true;
      if (!this.#closed) this.#fail(`the device was lost (${info.reason ?? "unknown"}): ${info.message}`);
    });
  }

  /**
   * Opens a device with the highest limits that the adapter offers.
   *
   * @throws {GpuError} when there is no adapter.
   */
  static async open(gpu: GPU, options: DeviceOptions = {}): Promise<Device> {
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) {
      throw new GpuError("no WebGPU adapter was found; `perturbine doctor` says which driver to install.");
    }
    const names = [
      "maxStorageBufferBindingSize",
      "maxBufferSize",
      "maxComputeWorkgroupsPerDimension",
      "maxComputeInvocationsPerWorkgroup",
      "maxComputeWorkgroupSizeX",
      "maxComputeWorkgroupSizeY",
      "maxComputeWorkgroupStorageSize",
      "maxStorageBuffersPerShaderStage",
    ] as const;
    const requiredLimits = Object.fromEntries(names.map((name) => [name, adapter.limits[name]]));
    const wanted = matrixUnitsOf(adapter.features, adapter.info) ? matrixUnitFeatures : [];
    const requiredFeatures = [...features, ...wanted].filter((feature) => adapter.features.has(feature));
    const handle = await adapter.requestDevice({ label: "perturbine", requiredLimits, requiredFeatures });
    const hasSubgroups = handle.features.has("subgroups") && await quadsAreNeighbours(handle);
    const measured = await loopBudget(handle, adapter.info);
    const iterations = Math.min(options.maxIterations ?? Infinity, measured);
    return new Device(adapter, handle, options, hasSubgroups, iterations);
  }

  /** Whether kernels can be timed on the device. */
  get hasTimestamps(): boolean {
    return this.handle.features.has("timestamp-query");
  }

  /** Bytes held by buffers of this device. */
  get memory(): DeviceMemory {
    return { resident: this.#resident, peak: this.#peak };
  }

  /** One line that names adapter and class. */
  get description(): string {
    const { description, device, vendor, architecture } = this.adapter.info; // browsers tell the last two alone
    return (description || device || `${vendor} ${architecture}`.trim() || "unnamed adapter").trim();
  }

  /** Largest range one binding may cover, in bytes, a multiple of 256. */
  get maxBinding(): number {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.limits;
    const most = Math.min(this.#options.maxBinding ?? Infinity, maxStorageBufferBindingSize, maxBufferSize);
    return Math.floor(most / 256) * 256;
  }

  /** Largest buffer to lay parameters out in, in bytes. */
  get maxBuffer(): number {
    return Math.min(this.#options.maxBuffer ?? Infinity, this.limits.maxBufferSize);
  }

  #fail(message: string): void {
    this.#failure ??= new GpuError(message.trim());
  }

  /**
   * Reports what the device has complained of so far.
   *
   * @throws {GpuError} the first error since it was opened
   */
  check(): void {
    if (this.#failure) throw this.#failure;
    if (this.#lost) throw new GpuError("the device has been closed.");
  }

  /** Waits for the outcome of error scopes that are still open, then reports like `check`. */
  async settle(): Promise<void> {
    while (this.#pending.length > 0) await this.#pending.pop();
    this.check();
  }

  /** What `make` makes, and what the device complained of meanwhile. */
  #scoped<T>(
    filter: GPUErrorFilter,
    explain: (message: string) => string,
    make: () => T,
  ): { made: T; problem: Promise<GpuError | undefined> } {
    this.handle.pushErrorScope(filter);
    const made = make();
    const problem = this.handle.popErrorScope().then(
      (error) => error ? new GpuError(explain(error.message).trim()) : undefined,
      () => undefined, // the device is lost, which is told elsewhere
    );
    return { made, problem };
  }

  /** A buffer whose want of memory is told by its name. */
  #allocate(label: string, size: number, usage: number): GPUBuffer {
    const { made, problem } = this.#scoped(
      "out-of-memory",
      (message) => `out of device memory at ${label} (${size} bytes, ${this.#resident} resident): ${message}`,
      () => this.handle.createBuffer({ label, size, usage }),
    );
    this.#pending.push(problem.then((error) => error && this.#fail(error.message)));
    return made;
  }

  /** Makes sure that a buffer may be so large. @throws {GpuError} when none of the adapter may */
  requireRoom(bytes: number, label: string): void {
    const { maxBufferSize } = this.limits;
    if (bytes <= maxBufferSize) return;
    throw new GpuError(`${label} needs a buffer of ${bytes} bytes; this adapter allows ${maxBufferSize}.`);
  }

  /** A storage buffer of at least `bytes`, zeroed by WebGPU (or poisoned). Its owner must hand it to `free`. */
  buffer(bytes: number, label: string, usage = defaultUsage): GPUBuffer {
    this.check();
    const size = Math.max(256, Math.ceil(bytes / 256) * 256);
    this.requireRoom(size, label);
    const buffer = this.#allocate(label, size, usage);
    this.created.buffers++;
    this.#resident += size;
    this.#peak = Math.max(this.#peak, this.#resident);
    if (this.poison && usage & GPUBufferUsage.COPY_DST && usage & GPUBufferUsage.STORAGE) {
      this.queue.writeBuffer(buffer, 0, new Uint32Array(size / 4).fill(0x7fc0dead));
    }
    return buffer;
  }

  /** Gives a buffer's memory back once the queue is done with it: garbage collection would not. */
  free(buffer: GPUBuffer): void {
    this.#resident -= buffer.size;
    buffer.destroy();
    this.#freed.add(buffer);
    this.freed++;
  }

  /** Makes sure that a tensor with a buffer of its own still has it: some runtimes end the process otherwise. @throws {GpuError} */
  requireMemory({ storage, label }: Tensor, user: string): void {
    if (storage.kind !== "buffer" || !this.#freed.has(storage.buffer)) return;
    throw new GpuError(`${user}: ${label} has been disposed of; dispose of what uses it first, or keep it.`);
  }

  /**
   * Compiles a kernel once; later calls with the same code and constants return the same pipeline.
   *
   * A shader error, with kernel, constants and source line, is the kernel's own: it fails what uses the kernel and nothing
   * else, and the next call compiles again.
   *
   * @throws {GpuError} when a constant is no number, or the WGSL is not such as the engine binds
   */
  compile(kernel: Kernel): CompiledKernel {
    const key = `${kernel.name}\n${JSON.stringify(kernel.constants ?? {})}\n${kernel.code}`;
    const known = this.#kernels.get(key);
    if (known) return known;
    const bad = Object.entries(kernel.constants ?? {}).find(([, value]) => !Number.isFinite(value));
    if (bad) {
      throw new GpuError(
        `kernel ${kernel.name}: the constant ${bad[0]} is ${bad[1]}; expected a finite number.`,
      );
    }
    const started = performance.now();
    const layout = kernelLayout(kernel.name, kernel.code);
    const code = (this.subgroups ? subgroupForm(kernel.code) : undefined) ?? kernel.code;
    const visibility = GPUShaderStage.COMPUTE;
    const entries: GPUBindGroupLayoutEntry[] = layout.storage.map(({ binding, access }) => ({
      binding,
      visibility,
      buffer: { type: access === "read" ? "read-only-storage" : "storage" },
    }));
    for (const binding of [layout.params, layout.step]) {
      if (binding !== undefined) entries.push({ binding, visibility, buffer: { type: "uniform" } });
    }
    const label = kernel.name;
    const specialisation = Object.entries(kernel.constants ?? {}).map(([k, v]) => `${k}=${v}`).join(" ");
    const { made, problem } = this.#scoped(
      "validation",
      (message) => `kernel ${label}${specialisation && ` (${specialisation})`} does not compile: ${message}`,
      () => {
        const groupLayout = this.handle.createBindGroupLayout({ label, entries });
        const module = this.handle.createShaderModule({ label, code });
        const pipeline = this.handle.createComputePipeline({
          label,
          layout: this.handle.createPipelineLayout({ label, bindGroupLayouts: [groupLayout] }),
          compute: { module, entryPoint: "main", constants: { ...kernel.constants } },
        });
        return { pipeline, groupLayout, layout, code };
      },
    );
    this.created.pipelines++;
    this.compileMs += performance.now() - started;
    const compiled = { ...made, problem };
    this.#kernels.set(key, compiled);
    problem.then((error) => error && this.#kernels.delete(key));
    return compiled;
  }

  /** Copies bytes from a device buffer. Waits for all submitted work. */
  async read(buffer: GPUBuffer, offset: number, bytes: number): Promise<ArrayBuffer> {
    this.check();
    const size = Math.ceil(bytes / 4) * 4;
    if (size === 0) return new ArrayBuffer(0);
    const begun = performance.now();
    const staging = this.#allocate("read-back", size, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
    try {
      const encoder = this.handle.createCommandEncoder({ label: "read-back" });
      encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
      this.queue.submit([encoder.finish()]);
      await this.#answered(staging.mapAsync(GPUMapMode.READ));
      const copy = staging.getMappedRange().slice(0, bytes);
      staging.unmap();
      await this.settle();
      this.observer?.afterRead?.(bytes, begun, performance.now());
      return copy;
    } catch (error) {
      await new Promise((resolve) => setTimeout(resolve, 10)); // a lost device is reported a moment after what fails by it
      this.check();
      throw error;
    } finally {
      staging.destroy();
    }
  }

  /** Waits for the device no longer than its patience: a driver may hang without saying so. */
  async #answered(work: Promise<unknown>): Promise<void> {
    const { patience = 1800 } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new GpuError(
              `the device has not answered for ${patience} seconds; it hangs, or its driver does.`,
            ),
          ),
        1000 * patience,
      );
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits until the queue is empty. In Deno this costs 11 ms: never inside a training step. */
  async idle(): Promise<void> {
    await this.#answered(this.queue.onSubmittedWorkDone());
    await this.settle();
  }

  /** Releases the device. Buffers still held elsewhere stay until they are freed. */
  close(): void {
    this.#closed = true;
    this.handle.destroy();
  }
}

const defaultUsage = 0x80 | 0x8 | 0x4; // STORAGE | COPY_DST | COPY_SRC, spelled out: the constants are not there in every runtime at load

function isSoftware(info: GPUAdapterInfo): boolean {
  const text = `${info.vendor} ${info.device} ${info.description} ${info.architecture}`.toLowerCase();
  return /llvmpipe|lavapipe|swiftshader|software|basic render|softpipe/.test(text) ||
    (info as GPUAdapterInfo & { isFallbackAdapter?: boolean }).isFallbackAdapter === true;
}
