import { type Baseline, markCoinciding } from "./baseline.ts";
import { GroupMeans } from "./group_means.ts";
import type { FinetuningData, Split } from "../types.ts";

/**
 * The free baselines of drug response: means of ln IC50 over the training rows.
 *
 * A cell line is named by the file's `cell_id`; a file without it has its rows grouped by equal basal profiles.
 * Source: field.md section 4; reference-runs.md section 3.
 */
export function finetuningBaselines(data: FinetuningData, split: Split): Baseline[] {
  const { samples, logIc50 } = data;
  const { train, test } = split;
  const cells = samples.cells ?? profileNames(data);
  const drugOf = (row: number) => String(samples.drugOfRow[row]);
  const byDrug = new GroupMeans(logIc50, 1, train, drugOf);
  const byCell = new GroupMeans(logIc50, 1, train, (row) => cells[row]);
  const grand = byDrug.grand[0];
  const predict = (value: (row: number) => number) => Float32Array.from(test, value);
  return markCoinciding([
    {
      name: "training mean",
      role: "mean",
      description: "Mean ln IC50 of the training rows.",
      prediction: predict(() => grand),
    },
    {
      name: "drug mean",
      role: "mean",
      description: "Mean ln IC50 of the drug in training, else the training mean.",
      prediction: predict((row) => byDrug.of(drugOf(row))?.[0] ?? grand),
    },
    {
      name: "cell mean",
      role: "mean",
      description: "Mean ln IC50 of the cell line in training, else the training mean.",
      prediction: predict((row) => byCell.of(cells[row])?.[0] ?? grand),
    },
    {
      name: "additive",
      role: "reference",
      description: "Drug mean + cell mean - training mean, each falling back to the training mean.",
      prediction: predict((row) =>
        (byDrug.of(drugOf(row))?.[0] ?? grand) + (byCell.of(cells[row])?.[0] ?? grand) - grand
      ),
    },
  ]);
}

/** Equal basal profiles get equal names. */
function profileNames(data: FinetuningData): string[] {
  const columns = data.genes.length;
  const names = new Map<string, string>();
  return Array.from({ length: data.samples.rows }, (_, row) => {
    const key = data.basal.subarray(row * columns, (row + 1) * columns).join(" ");
    if (!names.has(key)) names.set(key, `profile ${names.size + 1}`);
    return names.get(key)!;
  });
}
