import type { ParameterSpec } from "../../engine/mod.ts";
import type { AttentionKind, BadgerConfig } from "./config.ts";

const weight = (key: string, ...shape: number[]): ParameterSpec => ({
  key,
  shape,
  kind: "parameter",
  trainable: true,
});
const frozen = (key: string, ...shape: number[]): ParameterSpec => ({
  ...weight(key, ...shape),
  trainable: false,
});
const linear = (key: string, out: number, width: number) => [
  weight(`${key}.weight`, out, width),
  weight(`${key}.bias`, out),
];

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
        weight(`${key}.${name}.weights_gamma`, 1, 1, hidden),
        weight(`${key}.${name}.bias_beta`, 1, 1, hidden),
      ]
      : [weight(`${key}.${name}.weight`, hidden), weight(`${key}.${name}.bias`, hidden)];
  return [
    ...projections.flatMap((name) => linear(`${key}.multihead.project_${name}`, hidden, hidden)),
    ...linear(`${key}.multihead.concatenation`, hidden, hidden),
    ...(kind !== "additive" ? [] : [
      weight(`${similarity}.U`, depth, depth),
      weight(`${similarity}.T`, depth, depth),
      weight(`${similarity}.b`, depth),
      weight(`${similarity}.W.1.weight`, 1, depth),
      weight(`${similarity}.W.1.bias`, 1),
    ]),
    ...norms("norm1"),
    ...norms("norm2"),
    ...linear(`${key}.rff.rff.0`, hidden, hidden),
    ...linear(`${key}.rff.rff.2`, hidden, hidden),
  ];
}

function geneTable(key: string, { genes, geneWidth, hidden }: BadgerConfig): ParameterSpec[] {
  return [
    geneWidth > 0
      ? frozen(`${key}.gene_emb`, 1, genes, geneWidth)
      : weight(`${key}.gene_emb`, 1, genes, hidden),
  ];
}

function geneEncoder(key: string, { geneWidth, hidden }: BadgerConfig): ParameterSpec[] {
  return geneWidth > 0 ? linear(`${key}.enc`, hidden, geneWidth) : [];
}

/** The state_dict of BADGER: keys, shapes and order of badger.md 2.6, without the prefix `module.`. */
export function badgerSpecs(config: BadgerConfig): ParameterSpec[] {
  const { hidden, pathways, genes, fingerprintBits, cellWidth, light, crossAttention, selfAttention } =
    config;
  const cross = light
    ? [
      weight("xros_mab.pseudo", 1, 1, hidden),
      ...geneTable("xros_mab", config),
      ...blockSpecs("xros_mab.pmx.mab", crossAttention, config),
      ...geneEncoder("xros_mab", config),
    ]
    : [
      weight("path_mab.pathways", 1, pathways, hidden),
      weight("path_mab.pseudo", 1, 1, hidden),
      frozen("path_mab.fillmask", 1, 1),
      ...blockSpecs("path_mab.pmx.mab", crossAttention, config),
      weight("sign_mab.pseudo", 1, 1, hidden),
      ...geneTable("sign_mab", config),
      ...blockSpecs("sign_mab.pmx.mab", crossAttention, config),
      ...geneEncoder("sign_mab", config),
    ];
  const geneBlocks = Array.from({ length: config.geneBlocks }, (_, k) => `gene_sab.sab.${k}.mab`);
  return [
    ...linear("comp_encoder.encoder.0", 2 * hidden, fingerprintBits),
    ...linear("comp_encoder.encoder.3", hidden, 2 * hidden),
    ...linear("cell_encoder.0", hidden, cellWidth),
    ...linear("drugcell_fusion.0", hidden, 2 * hidden),
    ...linear("drugcellgene_fusion.0", hidden, 2 * hidden),
    ...cross,
    ...(config.plusUltra
      ? blockSpecs("plus_mab.pmx.mab", crossAttention, config)
      : config.geneAttention
      ? geneBlocks.flatMap((key) => blockSpecs(key, selfAttention, config))
      : []),
    ...(config.decoderMultiway
      ? [
        weight("diff_decoder.decoder_weights", 1, genes, hidden),
        weight("diff_decoder.decoder_bias", 1, genes),
      ]
      : [
        ...linear("diff_decoder.decoder.0", hidden / 2, hidden),
        ...linear("diff_decoder.decoder.3", 1, hidden / 2),
      ]),
  ];
}
