import { z } from "zod";
import { chunksOf, closedForm, type Fit, truthOf } from "../baselines/closed_form.ts";
import { floatTensor, valuesOf } from "../baselines/name_tensor.ts";
import { bitsField } from "../baselines/ridge.ts";
import { RowFeatures } from "../baselines/row_features.ts";
import type { Model } from "../model.ts";
import type { NamedTensors } from "../training_task.ts";
import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import { binned, featureValues, width } from "./binned_features.ts";
import { growForest } from "./grow_forest.ts";
import type { Tree, TreeSettings } from "./grow_tree.ts";

/** How a forest is grown. */
export interface ForestSettings extends TreeSettings {
  /** Length of the Morgan fingerprint. */
  readonly bits: 1024 | 2048;
  /** Number of trees. */
  readonly trees: number;
}

const schema: z.ZodType<ForestSettings> = z.strictObject({
  bits: bitsField,
  trees: z.int().positive().max(10_000).describe("trees of the forest"),
  featureShare: z.number().positive().max(1).describe("share of the features that a split may choose from"),
  leafRows: z.int().positive().describe("fewest rows of a leaf"),
  depth: z.int().positive().describe("deepest leaf"),
});

/**
 * Random forest (Breiman 2001) on Morgan bits, dose, time and basal profile: the RF of the CSG2A paper's table. Defaults are those of
 * scikit-learn's `RandomForestRegressor`; features have at most 256 levels.
 */
export const forest: Model<ForestSettings> = closedForm<ForestSettings>({
  name: "forest",
  title: "Random forest",
  summary: "regression trees on bootstrapped rows, split by Morgan bits, dose, time and basal profile",
  role: "model",
  // One tree predicts one number: 978 genes would take as many forests.
  layouts: ["response"],
  settings: schema,
  released: { bits: 1024, trees: 100, featureShare: 1, leafRows: 1, depth: 64 },
  async open({ data, split, settings, seed }): Promise<Fit> {
    const features = await RowFeatures.of(data, settings.bits);
    let trees: readonly Tree[] = [];
    return {
      async fit() {
        const truth = Float32Array.from(truthOf(data).take(split.train));
        const levels = binned(featureValues(features, split.train), width(features));
        trees = await growForest({ features: levels, truth, settings, seed }, settings.trees);
        return undefined;
      },
      predict(rows) {
        const predicted = new Float32Array(rows.length);
        let place = 0;
        for (const chunk of chunksOf(rows)) {
          const values = featureValues(features, chunk), columns = width(features);
          for (let k = 0; k < chunk.length; k++) {
            const row = values.subarray(k * columns, (k + 1) * columns);
            let sum = 0;
            for (const tree of trees) sum += valueAt(tree, row);
            predicted[place++] = sum / trees.length;
          }
        }
        return predicted;
      },
      state: () => stateOf(trees),
      restore(state) {
        trees = treesOf(state, width(features));
        return undefined;
      },
    };
  },
});

/** What a tree says of a row; an unknown value goes left. */
function valueAt({ feature, threshold, left, value }: Tree, row: Float32Array): number {
  let node = 0;
  while (feature[node] >= 0) node = left[node] + (row[feature[node]] > threshold[node] ? 1 : 0);
  return value[node];
}

/** Trees one after the other; float32 holds their node numbers exactly. */
function stateOf(trees: readonly Tree[]): NamedTensors {
  const joined = (of: (tree: Tree) => ArrayLike<number>) => {
    const values = trees.flatMap((tree) => Array.from(of(tree)));
    return floatTensor([values.length], values);
  };
  return new Map([
    ["trees.nodes", floatTensor([trees.length], trees.map(({ value }) => value.length))],
    ["nodes.feature", joined(({ feature }) => feature)],
    ["nodes.threshold", joined(({ threshold }) => threshold)],
    ["nodes.left", joined(({ left }) => left)],
    ["nodes.value", joined(({ value }) => value)],
  ]);
}

/** @throws {CheckpointError} for trees that lead nowhere, which would never end. */
function treesOf(state: NamedTensors, columns: number): Tree[] {
  let from = 0;
  return Array.from(valuesOf(state, "trees.nodes"), (count) => {
    const part = (name: string) => valuesOf(state, name).subarray(from, from + count);
    const tree: Tree = {
      feature: Int32Array.from(part("nodes.feature")),
      threshold: Float32Array.from(part("nodes.threshold")),
      left: Int32Array.from(part("nodes.left")),
      value: Float32Array.from(part("nodes.value")),
    };
    from += count;
    for (let node = 0; node < count; node++) {
      const { feature: { [node]: feature }, left: { [node]: left } } = tree;
      if (feature < 0 || (feature < columns && left > node && left + 1 < count)) continue;
      throw new CheckpointError(
        `Parameter nodes.left: node ${node} of a tree splits feature ${feature} and leads to ${left}; the checkpoint is damaged, or of other data.`,
      );
    }
    return tree;
  });
}
