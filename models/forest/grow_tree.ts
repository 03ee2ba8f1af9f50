import { RandomStream } from "../../datasets/random.ts";
import type { BinnedFeatures } from "./binned_features.ts";

/** How trees are grown. */
export interface TreeSettings {
  /** Share of the features that a split may choose from, drawn anew at every node. */
  readonly featureShare: number;
  /** Fewest (bootstrapped) rows of a leaf. */
  readonly leafRows: number;
  /** Deepest leaf. */
  readonly depth: number;
}

/** A regression tree: arrays by node, the root first; children stand side by side. */
export interface Tree {
  /** The feature that splits a node; -1 for a leaf. */
  readonly feature: Int32Array<ArrayBuffer>;
  /** A row goes left when its value is not above this. */
  readonly threshold: Float32Array<ArrayBuffer>;
  /** The left child; the right one follows it. */
  readonly left: Int32Array<ArrayBuffer>;
  /** Mean of the node's rows. */
  readonly value: Float32Array<ArrayBuffer>;
}

interface Split {
  readonly feature: number;
  /** Rows of this level and below go left. */
  readonly level: number;
}

/**
 * Grows one tree of a random forest (Breiman 2001) on a bootstrap of the rows: the split of a node is the one that lowers the squared error
 * most, found over the histogram of each feature's levels.
 *
 * @param truth one value a row.
 * @param seed and the tree's number name the draws, so that a forest does not depend on how its trees are shared out.
 */
export function growTree(
  { rows, levels, edges }: BinnedFeatures,
  truth: Float32Array,
  { featureShare, leafRows, depth }: TreeSettings,
  seed: number,
  number: number,
): Tree {
  const random = new RandomStream(seed, number);
  const members = Uint32Array.from({ length: rows }, () => random.below(rows)).sort();
  const features = edges.keys().filter((feature) => edges[feature].length > 0).toArray();
  const wanted = Math.max(1, Math.round(featureShare * features.length));
  const nodes = { feature: [-1], threshold: [0], left: [-1], value: [0] };
  const counts = new Float64Array(256), sums = new Float64Array(256);

  /** Sums from the first row to the last, so that equal nodes have equal values. */
  const bestSplit = (from: number, to: number): Split | undefined => {
    let total = 0;
    for (let at = from; at < to; at++) total += truth[members[at]];
    const all = to - from;
    let best: Split | undefined;
    // Below this a split is rounding, not gain.
    let gain = (total * total) / all + 1e-9 * Math.abs(total * total) / all + 1e-12;
    for (const feature of drawn(features, wanted, random)) {
      const last = edges[feature].length;
      counts.fill(0, 0, last + 1);
      sums.fill(0, 0, last + 1);
      const column = feature * rows;
      for (let at = from; at < to; at++) {
        const level = levels[column + members[at]];
        counts[level]++;
        sums[level] += truth[members[at]];
      }
      let count = 0, sum = 0;
      for (let level = 0; level < last; level++) {
        if (counts[level] === 0) continue;
        count += counts[level];
        sum += sums[level];
        if (count < leafRows) continue;
        if (all - count < leafRows) break;
        const score = (sum * sum) / count + ((total - sum) * (total - sum)) / (all - count);
        if (score > gain) {
          gain = score;
          best = { feature, level };
        }
      }
    }
    return best;
  };

  const open: { node: number; from: number; to: number; level: number }[] = [{
    node: 0,
    from: 0,
    to: rows,
    level: 0,
  }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, from, to, level } = next;
    let total = 0;
    for (let at = from; at < to; at++) total += truth[members[at]];
    nodes.value[node] = total / (to - from);
    const split = level >= depth || to - from < 2 * leafRows ? undefined : bestSplit(from, to);
    if (split === undefined) continue;
    const middle = partition(members, from, to, (row) => levels[split.feature * rows + row] <= split.level);
    const left = nodes.feature.length;
    nodes.feature[node] = split.feature;
    nodes.threshold[node] = edges[split.feature][split.level];
    nodes.left[node] = left;
    for (const list of [nodes.feature, nodes.left]) list.push(-1, -1);
    nodes.threshold.push(0, 0);
    nodes.value.push(0, 0);
    open.push({ node: left + 1, from: middle, to, level: level + 1 }, {
      node: left,
      from,
      to: middle,
      level: level + 1,
    });
  }
  return {
    feature: Int32Array.from(nodes.feature),
    threshold: Float32Array.from(nodes.threshold),
    left: Int32Array.from(nodes.left),
    value: Float32Array.from(nodes.value),
  };
}

/** Puts the rows that go left first, both sides in their order; where the right side begins. */
function partition(
  members: Uint32Array,
  from: number,
  to: number,
  goesLeft: (row: number) => boolean,
): number {
  const right: number[] = [];
  let at = from;
  for (let place = from; place < to; place++) {
    if (goesLeft(members[place])) members[at++] = members[place];
    else right.push(members[place]);
  }
  members.set(right, at);
  return at;
}

/** Some of the features, each at most once, in a drawn order: of splits that are equally good the first is taken, and must not always be the same. */
function drawn(features: readonly number[], count: number, random: RandomStream): number[] {
  const pool = [...features];
  for (let at = 0; at < count; at++) {
    const other = at + random.below(pool.length - at);
    [pool[at], pool[other]] = [pool[other], pool[at]];
  }
  return pool.slice(0, count);
}
