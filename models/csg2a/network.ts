import type { Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { batchNorm } from "../../engine/ops/batch_norm.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { csg2aBlock } from "../ops/csg2a_block.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import { joinRows } from "../ops/join_rows.ts";
import { matAttention } from "../ops/mat_attention.ts";
import { segmentMean } from "../ops/segment_mean.ts";
import { shiftScale } from "../ops/shift_scale.ts";
import type { Lookup } from "../lookup.ts";
import { attentionLambdas, type Csg2aConfig, matSlope } from "./sizes.ts";

/** Molecules on the device, packed (see `PackedMolecules`). */
export interface MoleculeTensors {
  /** [nodes, 28] */
  readonly features: Tensor;
  /** [pairs]: the distance and adjacency terms of the attention. */
  readonly constant: Tensor;
  /** [tiles, 4], see tile.wgsl. */
  readonly tiles: Tensor;
  /** [molecules + 1]: first node of each molecule. */
  readonly starts: Tensor;
  /** [nodes]: molecule of each node. */
  readonly moleculeOf: Tensor;
}

/** A batch on the device: profile [batch, genes], molecule vectors [batch, MAT width], dose and time [batch, 1]. */
export interface ConditionTensors {
  /** [batch, genes] */
  readonly profile: Tensor;
  /** [batch, MAT width] */
  readonly molecule: Tensor;
  /** [batch, 1], µM / 100. */
  readonly dose: Tensor;
  /** [batch, 1], hours / 72. */
  readonly time: Tensor;
  /** PPI as `blockGraph` packs it. */
  readonly graph: Tensor;
  /** The same, transposed. */
  readonly graphTransposed: Tensor;
}

/** What a pass does with BatchNorm and dropout. */
export interface Mode {
  /** Batch statistics and dropout, or running statistics and none. */
  readonly train: boolean;
}

// Places of dropout in the model, for the counter-based random numbers.
const sites = { condition: 1, feedForward: 2, bgex: 3, agex: 4, comp: 5, head: 6 } as const;

/** MAT's own LayerNorm with parameters `KEY.a_2` and `KEY.b_2`. */
export function matNorm(step: Step, p: Lookup, x: Tensor, key: string): Tensor {
  return layerNorm(step, { x, scale: p(`${key}.a_2`), shift: p(`${key}.b_2`) }, { kind: "mat" });
}

/** One layer of MAT: x + attention(norm(x)), then x + feed-forward(norm(x)) (csg2a.md 2.2, items 3 to 5). */
export function encoderLayer(
  step: Step,
  p: Lookup,
  x: Tensor,
  heads: number,
  { constant, tiles }: Pick<MoleculeTensors, "constant" | "tiles">,
): Tensor {
  const projections = (kind: "weight" | "bias") =>
    joinRows(step, [0, 1, 2].map((i) => p(`self_attn.linears.${i}.${kind}`)));
  const qkv = linear(step, {
    x: matNorm(step, p, x, "sublayer.0.norm"),
    weight: projections("weight"),
    bias: projections("bias"),
  }, {});
  const attended = matAttention(step, { qkv, constant, tiles }, { heads, lambda: attentionLambdas[0] });
  const mixed = linear(step, {
    x: attended,
    weight: p("self_attn.linears.3.weight"),
    bias: p("self_attn.linears.3.bias"),
    residual: x,
  }, {});
  const fed = linear(step, {
    x: matNorm(step, p, mixed, "sublayer.1.norm"),
    weight: p("feed_forward.linears.0.weight"),
    bias: p("feed_forward.linears.0.bias"),
  }, { activation: "leakyRelu", slope: matSlope });
  return add(step, { a: mixed, b: fed });
}

/** MAT up to its last norm: the embedded atoms, then the output of every layer, each [nodes, width]. */
export function moleculeEncoder(
  step: Step,
  p: Lookup,
  { mat }: Pick<Csg2aConfig, "mat">,
  molecules: Pick<MoleculeTensors, "features" | "constant" | "tiles">,
): Tensor[] {
  const { features } = molecules;
  const states = [
    linear(step, { x: features, weight: p("src_embed.lut.weight"), bias: p("src_embed.lut.bias") }, {}),
  ];
  for (let k = 0; k < mat.layers; k++) {
    const layer: Lookup = (key) => p(`encoder.layers.${k}.${key}`);
    states.push(encoderLayer(step, layer, states[k], mat.heads, molecules));
  }
  return states;
}

/** The molecule attention transformer (csg2a.md 2.2), then the mean over each molecule's nodes: [molecules, width]. */
export function moleculeVectors(
  step: Step,
  p: Lookup,
  config: Csg2aConfig,
  molecules: MoleculeTensors,
): Tensor {
  const mat: Lookup = (key) => p(`CCE.MAT.${key}`);
  const encoded = moleculeEncoder(step, mat, config, molecules).at(-1)!;
  const { starts, moleculeOf } = molecules;
  return segmentMean(step, { x: matNorm(step, mat, encoded, "encoder.norm"), starts, segmentOf: moleculeOf });
}

/** BatchNorm, ReLU and dropout. */
function normalised(
  step: Step,
  p: Lookup,
  x: Tensor,
  key: string,
  dropout: { readonly rate: number; readonly site: number },
  { train }: Mode,
): Tensor {
  return batchNorm(step, {
    x,
    scale: p(`${key}.weight`),
    shift: p(`${key}.bias`),
    runningMean: p(`${key}.running_mean`),
    runningVariance: p(`${key}.running_var`),
  }, { train, relu: true, dropout: train ? dropout : undefined });
}

/** The chemical condition encoder (csg2a.md 2.3): comp [batch, genes], not negative. */
export function conditionVector(
  step: Step,
  p: Lookup,
  config: Csg2aConfig,
  { molecule, dose, time }: Pick<ConditionTensors, "molecule" | "dose" | "time">,
  mode: Mode,
): Tensor {
  const encoded = (x: Tensor, key: string) =>
    linear(step, { x, weight: p(`CCE.${key}.weight`), bias: p(`CCE.${key}.bias`) }, {});
  const parts = concatColumns(step, [molecule, encoded(dose, "dose_enc"), encoded(time, "time_enc")]);
  const projected = linear(step, { x: parts, weight: p("CCE.comp_proj.0.weight") }, {});
  return normalised(step, p, projected, "CCE.comp_proj.1", {
    rate: config.cceDropout,
    site: sites.condition,
  }, mode);
}

/** Output of the pretraining network. */
export interface Csg2aOutput {
  /** Predicted perturbed profile [batch, genes]. */
  readonly prediction: Tensor;
  /** Chemical condition vector [batch, genes]. */
  readonly comp: Tensor;
  /** Basal profile as the block mixes it with the condition [batch, genes]. */
  readonly profile: Tensor;
}

/** The pretraining network (csg2a.md 2.3 to 2.5). */
export function csg2a(
  step: Step,
  p: Lookup,
  config: Csg2aConfig,
  inputs: ConditionTensors,
  mode: Mode,
): Csg2aOutput {
  const { profile, graph, graphTransposed } = inputs;
  const comp = conditionVector(step, p, config, inputs, mode);
  const mixed = config.plainLinear ? add(step, { a: profile, b: comp }) : csg2aBlock(step, {
    profile,
    condition: comp,
    wGex: p("w_gex"),
    wComp: p("w_comp"),
    graph,
    graphTransposed,
  }, { variant: config.variant });
  const normed = layerNorm(step, {
    x: mixed,
    scale: p("feed_forward.0.weight"),
    shift: p("feed_forward.0.bias"),
  }, {
    kind: "torch",
  });
  const activated = elementwise(step, { x: normed }, {
    stages: [{ kind: "relu" }, { kind: "dropout", rate: mode.train ? config.dropout : 0 }],
    site: sites.feedForward,
  });
  return {
    prediction: linear(step, { x: activated, weight: p("feed_forward.3.weight") }, {}),
    comp,
    profile,
  };
}

/** The fine-tuning network (csg2a.md 2.6): ln IC50 [batch, 1]. `frozenMode` is the mode of the transferred part. */
export function csg2aFinetuning(
  step: Step,
  p: Lookup,
  config: Csg2aConfig,
  inputs: ConditionTensors,
  mode: Mode,
  frozenMode: Mode,
): Csg2aOutput & { readonly logIc50: Tensor } {
  const scaled = shiftScale(step, { x: inputs.profile, shift: p("bias"), scale: p("scalar") });
  const transferred: Lookup = (key) => p(`CSG2A.${key}`);
  const { prediction, comp } = csg2a(step, transferred, config, { ...inputs, profile: scaled }, frozenMode);
  const block = (x: Tensor, linearKey: string, normKey: string, site: number) => {
    const dense = linear(step, { x, weight: p(`${linearKey}.weight`), bias: p(`${linearKey}.bias`) }, {});
    return normalised(step, p, dense, normKey, { rate: config.dropout, site }, mode);
  };
  const basal = config.headInput === "scaled" ? scaled : inputs.profile;
  const z = concatColumns(step, [
    block(basal, "bgex_proj.0", "bgex_proj.1", sites.bgex),
    block(prediction, "agex_proj.0", "agex_proj.1", sites.agex),
    block(comp, "comp_proj.0", "comp_proj.1", sites.comp),
  ]);
  const wide = block(z, "pred_head.0", "pred_head.1", sites.head);
  const narrow = block(wide, "pred_head.4", "pred_head.5", sites.head + 1);
  const logIc50 = linear(
    step,
    { x: narrow, weight: p("pred_head.8.weight"), bias: p("pred_head.8.bias") },
    {},
  );
  return { prediction, comp, profile: scaled, logIc50 };
}
