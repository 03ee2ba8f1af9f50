import { colour, draw, standalone } from "./kit/draw.ts";
import { shortName } from "./metric.ts";
import { groupsOf, type StudyReport } from "./study_report.ts";

/** A figure as a file that stands alone. */
export interface StudyFigure {
  /** Of its file, without ending. */
  readonly name: string;
  /** SVG. */
  readonly svg: string;
}

/** One figure a set: models and free baselines by the metric that ranks, with the deviation over folds or seeds as a line. */
export async function studyFigures(report: StudyReport): Promise<StudyFigure[]> {
  return await Promise.all(
    groupsOf(report).map(async ({ data, split, primary, rows }) => {
      const shown = rows.filter(({ role, metrics }) =>
        (role === "model" || role === "baseline") && primary in metrics
      );
      const values = shown.map(({ model, role, metrics }) => {
        const { mean, sd } = metrics[primary];
        return { model, role, mean, low: mean - (sd ?? 0), high: mean + (sd ?? 0) };
      });
      const y = { field: "model", type: "nominal" as const, sort: null, title: null };
      const color = {
        field: "role",
        type: "nominal" as const,
        scale: { domain: ["model", "baseline"], range: [colour.model, colour.baseline] },
        legend: null,
      };
      const title = `${shortName(primary)}: ${data}, ${split}`;
      const drawing = await draw(title, {
        width: 420,
        title: { text: title, anchor: "start", fontSize: 13, color: colour.ink },
        data: { values },
        layer: [
          {
            mark: { type: "rule", strokeWidth: 2 },
            encoding: { y, x: { field: "low", type: "quantitative" }, x2: { field: "high" }, color },
          },
          {
            mark: { type: "point", filled: true, size: 70, opacity: 1 },
            encoding: {
              y,
              x: { field: "mean", type: "quantitative", title: shortName(primary), scale: { zero: false } },
              color,
            },
          },
        ],
      });
      return { name: `${data}-${split}`.replace(/[^\w.-]+/g, "-"), svg: standalone(drawing) };
    }),
  );
}
