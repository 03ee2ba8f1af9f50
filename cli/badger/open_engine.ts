import { UserError } from "../../datasets/user_error.ts";
import { Engine, type TuningTable } from "../../engine/mod.ts";

/** This machine's device for as long as a command lasts. */
export interface OpenEngine extends Disposable {
  readonly engine: Engine;
  /** Adapter and driver, for people. */
  readonly adapter: string;
  /** Whether a software driver stands in for a GPU. */
  readonly software: boolean;
}

/**
 * Opens it, with the choices of a tuner if there are any.
 *
 * @throws {UserError} when there is no adapter.
 */
export async function openEngine(tuning: TuningTable | undefined): Promise<OpenEngine> {
  if (!navigator.gpu || !await navigator.gpu.requestAdapter()) {
    throw new UserError("No WebGPU adapter was found; `perturbine doctor` says which driver to install.");
  }
  const engine = await Engine.open(navigator.gpu, { tuning });
  return {
    engine,
    adapter: engine.device.description,
    software: engine.device.adapterClass === "software",
    [Symbol.dispose]: () => engine.dispose(),
  };
}
