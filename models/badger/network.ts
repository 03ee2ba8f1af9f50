import type { Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { bitLinear, type BitLinearInputs } from "../ops/bit_linear.ts";
import { concatSets } from "../ops/concat_sets.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { shapedParameter } from "../ops/join_rows.ts";
import { itemDot } from "../ops/item_dot.ts";
import { linear } from "../../engine/ops/linear.ts";
import { maskedMean } from "../ops/masked_mean.ts";
import { maskRows } from "../ops/mask_rows.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { splitLinear, type SplitLinearInputs } from "../ops/split_linear.ts";
import { sumItems } from "../ops/sum_items.ts";
import type { Lookup } from "../lookup.ts";
import { attentionBlock } from "./attention_block.ts";
import type { BadgerConfig } from "./config.ts";

/** A batch on the device. */
export interface BadgerInputs {
  /** Set bits of every fragment slot, [samples * fragments] lists (see `bitLists`). */
  readonly bits: Omit<BitLinearInputs, "weight" | "bias">;
  /** [samples, fragments], 1 for real fragments. */
  readonly mask: Tensor;
  /** [samples, fragments + 1]: the same with a last 1 for the pseudo token; unused in light mode. */
  readonly maskWithToken: Tensor;
  /** [samples, cell width] */
  readonly cell: Tensor;
  /** Samples of the batch. */
  readonly samples: number;
  /** Fragment slots a sample. */
  readonly fragments: number;
}

/** What the network gives, with what losses and explanations look at. */
export interface BadgerOutput {
  /** Scores [samples, genes]. */
  readonly prediction: Tensor;
  /**
   * Weights of drug to pathway, [heads * samples, pathways, fragments + 1]; absent in light mode. In training rows are as stored,
   * padded to whole quads, unless `weights` are asked for.
   */
  readonly pathwayWeights?: Tensor;
  /** How many keys of its rows count. */
  readonly pathwayKeys: number;
  /** Mean over samples and heads of the last gene-gene block's weights, [genes, genes]; only where asked for. */
  readonly geneAttention?: Tensor;
  /** What the decoder sees, [samples * genes, H]. */
  readonly geneStates: Tensor;
  /** Outputs of the modules by their PyTorch names, for tests and explanations. */
  readonly modules: ReadonlyMap<string, Tensor>;
}

// Places of the five dropouts, for the counter-based random numbers.
const sites = { fragment: 11, cell: 12, fusion: 13, geneFusion: 14, decoder: 15 } as const;

/** What a pass does and hands out. */
export interface BadgerPass {
  /** Whether dropout acts. */
  readonly train: boolean;
  /** Hands out the weights of all additive attentions, as `modules`. */
  readonly weights?: boolean;
  /** Hands out the mean weights of the last gene-gene block. */
  readonly geneAttention?: boolean;
}

/** BADGER (badger.md 2.1). */
export function badger(
  step: Step,
  parameters: Lookup,
  config: BadgerConfig,
  inputs: BadgerInputs,
  { train, weights: wantsWeights = false, geneAttention: wantsGeneAttention = false }: BadgerPass,
): BadgerOutput {
  const p = parameters;
  const { genes, hidden, pathways } = config;
  const { samples, fragments, mask } = inputs;
  const rate = train ? config.dropout : 0;
  const reluDropout = (x: Tensor, site: number) =>
    elementwise(step, { x }, { stages: [{ kind: "relu" }, { kind: "dropout", rate }], site });
  const dense = (x: Tensor, key: string) =>
    linear(step, { x, weight: p(`${key}.weight`), bias: p(`${key}.bias`) }, {});
  const modules = new Map<string, Tensor>();
  const named = (name: string, tensor: Tensor) => {
    modules.set(name, tensor);
    return tensor;
  };

  const first = { weight: p("comp_encoder.encoder.0.weight"), bias: p("comp_encoder.encoder.0.bias") };
  const drug = named(
    "comp_encoder.0",
    dense(
      bitLinear(step, { ...inputs.bits, ...first }, { relu: true, dropout: { rate, site: sites.fragment } }),
      "comp_encoder.encoder.3",
    ),
  );
  const cell = named("cell_encoder", reluDropout(dense(inputs.cell, "cell_encoder.0"), sites.cell));
  // The cell is masked over padding fragments too, but their rows are masked once more right after.
  // With dropout that and the mask are part of the layer; without it the module's own output is there to be seen.
  const fusion = (
    name: string,
    of: Pick<SplitLinearInputs, "items" | "samples" | "mask">,
    items: number,
    site: number,
  ) => {
    const { mask, ...parts } = of;
    const layer = { ...parts, weight: p(`${name}.0.weight`), bias: p(`${name}.0.bias`) };
    const split = { samples, items, first: "items", activation: "relu" } as const;
    if (rate > 0) return splitLinear(step, { ...layer, mask }, { ...split, dropout: { rate, site } });
    const x = named(name, splitLinear(step, layer, split));
    return mask ? maskRows(step, { x, mask }) : x;
  };
  const drugCell = fusion("drugcell_fusion", { items: drug, samples: cell, mask }, fragments, sites.fusion);

  const within = (prefix: string): Lookup => (key) => p(`${prefix}.${key}`);
  const table = (name: string) => {
    const values = shapedParameter(step, p(`${name}.gene_emb`), [genes, config.geneWidth || hidden]);
    return config.geneWidth > 0 ? dense(values, `${name}.enc`) : values;
  };
  const token = (name: string) => shapedParameter(step, p(`${name}.pseudo`), [1, hidden]);
  const cross = { ...config, kind: config.crossAttention };
  const handOut = (name: string) => wantsWeights ? (weights: Tensor) => void named(name, weights) : undefined;

  let pathwayWeights: Tensor | undefined;
  let pathwayStates: Tensor | undefined;
  let geneAttention: Tensor | undefined;
  let states: Tensor;
  if (config.light) {
    states = named(
      "xros_mab.0",
      attentionBlock(step, within("xros_mab.pmx.mab"), {
        x: table("xros_mab"),
        y: drugCell,
        keyMask: mask,
        samples,
        sharedQueries: true,
      }, { ...cross, onWeights: handOut("xros_mab.1") }),
    );
  } else {
    // Before the other use of the fragments: its gradient is then added to that one's where it lies.
    const pooled = maskedMean(step, { x: drugCell, mask });
    const queries = shapedParameter(step, p("path_mab.pathways"), [pathways, hidden]);
    pathwayStates = named(
      "path_mab.0",
      attentionBlock(step, within("path_mab.pmx.mab"), {
        x: queries,
        y: concatSets(step, { a: drugCell, b: token("path_mab") }, { samples, shared: true }),
        keyMask: inputs.maskWithToken,
        samples,
        sharedQueries: true,
      }, {
        ...cross,
        onWeights: (weights) => pathwayWeights = named("path_mab.1", weights),
        asStored: train && !wantsWeights,
      }),
    );
    const geneStates = named(
      "sign_mab.0",
      attentionBlock(step, within("sign_mab.pmx.mab"), {
        x: table("sign_mab"),
        y: concatSets(step, { a: pathwayStates, b: token("sign_mab") }, { samples, shared: true }),
        samples,
        sharedQueries: true,
      }, { ...cross, onWeights: handOut("sign_mab.1") }),
    );
    states = fusion("drugcellgene_fusion", { items: geneStates, samples: pooled }, genes, sites.geneFusion);
  }
  states = reshape(step, { x: states }, { shape: [samples * genes, hidden] });

  if (config.plusUltra && pathwayStates) {
    const attended = named(
      "plus_mab.0",
      attentionBlock(step, within("plus_mab.pmx.mab"), {
        x: states,
        y: concatSets(step, { a: states, b: pathwayStates }, { samples }),
        samples,
      }, { ...cross, onWeights: handOut("plus_mab.1") }),
    );
    states = add(step, { a: states, b: attended });
  } else if (config.geneAttention) {
    let attended = states;
    for (let k = 0; k < config.geneBlocks; k++) {
      const last = k === config.geneBlocks - 1;
      const onWeights = !last || !(wantsWeights || wantsGeneAttention) ? undefined : (weights: Tensor) => {
        if (wantsWeights) named("gene_sab.1", weights);
        if (wantsGeneAttention) geneAttention = meanMap(step, weights, genes);
      };
      attended = attentionBlock(step, within(`gene_sab.sab.${k}.mab`), { x: attended, samples }, {
        ...config,
        kind: config.selfAttention,
        onWeights,
        residual: last && train ? states : undefined,
      });
    }
    // In training nobody looks at the module's own output: what is around it is added with the last block's own sum.
    states = train && config.geneBlocks > 0
      ? attended
      : add(step, { a: states, b: named("gene_sab.0", attended) });
  }

  const decoded = config.decoderMultiway
    ? itemDot(step, {
      x: reshape(step, { x: states }, { shape: [samples, genes, hidden] }),
      weight: p("diff_decoder.decoder_weights"),
      bias: p("diff_decoder.decoder_bias"),
    })
    : dense(
      elementwise(step, { x: dense(states, "diff_decoder.decoder.0") }, {
        stages: [{ kind: "leakyRelu", slope: 0.01 }, { kind: "dropout", rate }],
        site: sites.decoder,
      }),
      "diff_decoder.decoder.3",
    );
  const prediction = reshape(step, { x: decoded }, { shape: [samples, genes] });
  named("diff_decoder", prediction);
  return {
    prediction,
    pathwayWeights,
    pathwayKeys: fragments + 1,
    geneAttention,
    geneStates: states,
    modules,
  };
}

/** Mean over heads and samples of attention weights [heads * samples, genes, genes]: [genes, genes] (badger.md 3.3). */
function meanMap(step: Step, weights: Tensor, genes: number): Tensor {
  const maps = weights.size / genes ** 2;
  const listed = reshape(step, { x: weights }, { shape: [1, maps, genes ** 2] });
  const summed = sumItems(step, { x: listed });
  const mean = elementwise(step, { x: summed }, { stages: [{ kind: "affine", scale: 1 / maps, shift: 0 }] });
  return reshape(step, { x: mean }, { shape: [genes, genes] });
}
