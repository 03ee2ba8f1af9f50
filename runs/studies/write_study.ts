import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { markdownText } from "../../report/kit/text_table.ts";
import { studyFigures } from "../../report/study_figures.ts";
import { renderStudyPage } from "../../report/study_page.ts";
import type { StudyReport } from "../../report/study_report.ts";
import { studyTable } from "../../report/text/study_table.ts";
import { csvTable } from "../csv_table.ts";

/** Writes `study.html`, `study.md`, `study.csv`, `study.json` and, one a set, `figures/*.svg`. */
export async function writeStudy(out: string, report: StudyReport): Promise<void> {
  await Deno.mkdir(`${out}/figures`, { recursive: true });
  await writeFileAtomic(`${out}/study.json`, JSON.stringify(report, null, 1) + "\n");
  await writeFileAtomic(`${out}/study.md`, markdownText(studyTable(report)));
  await writeFileAtomic(`${out}/study.csv`, lines(report));
  for (const { name, svg } of await studyFigures(report)) {
    await writeFileAtomic(`${out}/figures/${name}.svg`, svg + "\n");
  }
  await writeFileAtomic(`${out}/study.html`, renderStudyPage(report));
}

function lines({ sets, rows }: StudyReport): string[] {
  const metrics = [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
  const setOf = ({ data, split }: { data: string; split: string }) =>
    sets.find((set) => set.data === data && set.split === split);
  return csvTable(
    rows,
    {
      data: ({ data }) => data,
      split: ({ split }) => split,
      model: ({ model }) => model,
      role: ({ role }) => role,
      folds: (row) => String(setOf(row)?.folds ?? ""),
      seeds: ({ seeds }) => String(seeds),
      test_rows: (row) => String(setOf(row)?.testRows ?? ""),
      lead: ({ lead }) => lead?.value,
      low: ({ lead }) => lead?.low,
      high: ({ lead }) => lead?.high,
      against: ({ lead }) => lead?.against,
      over_drug_mean: ({ overDrugMean }) => overDrugMean?.value,
      over_drug_mean_low: ({ overDrugMean }) => overDrugMean?.low,
      over_drug_mean_high: ({ overDrugMean }) => overDrugMean?.high,
      over_drug_mean_p: ({ overDrugMean }) => overDrugMean?.p,
      standing: ({ standing }) => standing,
      drug_matters: ({ drugMatters }) => drugMatters,
    },
    metrics.flatMap((name) => [
      [name, ({ metrics }) => metrics[name]?.mean],
      [`${name}_sd`, ({ metrics }) => metrics[name]?.sd],
    ]),
  );
}
