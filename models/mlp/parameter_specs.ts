import type { ParameterSpec } from "../../engine/mod.ts";
import { constantValues, xavierUniformValues } from "../initialisers.ts";
import type { MlpConfig } from "./config.ts";

const parameter = (key: string, shape: readonly number[], used = true): ParameterSpec => ({
  key,
  shape,
  kind: "parameter",
  trainable: used,
});
const linear = (key: string, out: number, width: number, used = true) => [
  parameter(`${key}.weight`, [out, width], used),
  parameter(`${key}.bias`, [out], used),
];

/**
 * The state_dict of the MLP: keys, shapes and order of the release, without the prefix `module.` (badger.md 5.1).
 *
 * `linear_embeddings` and `diff_decoder` are part of it without being used: they get no gradient in the release, and are kept
 * here so that checkpoints fit, but are not trainable.
 */
export function mlpSpecs(config: MlpConfig): ParameterSpec[] {
  const { drugWidth, cellWidth, hidden, genes } = config;
  const widths = [hidden, ...config.stages, genes];
  const stage = (k: number) => [
    ...linear(`mlp.mlp_layers.${4 * k}`, widths[k + 1], widths[k]),
    parameter(`mlp.mlp_layers.${4 * k + 1}.weight`, [widths[k + 1]]),
    parameter(`mlp.mlp_layers.${4 * k + 1}.bias`, [widths[k + 1]]),
  ];
  return [
    ...linear("comp_encoder.linear_embeddings", hidden, drugWidth, false),
    ...linear("comp_encoder.linear_pooled", hidden, drugWidth),
    ...linear("cell_encoder.0", hidden, cellWidth),
    ...linear("drugcell_fusion.0", hidden, 2 * hidden),
    ...linear("diff_decoder.decoder.0", hidden / 2, hidden, false),
    ...linear("diff_decoder.decoder.3", 1, hidden / 2, false),
    ...widths.slice(1).flatMap((_, k) => stage(k)),
  ];
}

/** Starting values as released: matrices Xavier-uniform, biases 0, norms 1 and 0. */
export function initialMlpValues(spec: ParameterSpec, seed: number): Float32Array<ArrayBuffer> {
  if (spec.shape.length === 2) return xavierUniformValues(spec, seed);
  return constantValues(spec, spec.key.endsWith("weight") ? 1 : 0);
}
