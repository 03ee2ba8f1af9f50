import type { Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { batchNorm } from "../../engine/ops/batch_norm.ts";
import { degreeLinear } from "../ops/degree_linear.ts";
import { linear } from "../../engine/ops/linear.ts";
import { placeRows } from "../ops/place_rows.ts";
import { softmax } from "../../engine/ops/softmax.ts";
import type { Lookup } from "../lookup.ts";
import type { FingerprintConfig } from "./config.ts";
import type { GraphTensors } from "./graph_tensors.ts";

/**
 * The neural fingerprint (badger.md 5.3): f_a = sum over layers of softmax(Linear_l(x_a of layer l)), x of the next layer being
 * ReLU(BatchNorm(degree-typed graph convolution of x)). BatchNorm counts every atom of the batch, so that a drug weighs as
 * often as it occurs.
 *
 * @returns fingerprints of the atoms, [molecules, slots, outputs], zero where there is no atom; and what each convolution
 * gave, [atoms, width], after its ReLU.
 */
export function neuralFingerprint(
  step: Step,
  p: Lookup,
  { convolutions }: FingerprintConfig,
  graph: GraphTensors,
  { train }: { readonly train: boolean },
): { readonly atoms: Tensor; readonly convolutions: readonly Tensor[] } {
  const { bondFeatures: bonds, starts, neighbours, neighbourBonds, count, sourceOf, placeOf } = graph;
  const states = [graph.atomFeatures];
  for (let layer = 0; layer < convolutions.length; layer++) {
    const own = (key: string) => p(`conv_layers.${layer}.${key}`);
    const degree = (k: number) => own(`degree_layer_list.${k}.weight`);
    const convolved = degreeLinear(step, {
      x: states[layer],
      bonds,
      starts,
      neighbours,
      neighbourBonds,
      selfWeight: own("linear.weight"),
      bias: own("bias"),
      degree0: degree(0),
      degree1: degree(1),
      degree2: degree(2),
      degree3: degree(3),
      degree4: degree(4),
      degree5: degree(5),
    });
    states.push(batchNorm(step, {
      x: convolved,
      count,
      runningMean: own("normalize.running_mean"),
      runningVariance: own("normalize.running_var"),
    }, { train, relu: true }));
  }
  const shares = states.map((x, layer) => {
    const key = `out_layers.${layer}`;
    return softmax(step, { x: linear(step, { x, weight: p(`${key}.weight`), bias: p(`${key}.bias`) }, {}) });
  });
  const sum = shares.reduce((a, b) => add(step, { a, b }));
  return { atoms: placeRows(step, { x: sum, sourceOf, placeOf }), convolutions: states.slice(1) };
}
