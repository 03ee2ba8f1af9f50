import { Engine } from "../../engine/mod.ts";
import type { KernelCase } from "../kernel_case.ts";
import type { ModelCase, ModelScale } from "../models/model_case.ts";
import { suite } from "../suite.ts";
import { RandomValues } from "../../testing/random_values.ts";
import { type PlannedCall, plannedCalls } from "./planned_calls.ts";

/** What a GPU would be asked to run, as recorded here. */
export interface PlannedStep {
  readonly kind: "kernel" | "model";
  readonly name: string;
  readonly variant: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly calls: readonly PlannedCall[];
}

/** Ends a step before it runs. */
class Recorded extends Error {}

/**
 * The forward and backward pass of a benchmark's kernel as GPUs run it, at its default sizes. Recorded by the rules for GPUs on
 * whatever adapter is here, whose limits may cut large operands otherwise; nothing runs.
 */
export async function plannedKernel(gpu: GPU, kernel: KernelCase): Promise<PlannedStep> {
  const engine = await Engine.open(gpu, { adapterClass: "gpu" });
  try {
    const variant = suite[kernel.name]?.byDefault?.gpu?.[0] ?? kernel.variants[0];
    const { plan, dispose } = await kernel.prepare(engine, variant, kernel.sizes, new RandomValues(1));
    const calls = plannedCalls(plan.dispatches);
    dispose?.();
    return { kind: "kernel", name: kernel.name, variant, sizes: kernel.sizes, calls };
  } finally {
    engine.dispose();
  }
}

/** The training step of a model, likewise; what is done once before it, such as encoding molecules, is not part of it. */
export async function plannedModel(gpu: GPU, model: ModelCase, scale: ModelScale): Promise<PlannedStep> {
  const engine = await Engine.open(gpu, { adapterClass: "gpu" });
  try {
    const prepared = await model.prepare(engine, scale);
    let calls: PlannedCall[] | undefined;
    engine.device.queue.submit = () => {}; // what comes before the step is not run either
    engine.device.observer = {
      beforeReplay({ dispatches }) {
        if (!dispatches.some(({ phase }) => phase === "update")) return;
        calls = plannedCalls(dispatches);
        throw new Recorded();
      },
    };
    await prepared.train(0).catch((error) => {
      if (!(error instanceof Recorded)) throw error;
    });
    if (!calls) throw new Error(`${model.name} replayed nothing`);
    return { kind: "model", name: model.name, variant: scale, sizes: prepared.sizes, calls };
  } finally {
    engine.dispose();
  }
}
