import type { Evaluation, Scored } from "../../datasets/evaluation/types.ts";
import { withInterval } from "../kit/numbers.ts";
import { emphasised, type TextTable } from "../kit/text_table.ts";
import { headlineMetrics, shortName } from "../metric.ts";
import { boundsOf, modelOf, roleGroups, shareText, valueText } from "../standing.ts";

/** Metrics that a terminal is wide enough for. */
const width = 5;

/** Every prediction of the same rows: model and baselines first, the best at the top, then controls, ceilings, negatives. */
export function scoreTable({ primary, predictions }: Pick<Evaluation, "primary" | "predictions">): TextTable {
  const model = modelOf({ predictions });
  const metrics = headlineMetrics(primary, Object.keys(model.metrics), width);
  const shares = predictions.some(({ shares }) => shares && primary in shares);
  return {
    head: [
      "prediction of the test part",
      ...metrics.map(shortName),
      "model's lead, 95 %",
      ...(shares ? ["of the gap"] : []),
    ],
    body: roleGroups(predictions, primary).flatMap(({ members }) =>
      members.map((score) =>
        emphasised([
          labelOf(score),
          ...metrics.map((name) => valueText(score, name, name === primary ? undefined : 3)),
          score.lead ? withInterval(score.lead.value, boundsOf(score.lead)) : "",
          ...(shares ? [shareText(score, primary)] : []),
        ], score === model)
      )
    ),
  };
}

/** A name that tells its role: controls are set in, what is not there to be beaten stands in brackets. */
export function labelOf({ name, role, coincidesWith }: Scored): string {
  const label = coincidesWith ? `${name} (same as ${coincidesWith})` : name;
  return role === "control" ? `  ${label}` : role === "model" || role === "baseline" ? label : `(${label})`;
}
