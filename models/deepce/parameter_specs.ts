import type { ParameterSpec } from "../../engine/mod.ts";
import { constantValues, torchDefaultValues, xavierUniformValues } from "../initialisers.ts";
import { linearSpecs, parameterSpec } from "../layer_specs.ts";
import { fingerprintSpecs } from "../neural_fingerprint/parameter_specs.ts";
import { fingerprintConfig } from "../neural_fingerprint/config.ts";
import type { DeepceConfig } from "./config.ts";

/** The state_dict of DeepCE: keys, shapes and order of the release, without the prefix `module.` (badger.md 5.3). */
export function deepceSpecs(config: DeepceConfig): ParameterSpec[] {
  const { genes, geneWidth, hidden, feedForward, metaWidth, metaEmbedding } = config;
  const attention = (key: string) =>
    ["q", "k", "v", "o"].flatMap((name) => linearSpecs(`${key}.fc_${name}`, hidden, hidden));
  const layer = (key: string) => [
    parameterSpec(`${key}.layer_norm.weight`, hidden),
    parameterSpec(`${key}.layer_norm.bias`, hidden),
    ...attention(`${key}.self_attention`),
    ...attention(`${key}.encoder_attention`),
    ...linearSpecs(`${key}.positionwise_feedforward.fc_1`, feedForward, hidden),
    ...linearSpecs(`${key}.positionwise_feedforward.fc_2`, hidden, feedForward),
    ...linearSpecs(`${key}.fc`, hidden, 2 * hidden),
  ];
  return [
    { ...parameterSpec("gene_embed.0.weight", genes, geneWidth), trainable: false },
    ...linearSpecs("gene_embed.1", hidden, geneWidth),
    ...fingerprintSpecs("drug_embed", fingerprintConfig(config)),
    ...Array.from({ length: config.layers }, (_, k) => layer(`xros_attn.layers.${k}`)).flat(),
    ...linearSpecs("xros_attn.fc_out", hidden, hidden),
    ...linearSpecs("meta_embed", metaEmbedding, metaWidth),
    ...linearSpecs("predictor.1", hidden, 2 * hidden + metaEmbedding),
    ...linearSpecs("predictor.3", 1, hidden),
  ];
}

/**
 * Starting values as released: PyTorch's defaults inside the attention, elsewhere tables Xavier-uniform and vectors 0.
 *
 * @param geneTable [genes, gene width] to start the gene table with; absent: Xavier noise, by which the release overwrites
 * the table it has read.
 */
export function initialDeepceValues(
  spec: ParameterSpec,
  specs: readonly ParameterSpec[],
  seed: number,
  geneTable?: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  const { key, kind, shape } = spec;
  if (kind === "buffer") return constantValues(spec, key.endsWith("running_var") ? 1 : 0);
  if (key.startsWith("xros_attn.")) return torchDefaultValues(spec, specs, seed);
  if (key === "gene_embed.0.weight" && geneTable) return geneTable;
  return shape.length > 1 ? xavierUniformValues(spec, seed) : constantValues(spec, 0);
}
