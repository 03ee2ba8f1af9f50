import { UserError } from "../datasets/user_error.ts";
import { Engine, type TuningTable } from "../engine/mod.ts";
import { provideAdapter } from "../host/swiftshader/provide_adapter.ts";

/** This machine's device, opened when a model first asks for it: a baseline never does. */
export class Device implements Disposable {
  #engine: Promise<Engine> | undefined;
  #opened: Engine | undefined;
  #tuning: TuningTable | undefined;

  /** @param findTuning finds the choices of the tuner for this adapter; without them the rules hold. */
  constructor(readonly findTuning?: () => Promise<TuningTable | undefined>) {}

  /** The engine. @throws {UserError} when there is no adapter. */
  engine(): Promise<Engine> {
    return this.#engine ??= this.#open();
  }

  /** The choices that it was opened with. */
  get tuning(): TuningTable | undefined {
    return this.#tuning;
  }

  /** What the tuner's table changes here, in one sentence; undefined where none is used. */
  get tuned(): string | undefined {
    const entries = this.#opened?.device.tuning.entries ?? [];
    if (entries.length === 0) return undefined;
    const changed = entries.filter(({ choice, byRule }) => choice !== byRule).length;
    return `Kernels go by the table of \`perturbine tune\`: ${changed} of ${entries.length} choices differ from the rule.`;
  }

  /** Adapter and driver, for people; undefined when nothing has asked for a device. */
  get adapter(): string | undefined {
    return this.#opened?.device.description;
  }

  /** Whether a software driver stands in for a GPU. */
  get software(): boolean {
    return this.#opened?.device.adapterClass === "software";
  }

  /** Frees the device, if one was opened. */
  [Symbol.dispose](): void {
    this.#opened?.dispose();
  }

  async #open(): Promise<Engine> {
    await provideAdapter();
    await requireAdapter();
    this.#tuning = await this.findTuning?.();
    return this.#opened = await Engine.open(navigator.gpu, { tuning: this.#tuning });
  }
}

/** This machine's adapter. @throws {UserError} when there is none. */
export async function requireAdapter(options?: GPURequestAdapterOptions): Promise<GPUAdapter> {
  const adapter = await navigator.gpu?.requestAdapter(options);
  if (adapter) return adapter;
  throw new UserError("No WebGPU adapter was found; `perturbine doctor` says which driver to install.");
}
