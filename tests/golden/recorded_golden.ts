/** What golden checks of single operations share: inputs from the file, one recorded step, gradients compared. */
import type { Engine, Step, Tensor } from "../../engine/mod.ts";
import { compare, type GoldenCheck } from "./compare.ts";
import type { GoldenFile } from "./golden_file.ts";

/** All `param.*` of a golden as constants that want a gradient. */
export function parameterTensors(engine: Engine, golden: GoldenFile): (key: string) => Tensor {
  const made = new Map<string, Tensor>();
  return (key) => {
    const known = made.get(key);
    if (known) return known;
    const name = golden.has(`param.${key}`) ? `param.${key}` : `buf.${key}`;
    const wants = name.startsWith("param.");
    const tensor = engine.constant(golden.shape(name), golden.values(name), key, wants);
    made.set(key, tensor);
    return tensor;
  };
}

/** Records forward and backward, runs them, and hands back readers of output and gradients. */
export async function runRecorded(
  engine: Engine,
  name: string,
  build: (step: Step) => { output: Tensor; extra?: Tensor[]; wanted: Record<string, Tensor> },
  upstream: Float32Array<ArrayBuffer>,
): Promise<{ output: Float32Array; extra: Float32Array[]; gradients: Map<string, Float32Array> }> {
  const { plan, result } = await engine.record(name, (step) => {
    const { output, extra = [], wanted } = build(step);
    const dy = step.input(output.shape, "dy");
    step.keep(output);
    extra.forEach((tensor) => step.keep(tensor));
    step.backward(output, dy);
    const gradients = Object.entries(wanted).map(([key, tensor]) =>
      [key, step.keep(step.gradient(tensor)!)] as const
    );
    return { output, extra, gradients, dy };
  });
  plan.replay(new Map([[result.dy, upstream]]), engine.still);
  const read = async (tensor: Tensor) => new Float32Array(await plan.read(tensor));
  const gradients = new Map<string, Float32Array>();
  for (const [key, tensor] of result.gradients) gradients.set(key, await read(tensor));
  const extra: Float32Array[] = [];
  for (const tensor of result.extra) extra.push(await read(tensor));
  return { output: await read(result.output), extra, gradients };
}

/** A tensor of the golden as a constant that wants a gradient, unless told otherwise. */
export function input(
  engine: Engine,
  golden: GoldenFile,
  name: string,
  shape = golden.shape(name),
  wants = true,
): Tensor {
  return engine.constant(shape, golden.values(name), name, wants);
}

/** Compares gradients with the golden's, which of large ones holds a sample. */
export function gradientChecks(
  golden: GoldenFile,
  gradients: Map<string, Float32Array>,
  tau: number,
): GoldenCheck[] {
  return [...gradients].map(([key, values]) => {
    if (!golden.has(`idx.${key}`)) return compare(golden, `grad.${key}`, values, tau);
    const sampled = Float32Array.from(golden.integers(`idx.${key}`), (i) => values[i]);
    return compare(golden, `grad.${key}`, sampled, tau);
  });
}
