import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { renderRunPage } from "../report/run_page.ts";
import type { RunReport } from "../report/run_report.ts";
import { csvTable } from "./csv_table.ts";
import { system } from "../host/system.ts";

/**
 * Writes `report.html`, `results.json` and the complete tables per drug, cell line and gene into a folder, made where it is not.
 *
 * @example
 * ```ts
 * await writeReport("judged", await evaluateRun("runs/csg2a", { predictions: ["theirs.csv"] }));
 * ```
 */
export async function writeReport(path: string, report: RunReport): Promise<void> {
  await system.mkdir(path, { recursive: true });
  const { against } = report.verdict;
  const parts = { drug: report.drugs, cell: report.cells, gene: report.genes };
  for (const [kind, scores] of Object.entries(parts)) {
    if (scores.length === 0) continue;
    await writeFileAtomic(
      `${path}/per_${kind}.csv`,
      csvTable(scores, {
        [kind]: ({ name }) => name,
        rows: ({ rows }) => String(rows),
        mse: ({ mse }) => mse,
        [`mse of ${against}`]: ({ baselineMse }) => baselineMse,
        pearson: ({ pearson }) => pearson,
      }),
    );
  }
  await writeFileAtomic(`${path}/results.json`, JSON.stringify(report, null, 1) + "\n");
  await writeFileAtomic(`${path}/report.html`, await renderRunPage(report));
}
