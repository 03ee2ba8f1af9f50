import type { Step, Tensor } from "../../engine/mod.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import type { Lookup } from "../lookup.ts";
import { type MlpConfig, mlpSlope } from "./config.ts";

/** A batch on the device. */
export interface MlpInputs {
  /** [samples, drug width] */
  readonly drug: Tensor;
  /** [samples, cell width] */
  readonly cell: Tensor;
}

/** What the network gives. */
export interface MlpOutput {
  /** Scores [samples, genes]. */
  readonly prediction: Tensor;
  /** Drug and cell together, [samples, hidden]: where kNN looks for neighbours. */
  readonly fusion: Tensor;
  /** Outputs of the modules by their PyTorch names, for tests. */
  readonly modules: ReadonlyMap<string, Tensor>;
}

// Places of the dropouts, for the counter-based random numbers.
const sites = { cell: 1, fusion: 2, stage: 3 } as const;

/** Drug and cell vectors, and their fusion (badger.md 5.1). Dropout acts when `train`. */
export function mlpFusion(
  step: Step,
  p: Lookup,
  config: MlpConfig,
  { drug, cell }: MlpInputs,
  { train }: { readonly train: boolean },
): { readonly fusion: Tensor; readonly cell: Tensor } {
  const rate = train ? config.dropout : 0;
  const dense = (x: Tensor, key: string) =>
    linear(step, { x, weight: p(`${key}.weight`), bias: p(`${key}.bias`) }, {});
  const reluDropout = (x: Tensor, site: number) =>
    elementwise(step, { x }, { stages: [{ kind: "relu" }, { kind: "dropout", rate }], site });
  const drugVector = dense(drug, "comp_encoder.linear_pooled");
  const cellVector = reluDropout(dense(cell, "cell_encoder.0"), sites.cell);
  const both = concatColumns(step, [drugVector, cellVector]);
  return { fusion: reluDropout(dense(both, "drugcell_fusion.0"), sites.fusion), cell: cellVector };
}

/** The MLP (badger.md 5.1): the output, too, passes norm, leaky ReLU and dropout. Dropout acts when `train`. */
export function mlp(
  step: Step,
  p: Lookup,
  config: MlpConfig,
  inputs: MlpInputs,
  { train }: { readonly train: boolean },
): MlpOutput {
  const rate = train ? config.dropout : 0;
  const { fusion, cell } = mlpFusion(step, p, config, inputs, { train });
  let prediction = fusion;
  for (let k = 0; k <= config.stages.length; k++) {
    const [dense, norm] = [4 * k, 4 * k + 1].map((layer) => `mlp.mlp_layers.${layer}`);
    const x = linear(step, { x: prediction, weight: p(`${dense}.weight`), bias: p(`${dense}.bias`) }, {});
    const normed = layerNorm(step, { x, scale: p(`${norm}.weight`), shift: p(`${norm}.bias`) }, {
      kind: "torch",
    });
    prediction = elementwise(step, { x: normed }, {
      stages: [{ kind: "leakyRelu", slope: mlpSlope }, { kind: "dropout", rate }],
      site: sites.stage + k,
    });
  }
  const modules = new Map([["cell_encoder", cell], ["drugcell_fusion", fusion], ["mlp", prediction]]);
  return { prediction, fusion, modules };
}
