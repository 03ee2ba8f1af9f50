import type { ParameterSpec } from "../../engine/mod.ts";
import { conditionWidth } from "../knowledge_graph/conditions.ts";
import { constantValues, normalValues, torchDefaultValues, uniformValues } from "../initialisers.ts";
import { type KgGatConfig, relationKey } from "./config.ts";

const parameter = (key: string, ...shape: number[]): ParameterSpec => ({
  key,
  shape,
  kind: "parameter",
  trainable: true,
});
const linear = (key: string, out: number, width: number) => [
  parameter(`${key}.weight`, out, width),
  parameter(`${key}.bias`, out),
];
const norm = (
  key: string,
  width: number,
) => [parameter(`${key}.weight`, width), parameter(`${key}.bias`, width)];

/** Parameters by name; layers carry the names of PyTorch Geometric's GATConv (2.5 on) and GATv2Conv. */
export function kgGatSpecs(config: KgGatConfig): ParameterSpec[] {
  const { width, layers, types, genes, headWidth } = config;
  return [
    ...types.flatMap(({ name, all, features, learned }) => [
      ...(learned && all > 0 ? [parameter(`embedding.${name}`, all, width)] : []),
      ...features.map((own, k) => parameter(`input.${name}.${k}.weight`, width, own.width)),
      ...(learned ? [] : [parameter(`input.${name}.bias`, width)]),
    ]),
    ...Array.from({ length: layers }, (_, layer) => layerSpecs(config, layer)).flat(),
    ...linear("head.0", headWidth, 2 * width + genes + conditionWidth),
    ...linear("head.1", genes, headWidth),
  ];
}

function layerSpecs(
  { variant, scoring, width, heads, relations, types }: KgGatConfig,
  layer: number,
): ParameterSpec[] {
  const vector = [1, heads, width / heads];
  const conv = `conv.${layer}`;
  if (variant === "typed") {
    return [
      ...relations.flatMap((relation) => {
        const key = `${conv}.${relationKey(relation)}`;
        return scoring === "gat"
          ? [
            parameter(`${key}.lin_src.weight`, width, width),
            parameter(`${key}.lin_dst.weight`, width, width),
            parameter(`${key}.att_src`, ...vector),
            parameter(`${key}.att_dst`, ...vector),
            parameter(`${key}.bias`, width),
          ]
          : [
            ...linear(`${key}.lin_l`, width, width),
            ...linear(`${key}.lin_r`, width, width),
            parameter(`${key}.att`, ...vector),
            parameter(`${key}.bias`, width),
          ];
      }),
      ...types.flatMap(({ name }) => [
        ...linear(`self.${layer}.${name}`, width, width),
        ...norm(`norm.${layer}.${name}`, width),
      ]),
    ];
  }
  return [
    ...(scoring === "gat"
      ? [
        parameter(`${conv}.lin.weight`, width, width),
        parameter(`${conv}.att_src`, ...vector),
        parameter(`${conv}.att_dst`, ...vector),
      ]
      : [
        ...linear(`${conv}.lin_l`, width, width),
        ...linear(`${conv}.lin_r`, width, width),
        parameter(`${conv}.att`, ...vector),
      ]),
    ...(variant === "relation-bias" ? [parameter(`${conv}.relation_bias`, relations.length, heads)] : []),
    ...linear(`self.${layer}`, width, width),
    ...norm(`norm.${layer}`, width),
  ];
}

/**
 * Starting values (kg-gat.md 6.3, 10): projections of a layer Glorot-uniform, attention vectors within sqrt(6 / (heads + channels)),
 * output biases and relation biases 0, learned vectors normal with deviation 0.1; all else as PyTorch's layers.
 */
export function initialKgGatValues(
  spec: ParameterSpec,
  specs: readonly ParameterSpec[],
  seed: number,
): Float32Array<ArrayBuffer> {
  const { key, shape } = spec;
  if (key.startsWith("embedding.")) return normalValues(spec, 0.1, seed);
  if (/\.att(_src|_dst)?$/.test(key)) return uniformValues(spec, Math.sqrt(6 / (shape[1] + shape[2])), seed);
  if (/^conv\..*lin(_src|_dst|_l|_r)?\.weight$/.test(key)) {
    return uniformValues(spec, Math.sqrt(6 / (shape[0] + shape[1])), seed);
  }
  if (/relation_bias$/.test(key) || (key.startsWith("conv.") && !/lin_[lr]\.bias$/.test(key))) {
    return constantValues(spec, 0);
  }
  if (/^input\..*\.bias$/.test(key)) return constantValues(spec, 0);
  return torchDefaultValues(spec, specs, seed);
}
