import type { Analysis } from "./analysis_page.ts";
import { colour, draw } from "./kit/draw.ts";
import { number, pText } from "./kit/numbers.ts";
import type { Made } from "./response_sections.ts";

/** Predictions for the patients of one drug. */
export interface ShownPatients {
  readonly drug: string;
  readonly responders: readonly number[];
  readonly others: readonly number[];
  readonly student: { readonly t: number; readonly p: number };
  readonly welch: { readonly p: number };
}

/** The page of predicted responses of patients: a test and a box plot a drug. */
export async function patientAnalysis(drugs: readonly ShownPatients[], made: Made): Promise<Analysis> {
  const below = (level: number) => drugs.filter(({ student }) => student.p < level).length;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    ...made,
    sentence: `The predicted ln IC50 of responders is lower (one-sided p below 0.05) for ${
      below(0.05)
    } of ${drugs.length} drugs, below 0.1 for ${below(0.1)}; about ${number(0.05 * drugs.length, 1)} and ${
      number(0.1 * drugs.length, 1)
    } would be by chance.`,
    sections: [{
      title: "Drugs",
      text: "Student's t-test with a common variance, and Welch's; p-values are not adjusted over drugs.",
      figure: await draw("Predicted ln IC50 of responders and others", {
        width: 26 * drugs.length,
        height: 240,
        data: {
          values: drugs.flatMap(({ drug, responders, others }) => [
            ...responders.map((value) => ({ drug, group: "responders", value })),
            ...others.map((value) => ({ drug, group: "others", value })),
          ]),
        },
        mark: { type: "boxplot", size: 10 },
        encoding: {
          x: {
            field: "drug",
            type: "nominal",
            sort: drugs.map(({ drug }) => drug),
            title: null,
            axis: { labelAngle: -50 },
          },
          xOffset: { field: "group" },
          y: { field: "value", type: "quantitative", title: "predicted ln IC50", scale: { zero: false } },
          color: {
            field: "group",
            type: "nominal",
            title: null,
            scale: { domain: ["responders", "others"], range: [colour.model, colour.baseline] },
          },
        },
      }),
      table: {
        head: ["drug", "responders", "others", "mean, responders", "mean, others", "t", "p", "p, Welch"],
        body: drugs.map(({ drug, responders, others, student, welch }) => [
          drug,
          String(responders.length),
          String(others.length),
          number(mean(responders)),
          number(mean(others)),
          number(student.t),
          pText(student.p),
          pText(welch.p),
        ]),
      },
    }],
    method:
      "Drugs with more than ten responders (complete or partial response) and more than ten others (stable or progressive disease); the " +
      "alternative is that the mean predicted ln IC50 of responders is smaller.",
  };
}
