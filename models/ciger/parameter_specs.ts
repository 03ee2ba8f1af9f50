import type { ParameterSpec } from "../../engine/mod.ts";
import { constantValues, xavierUniformValues } from "../initialisers.ts";
import { linearSpecs, parameterSpec } from "../layer_specs.ts";
import { fingerprintSpecs } from "../neural_fingerprint/parameter_specs.ts";
import { fingerprintConfig } from "../neural_fingerprint/config.ts";
import type { CigerConfig } from "./config.ts";

/** The state_dict of CIGER: keys, shapes and order of the release, without the prefix `module.` (badger.md 5.4). */
export function cigerSpecs(config: CigerConfig): ParameterSpec[] {
  const { genes, geneWidth, metaWidth, hidden, feedForward } = config;
  const narrow = hidden / 2;
  const decoder = [narrow, ...config.decoder, 1];
  const layer = (key: string) => [
    parameterSpec(`${key}.layer_norm.weight`, narrow),
    parameterSpec(`${key}.layer_norm.bias`, narrow),
    ...["q", "k", "v", "o"].flatMap((name) =>
      linearSpecs(`${key}.self_attention.fc_${name}`, narrow, narrow)
    ),
    ...linearSpecs(`${key}.positionwise_feedforward.fc_1`, feedForward, narrow),
    ...linearSpecs(`${key}.positionwise_feedforward.fc_2`, narrow, feedForward),
  ];
  return [
    parameterSpec("gene_embed.weight", genes, geneWidth),
    ...fingerprintSpecs("drug_embed", fingerprintConfig(config)),
    ...linearSpecs("encoder.0", hidden, hidden + metaWidth + geneWidth),
    ...linearSpecs("encoder.3", narrow, hidden),
    ...decoder.slice(1).flatMap((width, k) => linearSpecs(`decoder.${3 * k}`, width, decoder[k])),
    ...Array.from({ length: config.layers }, (_, k) => layer(`attention.layers.${k}`)).flat(),
  ];
}

/** Switches of CIGER's start (badger.md 3.6). */
export interface CigerStart {
  /** [genes, gene width] to start the gene table with; absent: Xavier noise, by which the release overwrites it. */
  readonly geneTable?: Float32Array<ArrayBuffer>;
  /** Start of the attention's norm weights: 0 as released, so that the attention is silent at first, or the usual 1. */
  readonly layerNorm?: 0 | 1;
}

/** Starting values as released: tables Xavier-uniform, vectors 0, the weights of norms included. */
export function initialCigerValues(
  spec: ParameterSpec,
  seed: number,
  { geneTable, layerNorm = 0 }: CigerStart = {},
): Float32Array<ArrayBuffer> {
  const { key, kind, shape } = spec;
  if (kind === "buffer") return constantValues(spec, key.endsWith("running_var") ? 1 : 0);
  if (key === "gene_embed.weight" && geneTable) return geneTable;
  if (key.endsWith("layer_norm.weight")) return constantValues(spec, layerNorm);
  return shape.length > 1 ? xavierUniformValues(spec, seed) : constantValues(spec, 0);
}
