import { csvLine } from "../datasets/readers/csv_line.ts";
import type { PartScore } from "../datasets/evaluation/types.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { renderRunPage } from "../report/run_page.ts";
import type { RunReport } from "../report/run_report.ts";

/**
 * Writes `report.html`, `results.json` and the complete tables per drug, cell line and gene into a folder, made where it is not.
 *
 * @example
 * ```ts
 * await writeReport("judged", await evaluateRun("runs/csg2a", { predictions: ["theirs.csv"] }));
 * ```
 */
export async function writeReport(path: string, report: RunReport): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  const { against } = report.verdict;
  const parts = { drug: report.drugs, cell: report.cells, gene: report.genes };
  for (const [kind, scores] of Object.entries(parts)) {
    if (scores.length > 0) await writeFileAtomic(`${path}/per_${kind}.csv`, partLines(kind, against, scores));
  }
  await writeFileAtomic(`${path}/results.json`, JSON.stringify(report, null, 1) + "\n");
  await writeFileAtomic(`${path}/report.html`, await renderRunPage(report));
}

function partLines(kind: string, against: string, parts: readonly PartScore[]): string[] {
  const digits = (value: number | null) => value === null ? "" : value.toPrecision(6);
  return [
    csvLine([kind, "rows", "mse", `mse of ${against}`, "pearson"]),
    ...parts.map(({ name, rows, mse, baselineMse, pearson }) =>
      csvLine([name, String(rows), digits(mse), digits(baselineMse), digits(pearson)])
    ),
  ];
}
