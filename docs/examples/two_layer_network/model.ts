import { z } from "zod";
import { linear } from "../../../engine/ops/linear.ts";
import { smallTraining } from "../../../models/csg2a/settings.ts";
import type { Model } from "../../../models/model.ts";
import { deviceTraining, networkPredictor } from "../../../models/network_predictor.ts";
import { rowNetworkTask } from "../../../models/row_network.ts";

/** Width of the layer in the middle. */
export interface TwoLayerSettings {
  readonly hidden: number;
}

/** y = W2 relu(W1 x + b1) + b2 of the basal profile x: the network of docs/new_model.md. */
export const twoLayers: Model<TwoLayerSettings> = {
  name: "two-layers",
  title: "Two layers",
  summary: "expression after treatment from the basal profile alone, by two linear layers",
  role: "model",
  layouts: ["profiles"],
  settings: z.strictObject({ hidden: z.int().positive().describe("width of the layer in the middle") }),
  presets: { small: { settings: { hidden: 32 }, training: { ...smallTraining, epochs: 30 } } },
  looksAtTraining: false,
  async open(options) {
    const { data: { basal, truth, outputs }, settings: { hidden } } = options;
    const genes = basal!.columns, predicted = outputs.names.length;
    const task = rowNetworkTask(await options.engine(), deviceTraining(options), {
      name: "two layers",
      inputs: { profile: basal! },
      truth,
      outputs: predicted,
      parameters: {
        "0.weight": [hidden, genes],
        "0.bias": [hidden],
        "2.weight": [predicted, hidden],
        "2.bias": [predicted],
      },
      forward(step, p, { profile }) {
        const middle = linear(step, { x: profile, weight: p("0.weight"), bias: p("0.bias") }, {
          activation: "relu",
        });
        return linear(step, { x: middle, weight: p("2.weight"), bias: p("2.bias") }, {});
      },
    });
    return networkPredictor(task, options);
  },
};
