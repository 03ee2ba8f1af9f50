import type { BinnedFeatures } from "./binned_features.ts";
import { growTree, type Tree, type TreeSettings } from "./grow_tree.ts";

/** What a worker is asked for. */
export interface GrowRequest {
  /** Of all training rows. */
  readonly features: BinnedFeatures;
  /** One value a row. */
  readonly truth: Float32Array;
  /** Of every tree. */
  readonly settings: TreeSettings;
  /** Of the forest. */
  readonly seed: number;
  /** Which trees. */
  readonly numbers: readonly number[];
}

/** Fewer multiples of rows, features and trees than this are grown at once here: starting workers would take longer. */
const smallWork = 2e7;

/** Grows trees 0 to `count` - 1, shared out to as many workers as the machine has cores. The result does not depend on their number. */
export async function growForest(request: Omit<GrowRequest, "numbers">, count: number): Promise<Tree[]> {
  const { features, truth, settings, seed } = request;
  const workers = Math.min(count, navigator.hardwareConcurrency);
  if (workers < 2 || features.rows * features.edges.length * count < smallWork) {
    return Array.from({ length: count }, (_, number) => growTree(features, truth, settings, seed, number));
  }
  const trees: Tree[] = new Array(count);
  await Promise.all(Array.from({ length: workers }, (_, first) => {
    const numbers = trees.keys().filter((number) => number % workers === first).toArray();
    return new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL("./grow_worker.ts", import.meta.url).href, { type: "module" });
      let left = numbers.length;
      const end = (settle: () => void) => {
        worker.terminate();
        settle();
      };
      worker.onmessage = ({ data }: MessageEvent<{ number: number; tree: Tree }>) => {
        trees[data.number] = data.tree;
        if (--left === 0) end(resolve);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        end(() => reject(new Error(`A worker that grows trees failed: ${event.message}`)));
      };
      worker.postMessage({ ...request, numbers } satisfies GrowRequest);
    });
  }));
  return trees;
}
