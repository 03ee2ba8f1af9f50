import type { Engine, HostArray, Step, Tensor } from "../../engine/mod.ts";
import { feedGradients } from "./feed_gradients.ts";

/** One input of a run: its shape, its values, and whether its gradient is wanted (by default for floats). */
export interface RunInput {
  readonly shape: readonly number[];
  readonly values: HostArray;
  readonly constant?: boolean;
}

/** What a run hands back. */
export interface RunResult {
  readonly outputs: Float32Array[];
  /** Gradients by input name. */
  readonly gradients: Record<string, Float32Array>;
  readonly liveBytes: number;
}

/**
 * Runs an operation of one or more outputs forward and backward on the device.
 *
 * @param upstream the gradients fed into the outputs
 */
export async function runOperation<N extends string>(
  engine: Engine,
  inputs: Readonly<Record<N, RunInput>>,
  build: (step: Step, tensors: Record<N, Tensor>) => Tensor | readonly Tensor[],
  upstream: readonly Float32Array<ArrayBuffer>[],
  values: { step: number; seed: number; learningRate: number } = engine.still,
): Promise<RunResult> {
  const names = Object.keys(inputs) as N[];
  const { plan, result } = await engine.record("operation under test", (step) => {
    const tensors = Object.fromEntries(names.map((name) => {
      const { shape, values, constant } = inputs[name];
      return [name, engine.constant(shape, values, name, !constant)];
    })) as Record<N, Tensor>;
    const built = build(step, tensors);
    const outputs = (Array.isArray(built) ? built : [built]) as Tensor[];
    const gradients = outputs.map((output, k) => engine.constant(output.shape, upstream[k], `upstream ${k}`));
    outputs.forEach((output) => step.keep(output));
    step.backward(feedGradients(step, outputs, gradients), engine.one);
    const wanted = names.flatMap((name) => {
      const gradient = tensors[name].requiresGradient && step.gradient(tensors[name]);
      return gradient ? [[name, step.keep(gradient)] as const] : [];
    });
    return { outputs, wanted };
  });
  plan.replay(new Map(), values);
  const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
  const outputs: Float32Array[] = [];
  for (const output of result.outputs) outputs.push(await read(output));
  const gradients: Record<string, Float32Array> = {};
  for (const [name, gradient] of result.wanted) gradients[name] = await read(gradient);
  // The next run gets poisoned memory again, not what this one left behind.
  await engine.device.idle();
  engine.workspace.dispose();
  return { outputs, gradients, liveBytes: plan.liveBytes };
}
