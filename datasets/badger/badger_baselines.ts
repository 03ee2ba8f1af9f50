import { type Baseline, markCoinciding } from "../baselines/baseline.ts";
import { GroupMeans } from "../baselines/group_means.ts";
import { ridgeBaseline } from "../baselines/ridge_baseline.ts";
import { RandomStream } from "../random.ts";
import type { Split } from "../types.ts";
import { badgerFeatures } from "./badger_features.ts";
import { nearestTrainingRows } from "./nearest_training_rows.ts";
import type { BadgerData } from "./types.ts";

/**
 * The free baselines of a BADGER data set (reference-runs.md section 4, field.md section 4): means over the training rows,
 * nearest neighbours, ridge regression, and a random training row as negative control. Zero is the floor that NDCG has to be
 * read against.
 *
 * @param seed of the random training rows.
 */
export function badgerBaselines(data: BadgerData, split: Split, seed = 0): Baseline[] {
  const { labels } = data;
  const { train, test } = split;
  const genes = data.genes.length;
  const drugOf = (row: number) => data.drugs[data.drugOfRow[row]].name;
  const cellOf = (row: number) => data.cells[data.cellOfRow[row]];
  const byDrug = new GroupMeans(labels, genes, train, drugOf),
    byCell = new GroupMeans(labels, genes, train, cellOf);
  const profile = (row: number) => labels.subarray(row * genes, (row + 1) * genes);
  const predict = (fill: (row: number, place: number) => ArrayLike<number>) => {
    const prediction = new Float32Array(test.length * genes);
    test.forEach((row, place) => prediction.set(fill(row, place), place * genes));
    return prediction;
  };
  const nearest = nearestTrainingRows(data, split, 15);
  const meanOfNearest = (place: number, count: number) => {
    const sums = new Float64Array(genes);
    const rows = nearest[place].slice(0, count);
    for (const row of rows) profile(row).forEach((value, gene) => sums[gene] += value / rows.length);
    return sums;
  };
  const ridge = ridgeBaseline(badgerFeatures(data), { columns: genes, values: labels }, split);
  const random = new RandomStream(seed, 0xb6);
  const zeros = new Float32Array(genes);
  return markCoinciding([
    { name: "zero", role: "floor", description: "Zero for every gene.", prediction: predict(() => zeros) },
    {
      name: "training mean",
      role: "mean",
      description: "Mean of all training signatures.",
      prediction: predict(() => byDrug.grand),
    },
    {
      name: "drug mean",
      role: "mean",
      description: "Mean training signature of the drug, else the training mean.",
      prediction: predict((row) => byDrug.of(drugOf(row)) ?? byDrug.grand),
    },
    {
      name: "cell mean",
      role: "mean",
      description: "Mean training signature of the cell line, else the training mean.",
      prediction: predict((row) => byCell.of(cellOf(row)) ?? byDrug.grand),
    },
    {
      name: "nearest",
      role: "reference",
      description:
        "The training signature nearest by Tanimoto similarity of the drugs, then by cosine of the cell vectors.",
      prediction: predict((_, place) => meanOfNearest(place, 1)),
    },
    {
      name: "nearest 15",
      role: "reference",
      description: "Mean of the 15 nearest training signatures.",
      prediction: predict((_, place) => meanOfNearest(place, 15)),
    },
    {
      name: "ridge",
      role: "reference",
      description:
        `Ridge regression on Morgan bits and three times the cell vector, penalty ${ridge.penalty} chosen on the validation rows.`,
      prediction: ridge.prediction,
    },
    {
      name: "random training row",
      role: "negative control",
      description: "A random training signature (negative control).",
      prediction: predict(() => profile(random.pick([...train]))),
    },
  ]);
}
