/** Golden checks of what training adds: losses, metrics and the optimiser. */
import { pearsonPooled, rootMeanSquaredError } from "../../datasets/metrics/metrics.ts";
import { type Engine, LossRing, Parameters, recordOptimizer } from "../../engine/mod.ts";
import { linear } from "../../engine/ops/linear.ts";
import { mseLoss } from "../../engine/ops/mse_loss.ts";
import { compare, compareAfterSteps, compareNumber, type GoldenCheck, relative } from "./compare.ts";
import type { GoldenFile } from "./golden_file.ts";
import { gradientChecks, input, runRecorded } from "./recorded_golden.ts";

/** The squared error with its gradient, and the metrics on the host. */
export async function checkLossMetrics(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const prediction = input(engine, golden, "in.pred");
  const target = input(engine, golden, "in.target", undefined, false);
  const { output, gradients } = await runRecorded(engine, golden.manifest.name, (step) => ({
    output: mseLoss(step, { prediction, target }),
    wanted: { pred: prediction },
  }), new Float32Array([1]));
  const [found, expected] = [golden.values("in.pred"), golden.values("in.target")];
  const { scalars } = golden.manifest;
  const [count, width] = golden.shape("in.pred");
  const rows = (values: Float32Array) =>
    Array.from({ length: count }, (_, row) => values.subarray(row * width, (row + 1) * width));
  return [
    compareNumber("mse", output[0], scalars.mse, relative.operation),
    compareNumber("rmse", rootMeanSquaredError(found, expected), scalars.rmse, relative.operation),
    compareNumber("pcc_flat", pearsonPooled(found, expected), scalars.pcc_flat, relative.operation),
    compare(
      golden,
      "out.pcc_per_row",
      rows(found).map((row, k) => pearsonPooled(row, rows(expected)[k])),
      relative.operation,
    ),
    ...gradientChecks(golden, gradients, relative.operation),
  ];
}

/** Feeds prescribed gradients through the optimiser: loss = sum of gradient times parameter has just that gradient. */
export async function checkAdam(engine: Engine, golden: GoldenFile): Promise<GoldenCheck[]> {
  const { lr, weight_decay: weightDecay, steps, betas, eps } = golden.manifest.config as {
    lr: number;
    weight_decay: number;
    steps: number;
    betas: [number, number];
    eps: number;
  };
  const n = golden.shape("param.p0")[0];
  const parameters = new Parameters(engine.device, [{
    key: "p",
    shape: [1, n],
    kind: "parameter",
    trainable: true,
  }]);
  const ring = new LossRing(engine.device);
  try {
    parameters.write("p", golden.values("param.p0"));
    const { plan, result } = await engine.record(golden.manifest.name, (step) => {
      const x = step.input([1, n], "prescribed gradient");
      const loss = linear(step, { x, weight: parameters.get("p") }, {});
      step.backward(loss, engine.one);
      recordOptimizer(step, parameters, loss, ring, { kind: "adam", weightDecay, betas, epsilon: eps });
      return x;
    });
    const checks: GoldenCheck[] = [];
    for (let step = 0; step < steps; step++) {
      plan.replay(new Map([[result, golden.values(`in.grad${step}`)]]), { step, seed: 0, learningRate: lr });
      const found = (await parameters.values()).get("p")!;
      checks.push(compare(golden, `after.p${step + 1}`, found, relative.operation));
      checks.push(compareAfterSteps(golden, `after.p${step + 1}`, found, lr, step + 1));
    }
    const { first, second } = await parameters.moments();
    checks.push(compare(golden, "after.exp_avg", first.get("p")!, relative.operation));
    checks.push(compare(golden, "after.exp_avg_sq", second.get("p")!, relative.operation));
    return checks;
  } finally {
    parameters.dispose();
    ring.dispose();
  }
}
