import { UserError } from "../datasets/user_error.ts";
import { chromeTrace, Engine, summariseTimings } from "../engine/mod.ts";
import { Csg2aTask, type Csg2aTaskOptions, releasedHeadWidths } from "../models/csg2a/mod.ts";
import type { RunConfig } from "../models/run_config.ts";
import type { Backend, BackendOptions, KernelProfile, ProfiledTask, TaskData } from "./backend.ts";
import { targetOf } from "./prepare_run.ts";

/**
 * Opens this machine's WebGPU device.
 *
 * @throws {UserError} when there is no adapter.
 */
export async function openDeviceBackend({ tuning }: BackendOptions = {}): Promise<Backend> {
  if (!navigator.gpu || !await navigator.gpu.requestAdapter()) {
    throw new UserError(
      "No WebGPU adapter was found; `deno task perturbine doctor` says which driver to install.",
    );
  }
  const engine = await Engine.open(navigator.gpu, { tuning });
  return {
    adapter: engine.device.description,
    software: engine.device.adapterClass === "software",
    createTask: (data, config) => Promise.resolve(new DeviceTask(engine, taskOptions(data, config))),
    [Symbol.dispose]: () => engine.dispose(),
  };
}

function taskOptions({ data, shown, ppi }: TaskData, config: RunConfig): Csg2aTaskOptions {
  const { samples, basal, genes } = data;
  return {
    stage: config.stage,
    model: { ...config.model, genes: genes.length, headWidths: releasedHeadWidths },
    training: config.training,
    data: {
      rows: samples.rows,
      basal,
      target: targetOf(data),
      dose: samples.dose,
      time: samples.time,
      ...shown,
      ppi,
    },
  };
}

/** CSG2A whose steps can be timed. */
class DeviceTask extends Csg2aTask implements ProfiledTask {
  async profileKernels(rows: Uint32Array, learningRate: number): Promise<KernelProfile | undefined> {
    if (!this.engine.device.hasTimestamps) return undefined;
    const timings = await this.profile(rows, 0, learningRate);
    return { kernels: summariseTimings(timings), trace: chromeTrace(timings, "perturbine") };
  }
}
