import { relative } from "node:path";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { renderComparePage } from "../report/compare_page.ts";
import type { ComparisonReport } from "../report/comparison_report.ts";
import { comparisonTable } from "../report/text/comparison_table.ts";
import { markdownText } from "../report/kit/text_table.ts";
import { type EvaluationWish, firstToJudge, tableOfModels } from "./evaluate.ts";
import { readReport } from "./read_report.ts";
import { system } from "../host/system.ts";

/**
 * Finished runs on the same rows, beside baselines and controls.
 *
 * @param models the trainings of each model; the first that is no free baseline is judged.
 * @throws {UserError} when they were tested on different rows.
 * @example
 * ```ts
 * const comparison = await compareRuns([["runs/csg2a"], ["runs/ridge"]]);
 * console.log(comparison.verdict.sentence);
 * ```
 */
export async function compareRuns(
  models: readonly (readonly string[])[],
  wish: EvaluationWish & { readonly title?: string; readonly out?: string } = {},
): Promise<ComparisonReport> {
  const table = await tableOfModels(models, wish);
  const { title, outputs, split, counts, primary, verdict, predictions, notes } = table.judge(
    firstToJudge(table),
  );
  const runs = await Promise.all(models.map(async ([path], place) => {
    const { epochs, trainingSeconds, parameters } = await readReport(path);
    return {
      name: table.names[place],
      path,
      ...(wish.out === undefined ? {} : { page: `${relative(wish.out, path)}/report.html` }),
      epochs: epochs.length || null,
      firstEpochLoss: epochs[0]?.trainLoss ?? null,
      trainingSeconds,
      parameters,
    };
  }));
  return {
    title: wish.title ?? `${models.length} models on ${table.prepared.data.name}`,
    outputs,
    split,
    counts,
    primary,
    verdict,
    predictions,
    notes,
    runs,
    command: wish.command ?? title,
  };
}

/**
 * Writes `comparison.html`, `comparison.md` and `comparison.json` into a folder.
 *
 * @example
 * ```ts
 * await writeComparison("runs/compared", await compareRuns([["runs/csg2a"], ["runs/ridge"]], { out: "runs/compared" }));
 * ```
 */
export async function writeComparison(out: string, comparison: ComparisonReport): Promise<void> {
  await system.mkdir(out, { recursive: true });
  await writeFileAtomic(`${out}/comparison.md`, markdownText(comparisonTable(comparison)));
  await writeFileAtomic(`${out}/comparison.json`, JSON.stringify(comparison, null, 1) + "\n");
  await writeFileAtomic(`${out}/comparison.html`, await renderComparePage(comparison));
}
