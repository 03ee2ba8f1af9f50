import type { ParameterSpec } from "../../engine/mod.ts";
import { linearSpecs, parameterSpec } from "../layer_specs.ts";
import type { AttentionKind, BadgerConfig } from "./config.ts";

const frozen = (key: string, ...shape: number[]): ParameterSpec => ({
  ...parameterSpec(key, ...shape),
  trainable: false,
});
/** Parameters of one attention block (badger.md 2.6). */
function blockSpecs(
  key: string,
  kind: AttentionKind,
  { hidden, heads, sameLinear, norm }: BadgerConfig,
): ParameterSpec[] {
  const depth = hidden / heads;
  const projections = sameLinear ? ["shared"] : ["queries", "keys", "values"];
  const similarity = `${key}.multihead.attention.similarity`;
  const norms = (name: string) =>
    norm === "set"
      ? [
        parameterSpec(`${key}.${name}.weights_gamma`, 1, 1, hidden),
        parameterSpec(`${key}.${name}.bias_beta`, 1, 1, hidden),
      ]
      : [parameterSpec(`${key}.${name}.weight`, hidden), parameterSpec(`${key}.${name}.bias`, hidden)];
  return [
    ...projections.flatMap((name) => linearSpecs(`${key}.multihead.project_${name}`, hidden, hidden)),
    ...linearSpecs(`${key}.multihead.concatenation`, hidden, hidden),
    ...(kind !== "additive" ? [] : [
      parameterSpec(`${similarity}.U`, depth, depth),
      parameterSpec(`${similarity}.T`, depth, depth),
      parameterSpec(`${similarity}.b`, depth),
      parameterSpec(`${similarity}.W.1.weight`, 1, depth),
      parameterSpec(`${similarity}.W.1.bias`, 1),
    ]),
    ...norms("norm1"),
    ...norms("norm2"),
    ...linearSpecs(`${key}.rff.rff.0`, hidden, hidden),
    ...linearSpecs(`${key}.rff.rff.2`, hidden, hidden),
  ];
}

function geneTable(key: string, { genes, geneWidth, hidden }: BadgerConfig): ParameterSpec[] {
  return [
    geneWidth > 0
      ? frozen(`${key}.gene_emb`, 1, genes, geneWidth)
      : parameterSpec(`${key}.gene_emb`, 1, genes, hidden),
  ];
}

function geneEncoder(key: string, { geneWidth, hidden }: BadgerConfig): ParameterSpec[] {
  return geneWidth > 0 ? linearSpecs(`${key}.enc`, hidden, geneWidth) : [];
}

/** The state_dict of BADGER: keys, shapes and order of badger.md 2.6, without the prefix `module.`. */
export function badgerSpecs(config: BadgerConfig): ParameterSpec[] {
  const { hidden, pathways, genes, fingerprintBits, cellWidth, light, crossAttention, selfAttention } =
    config;
  const cross = light
    ? [
      parameterSpec("xros_mab.pseudo", 1, 1, hidden),
      ...geneTable("xros_mab", config),
      ...blockSpecs("xros_mab.pmx.mab", crossAttention, config),
      ...geneEncoder("xros_mab", config),
    ]
    : [
      parameterSpec("path_mab.pathways", 1, pathways, hidden),
      parameterSpec("path_mab.pseudo", 1, 1, hidden),
      frozen("path_mab.fillmask", 1, 1),
      ...blockSpecs("path_mab.pmx.mab", crossAttention, config),
      parameterSpec("sign_mab.pseudo", 1, 1, hidden),
      ...geneTable("sign_mab", config),
      ...blockSpecs("sign_mab.pmx.mab", crossAttention, config),
      ...geneEncoder("sign_mab", config),
    ];
  const geneBlocks = Array.from({ length: config.geneBlocks }, (_, k) => `gene_sab.sab.${k}.mab`);
  return [
    ...linearSpecs("comp_encoder.encoder.0", 2 * hidden, fingerprintBits),
    ...linearSpecs("comp_encoder.encoder.3", hidden, 2 * hidden),
    ...linearSpecs("cell_encoder.0", hidden, cellWidth),
    ...linearSpecs("drugcell_fusion.0", hidden, 2 * hidden),
    ...linearSpecs("drugcellgene_fusion.0", hidden, 2 * hidden),
    ...cross,
    ...(config.plusUltra
      ? blockSpecs("plus_mab.pmx.mab", crossAttention, config)
      : config.geneAttention
      ? geneBlocks.flatMap((key) => blockSpecs(key, selfAttention, config))
      : []),
    ...(config.decoderMultiway
      ? [
        parameterSpec("diff_decoder.decoder_weights", 1, genes, hidden),
        parameterSpec("diff_decoder.decoder_bias", 1, genes),
      ]
      : [
        ...linearSpecs("diff_decoder.decoder.0", hidden / 2, hidden),
        ...linearSpecs("diff_decoder.decoder.3", 1, hidden / 2),
      ]),
  ];
}
