/// <reference lib="deno.worker" />
import { growTree } from "./grow_tree.ts";
import type { GrowRequest } from "./grow_forest.ts";

/** Grows the trees that it is asked for, one message each. */
self.onmessage = ({ data }: MessageEvent<GrowRequest>) => {
  const { features, truth, settings, seed, numbers } = data;
  for (const number of numbers) {
    self.postMessage({ number, tree: growTree(features, truth, settings, seed, number) });
  }
};
