import type { Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
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
import type { CigerConfig } from "./config.ts";

/** A batch on the device. */
export interface CigerInputs {
  /** One molecule a sample. */
  readonly graph: GraphTensors;
  /** [samples, meta width] */
  readonly meta: Tensor;
}

/** What the network gives. */
export interface CigerOutput {
  /** Scores [samples, genes]. */
  readonly prediction: Tensor;
  /** Outputs of the modules by their PyTorch names, for tests. */
  readonly modules: ReadonlyMap<string, Tensor>;
}

/** Whether a pass trains, and who wants to see the gene-gene weights. */
export interface CigerPass {
  /** Dropout and the batch's statistics act. */
  readonly train: boolean;
  /** Takes the weights of every attention layer before dropout, [samples, genes, genes]. */
  readonly onWeights?: (weights: Tensor, layer: number) => void;
}

// Places of dropout, for the counter-based random numbers: of encoder, decoder, and four a layer from `attention`.
const sites = { encoder: 1, decoder: 3, attention: 11 } as const;
const sitesALayer = 4;

/** A gene layer: genes ask each other (badger.md 5.4). Shapes: [samples * n, width] -> same. */
export function geneLayer(
  step: Step,
  p: Lookup,
  x: Tensor,
  { samples, rate, site, onWeights }: {
    readonly samples: number;
    readonly rate: number;
    readonly site: number;
    readonly onWeights?: (weights: Tensor) => void;
  },
): Tensor {
  const own: Lookup = (key) => p(`self_attention.${key}`);
  const attended = multiHeadAttention(step, own, { queries: x, samples }, {
    heads: 1,
    rate,
    site,
    onWeights,
  });
  const states = residualNorm(step, p, x, attended, { rate, site: site + 1 });
  const fed = feedForward(step, p, states, { rate, site: site + 2 });
  return residualNorm(step, p, states, fed, { rate, site: site + 3 });
}

/** CIGER (badger.md 5.4). Its first layer on concat(fingerprint, meta, gene) is a product a sample and a product a gene. */
export function ciger(
  step: Step,
  p: Lookup,
  config: CigerConfig,
  { graph, meta }: CigerInputs,
  { train, onWeights }: CigerPass,
): CigerOutput {
  const { genes, hidden } = config;
  const samples = meta.shape[0];
  const rate = train ? config.dropout : 0;
  const within = (prefix: string): Lookup => (key) => p(`${prefix}.${key}`);
  const dense = (x: Tensor, key: string) =>
    linear(step, { x, weight: p(`${key}.weight`), bias: p(`${key}.bias`) }, {});
  const reluDropout = (x: Tensor, site: number) =>
    elementwise(step, { x }, { stages: [{ kind: "relu" }, { kind: "dropout", rate }], site });

  const fingerprint = neuralFingerprint(step, within("drug_embed"), fingerprintConfig(config), graph, {
    train,
  });
  const drug = sumItems(step, { x: fingerprint.atoms });
  const first = splitLinear(step, {
    samples: concatColumns(step, [drug, meta]),
    items: p("gene_embed.weight"),
    weight: p("encoder.0.weight"),
    bias: p("encoder.0.bias"),
  }, { samples, items: genes, activation: "relu", dropout: { rate, site: sites.encoder }, first: "samples" });
  const rows = reshape(step, { x: first }, { shape: [samples * genes, hidden] });
  const encoded = reluDropout(dense(rows, "encoder.3"), sites.encoder + 1);

  let attended = encoded;
  for (let k = 0; k < config.layers; k++) {
    attended = geneLayer(step, within(`attention.layers.${k}`), attended, {
      samples,
      rate,
      site: sites.attention + sitesALayer * k,
      ...(onWeights ? { onWeights: (weights) => onWeights(weights, k) } : {}),
    });
  }
  let decoded = add(step, { a: attended, b: encoded });
  config.decoder.forEach((_, k) =>
    decoded = reluDropout(dense(decoded, `decoder.${3 * k}`), sites.decoder + k)
  );
  const scores = dense(decoded, `decoder.${3 * config.decoder.length}`);
  const prediction = reshape(step, { x: scores }, { shape: [samples, genes] });
  return {
    prediction,
    modules: new Map([
      ...fingerprint.convolutions.map((tensor, k) => [`drug_embed.conv${k}`, tensor] as const),
      ["drug_embed", drug],
      ["encoder", encoded],
      ["attention.0", attended],
      ["decoder", prediction],
    ]),
  };
}
