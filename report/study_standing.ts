import { signOf } from "./metric.ts";
import type { StudyReport, StudyRow, StudySet } from "./study_report.ts";

/** A set with its rows: models and baselines by the primary metric, the best first, then the rest. */
export interface StudyGroup extends StudySet {
  readonly rows: readonly StudyRow[];
}

/** The rows of a study by data set and split. */
export function groupsOf({ sets, rows }: StudyReport): StudyGroup[] {
  return sets.map((set) => {
    const { primary } = set;
    const goodness = ({ metrics }: StudyRow) =>
      primary in metrics ? signOf(primary) * metrics[primary].mean : -Number.MAX_VALUE;
    return {
      ...set,
      rows: rows.filter(({ data, split }) => data === set.data && split === set.split)
        .toSorted((a, b) => Number(!contends(a)) - Number(!contends(b)) || goodness(b) - goodness(a)),
    };
  });
}

/** The best model or free baseline of a set. */
export function leaderOf({ rows, primary }: StudyGroup): StudyRow | undefined {
  return rows.find((row) => contends(row) && primary in row.metrics);
}

function contends({ role }: StudyRow): boolean {
  return role === "model" || role === "baseline";
}
