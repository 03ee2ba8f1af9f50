import {
  neuralAtomFeatureCount,
  neuralBondFeatureCount,
  neuralMaximumDegree,
} from "../../datasets/molecules/neural_graph.ts";
import type { ParameterSpec } from "../../engine/mod.ts";
import { parameterSpec } from "../layer_specs.ts";
import type { FingerprintConfig } from "./config.ts";

const buffer = (key: string, ...shape: number[]): ParameterSpec => ({
  ...parameterSpec(key, ...shape),
  kind: "buffer",
  trainable: false,
});

/** The state_dict of a neural fingerprint in the release's order, every key after `prefix.` (badger.md 5.3). */
export function fingerprintSpecs(
  prefix: string,
  { convolutions, outputs }: FingerprintConfig,
): ParameterSpec[] {
  const widths = [neuralAtomFeatureCount, ...convolutions];
  const convolution = (layer: number): ParameterSpec[] => {
    const [from, to] = [widths[layer], widths[layer + 1]];
    const key = `${prefix}.conv_layers.${layer}`;
    return [
      parameterSpec(`${key}.bias`, 1, to),
      parameterSpec(`${key}.linear.weight`, to, from),
      ...Array.from(
        { length: neuralMaximumDegree + 1 },
        (_, degree) =>
          parameterSpec(`${key}.degree_layer_list.${degree}.weight`, to, from + neuralBondFeatureCount),
      ),
      buffer(`${key}.normalize.running_mean`, to),
      buffer(`${key}.normalize.running_var`, to),
      { ...buffer(`${key}.normalize.num_batches_tracked`), kind: "counter" },
    ];
  };
  return [
    ...convolutions.flatMap((_, layer) => convolution(layer)),
    ...widths.flatMap((width, layer) => [
      parameterSpec(`${prefix}.out_layers.${layer}.weight`, outputs, width),
      parameterSpec(`${prefix}.out_layers.${layer}.bias`, outputs),
    ]),
  ];
}
