import type { Step, Tensor } from "../../engine/mod.ts";
import { broadcastAdd } from "../../engine/ops/broadcast_add.ts";
import { concatColumns } from "../../engine/ops/concat_columns.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { linear } from "../../engine/ops/linear.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { splitLinear } from "../ops/split_linear.ts";
import { sumItems } from "../ops/sum_items.ts";
import { multiHeadAttention } from "../gene_transformer/multi_head_attention.ts";
import { feedForward, residualNorm } from "../gene_transformer/residual_norm.ts";
import type { Lookup } from "../lookup.ts";
import type { GraphTensors } from "../neural_fingerprint/graph_tensors.ts";
import { neuralFingerprint } from "../neural_fingerprint/network.ts";
import { fingerprintConfig } from "../neural_fingerprint/config.ts";
import type { DeepceConfig } from "./config.ts";

/** A batch on the device. */
export interface DeepceInputs {
  /** One molecule a sample. */
  readonly graph: GraphTensors;
  /** [samples, meta width] */
  readonly meta: Tensor;
}

/** What the network gives. */
export interface DeepceOutput {
  /** Scores [samples, genes]. */
  readonly prediction: Tensor;
  /** Outputs of the modules by their PyTorch names, for tests. */
  readonly modules: ReadonlyMap<string, Tensor>;
}

// Places of dropout, for the counter-based random numbers: five a layer.
const sitesALayer = 5;

/**
 * A drug-gene layer: genes ask the drug's atoms and each other, both by the same incoming states (badger.md 5.3).
 *
 * @param genes [samples * n, width], or [n, width] while all samples share them.
 * @returns [samples * n, width]
 */
export function drugGeneLayer(
  step: Step,
  p: Lookup,
  { genes, atoms, mask, samples, shared }: {
    readonly genes: Tensor;
    readonly atoms: Tensor;
    readonly mask: Tensor;
    readonly samples: number;
    readonly shared: boolean;
  },
  { heads, rate, site }: { readonly heads: number; readonly rate: number; readonly site: number },
): Tensor {
  const within = (prefix: string): Lookup => (key) => p(`${prefix}.${key}`);
  const fromDrug = multiHeadAttention(step, within("encoder_attention"), {
    queries: genes,
    keys: atoms,
    keyMask: mask,
    samples,
    shared,
  }, { heads, rate, site });
  const fromGenes = multiHeadAttention(step, within("self_attention"), { queries: genes, samples, shared }, {
    heads,
    rate,
    site: site + 1,
  });
  const mixed = linear(step, {
    x: concatColumns(step, [fromDrug, fromGenes]),
    weight: p("fc.weight"),
    bias: p("fc.bias"),
  }, { activation: "relu" });
  const own = shared ? broadcastAdd(step, { item: genes }, { samples, items: genes.shape[0] }) : genes;
  const states = residualNorm(step, p, own, mixed, { rate, site: site + 2 });
  const fed = feedForward(step, p, states, { rate, site: site + 3 });
  return residualNorm(step, p, states, fed, { rate, site: site + 4 });
}

/** DeepCE (badger.md 5.3). Dropout and the batch's statistics act when `train`. */
export function deepce(
  step: Step,
  p: Lookup,
  config: DeepceConfig,
  { graph, meta }: DeepceInputs,
  { train }: { readonly train: boolean },
): DeepceOutput {
  const { genes, hidden, heads } = config;
  const samples = meta.shape[0];
  const rate = train ? config.dropout : 0;
  const within = (prefix: string): Lookup => (key) => p(`${prefix}.${key}`);
  const dense = (x: Tensor, key: string) =>
    linear(step, { x, weight: p(`${key}.weight`), bias: p(`${key}.bias`) }, {});
  const relu = (x: Tensor) => elementwise(step, { x }, { stages: [{ kind: "relu" }] });

  const geneTable = dense(p("gene_embed.0.weight"), "gene_embed.1");
  const fingerprint = neuralFingerprint(step, within("drug_embed"), fingerprintConfig(config), graph, {
    train,
  });
  const { atoms } = fingerprint;
  let states = geneTable;
  for (let k = 0; k < config.layers; k++) {
    states = drugGeneLayer(step, within(`xros_attn.layers.${k}`), {
      genes: states,
      atoms,
      mask: graph.mask,
      samples,
      shared: k === 0,
    }, { heads, rate, site: 1 + sitesALayer * k });
  }
  const attended = dense(states, "xros_attn.fc_out");
  const drug = sumItems(step, { x: atoms });
  const embedded = dense(meta, "meta_embed");
  const mixed = splitLinear(step, {
    items: reshape(step, { x: relu(attended) }, { shape: [samples, genes, hidden] }),
    samples: relu(concatColumns(step, [drug, embedded])),
    weight: p("predictor.1.weight"),
    bias: p("predictor.1.bias"),
  }, { samples, items: genes, activation: "relu", first: "items" });
  const prediction = reshape(step, { x: dense(mixed, "predictor.3") }, { shape: [samples, genes] });
  return {
    prediction,
    modules: new Map([
      ...fingerprint.convolutions.map((tensor, k) => [`drug_embed.conv${k}`, tensor] as const),
      ["drug_embed", atoms],
      ["gene_embed", geneTable],
      ["xros_attn", attended],
      ["meta_embed", embedded],
      ["predictor", prediction],
    ]),
  };
}
