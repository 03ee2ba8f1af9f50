import { type Baseline, markCoinciding } from "./baseline.ts";
import { conditionsOf } from "../splits/conditions.ts";
import { GroupMeans } from "./group_means.ts";
import { RandomStream } from "../random.ts";
import type { PretrainingData, Split } from "../types.ts";

/**
 * The free baselines of profile prediction: nothing is trained, means are taken over the training rows alone.
 *
 * Rows without a `cell_id` count as one cell line. A drug or cell line that was never trained on falls back to the next
 * coarser mean. The replicate ceiling is the exception to "training rows alone": it looks at the other replicates of the
 * test condition, wherever they are, and so is no prediction but a measure of what replicate noise leaves to reach.
 * Source: field.md section 4, B0 to B6; predicting zero: reference-runs.md 2.1.
 *
 * @param seed of the random profiles of the negative control.
 */
export function pretrainingBaselines(data: PretrainingData, split: Split, seed = 0): Baseline[] {
  const { samples, perturbed, basal } = data;
  const columns = data.genes.length;
  const { train, test } = split;
  const drugOf = (row: number) => String(samples.drugOfRow[row]);
  const cellOf = (row: number) => samples.cells?.[row] ?? "";
  const byDrug = new GroupMeans(perturbed, columns, train, drugOf);
  const byCell = new GroupMeans(perturbed, columns, train, cellOf);
  const trainingMean = byCell.grand;
  const profile = (row: number) => perturbed.subarray(row * columns, (row + 1) * columns);
  const predict = (fill: (row: number) => ArrayLike<number>) => {
    const prediction = new Float32Array(test.length * columns);
    test.forEach((row, place) => prediction.set(fill(row), place * columns));
    return prediction;
  };

  const zeros = new Float32Array(columns);
  const cellRows = rowsByGroup(train, cellOf);
  const random = new RandomStream(seed, 0xb5);
  const baselines: Baseline[] = [
    {
      name: "no change",
      role: "floor",
      description: "The control profile of the row itself.",
      prediction: predict((row) => basal.subarray(row * columns, (row + 1) * columns)),
    },
    { name: "zero", role: "floor", description: "Zero for every gene.", prediction: predict(() => zeros) },
    {
      name: "training mean",
      role: "mean",
      description: "Mean of all training profiles.",
      prediction: predict(() => trainingMean),
    },
    {
      name: "cell mean",
      role: "mean",
      description: "Mean training profile of the cell line, else the training mean.",
      prediction: predict((row) => byCell.of(cellOf(row)) ?? trainingMean),
    },
    {
      name: "drug mean",
      role: "mean",
      description:
        "Mean training profile of the drug over cell lines, doses and times, else the training mean.",
      prediction: predict((row) => byDrug.of(drugOf(row)) ?? trainingMean),
    },
    {
      name: "additive",
      role: "reference",
      description: "Drug mean + cell mean - training mean; cell mean for a drug never trained on.",
      prediction: predict((row) => {
        const drug = byDrug.of(drugOf(row)), cell = byCell.of(cellOf(row));
        if (!drug || !cell) return cell ?? drug ?? trainingMean;
        return drug.map((value, column) => value + cell[column] - trainingMean[column]);
      }),
    },
  ];
  const ceiling = replicateCeiling(data, test, trainingMean);
  if (ceiling) baselines.push(ceiling);
  baselines.push({
    name: "random profile of the cell",
    role: "negative control",
    description: "A random training profile of the same cell line (negative control).",
    prediction: predict((row) => profile(random.pick(cellRows.get(cellOf(row)) ?? [...train]))),
  });
  return markCoinciding(baselines);
}

/** B6; undefined when fewer than half of the test rows have another replicate. */
function replicateCeiling(
  data: PretrainingData,
  test: Uint32Array,
  fallback: Float64Array,
): Baseline | undefined {
  const columns = data.genes.length;
  const conditions = conditionsOf(data.samples).ofRow;
  const everyRow = Uint32Array.from({ length: data.samples.rows }, (_, row) => row);
  const replicates = rowsByGroup(everyRow, (row) => String(conditions[row]));
  const prediction = new Float32Array(test.length * columns);
  let covered = 0;
  test.forEach((row, place) => {
    const others = replicates.get(String(conditions[row]))!.filter((other) => other !== row);
    if (others.length === 0) {
      prediction.set(fallback, place * columns);
      return;
    }
    covered++;
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (const other of others) sum += data.perturbed[other * columns + column];
      prediction[place * columns + column] = sum / others.length;
    }
  });
  if (covered * 2 < test.length) return undefined;
  const rest = covered < test.length
    ? `; ${test.length - covered} of ${test.length} rows have none and get the training mean`
    : "";
  return {
    name: "replicate ceiling",
    role: "ceiling",
    description:
      `Mean of the other replicates of the same condition, with their noise, so that a good model can pass it (positive control)${rest}.`,
    prediction,
  };
}

function rowsByGroup(rows: Uint32Array, groupOf: (row: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const group = groups.get(groupOf(row));
    if (group) group.push(row);
    else groups.set(groupOf(row), [row]);
  }
  return groups;
}
