/** Golden checks of layer and batch normalisation. */
import type { Engine } from "../../engine/mod.ts";
import { batchNorm } from "../../engine/ops/batch_norm.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { compare, type GoldenCheck, relative } from "./compare.ts";
import type { GoldenFile } from "./golden_file.ts";
import { gradientChecks, input, parameterTensors, runRecorded } from "./recorded_golden.ts";

/** Layer normalisation as MAT has it, or as PyTorch has it. */
export async function checkLayerNorm(
  engine: Engine,
  golden: GoldenFile,
  kind: "mat" | "torch",
): Promise<GoldenCheck[]> {
  const [scaleKey, shiftKey] = kind === "mat" ? ["a_2", "b_2"] : ["weight", "bias"];
  const p = parameterTensors(engine, golden);
  const x = input(engine, golden, "in.x");
  const { output, gradients } = await runRecorded(engine, golden.manifest.name, (step) => ({
    output: layerNorm(step, { x, scale: p(scaleKey), shift: p(shiftKey) }, { kind }),
    wanted: { x, [scaleKey]: p(scaleKey), [shiftKey]: p(shiftKey) },
  }), golden.values("in.dy"));
  return [
    compare(golden, "out.y", output, relative.operation),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

/** Batch normalisation with its running statistics. */
export async function checkBatchNorm(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const train = golden.manifest.config.mode === "train";
  const p = parameterTensors(engine, golden);
  const x = input(engine, golden, "in.x");
  const [runningMean, runningVariance] = [p("running_mean"), p("running_var")];
  const { output, extra, gradients } = await runRecorded(engine, golden.manifest.name, (step) => ({
    output: batchNorm(step, { x, scale: p("weight"), shift: p("bias"), runningMean, runningVariance }, {
      train,
      momentum: golden.number("momentum"),
    }),
    extra: [runningMean, runningVariance],
    wanted: { x, weight: p("weight"), bias: p("bias") },
  }), golden.values("in.dy"));
  return [
    compare(golden, "out.y", output, relative.operation),
    compare(golden, "bufafter.running_mean", extra[0], relative.operation),
    compare(golden, "bufafter.running_var", extra[1], relative.operation),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}
