/**
 * Golden checks of MLP, DeepCE and CIGER in the badger dialect: outputs, intermediates, loss, gradients, steps of clipped
 * Adam, running statistics, evaluation. Sizes come from the manifests, so another set of the same format passes unchanged.
 */
import type { Engine } from "../../engine/mod.ts";
import { mlp, type MlpConfig, mlpSpecs, releasedMlpLoss } from "../../models/mlp/mod.ts";
import type { BadgerGolden } from "./badger_file.ts";
import { checkTrainedModel } from "./check_trained_model.ts";
import type { GoldenCheck } from "./compare.ts";

/** Checks by file name, without ending. */
export const baselineModelChecks: Readonly<
  Record<string, (engine: Engine, golden: BadgerGolden) => Promise<GoldenCheck[]>>
> = {
  model_mlp_small: checkMlp,
};

function sizes(golden: BadgerGolden): Record<string, number> {
  const { config = {} } = golden.manifest;
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, Number(value)]));
}

async function checkMlp(engine: Engine, golden: BadgerGolden): Promise<GoldenCheck[]> {
  const { genes, drug_width: drugWidth, cell_width: cellWidth, hidden, dropout } = sizes(golden);
  const stages = golden.manifest.config!.mlp as number[];
  const model: MlpConfig = { genes, drugWidth, cellWidth, hidden, stages, dropout };
  const constant = (key: string) => engine.constant(golden.shape(key), golden.values(key), key);
  const inputs = { drug: constant("in/drug_pooled"), cell: constant("in/cell") };
  return await checkTrainedModel(engine, golden, {
    specs: mlpSpecs(model),
    loss: releasedMlpLoss,
    network: (step, p, train) => {
      const { prediction, modules } = mlp(step, p, model, inputs, { train });
      return { prediction, modules: new Map([...modules].map(([name, tensor]) => [name, { tensor }])) };
    },
  });
}
