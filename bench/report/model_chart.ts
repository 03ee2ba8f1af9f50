import type { ModelRow } from "../models/model_row.ts";
import { modelNames } from "./model_names.ts";
import { colour, draw, legendAbove } from "../../report/kit/draw.ts";
import type { Markup } from "../../report/kit/markup.ts";

/** Kernels named in a model's bar; the rest is one piece. */
const named = 4;

/** Where a training step's device time goes, one bar a model and adapter, its largest kernels named in the caption's table. */
export async function modelChart(rows: readonly ModelRow[]): Promise<Markup> {
  const training = rows.filter(({ pass, kernels }) => pass === "training" && kernels.length > 0);
  const names = modelNames(training);
  const values = training.flatMap((row) => {
    const { kernels } = row;
    const byKernel = new Map<string, number>();
    for (const { kernel, share } of kernels) byKernel.set(kernel, (byKernel.get(kernel) ?? 0) + share);
    const sorted = [...byKernel].sort((a, b) => b[1] - a[1]);
    const rest = sorted.slice(named).reduce((sum, [, share]) => sum + share, 0);
    return [...sorted.slice(0, named).map(([, share]) => share), rest].map((share, rank) => ({
      model: names.get(row)!,
      share,
      rank,
      piece: rank === named ? "all others" : ["largest kernel", "second", "third", "fourth"][rank],
    }));
  });
  const twoLines = values.some(({ model }) => model.includes("\n"));
  return await draw("Share of the largest kernels in a training step", {
    width: 330,
    height: { step: twoLines ? 36 : 26 },
    data: { values },
    mark: { type: "bar", height: 15 },
    encoding: {
      x: {
        field: "share",
        type: "quantitative",
        title: "share of device time",
        axis: { format: "%", tickCount: 5 },
      },
      y: {
        field: "model",
        type: "nominal",
        title: null,
        sort: [...names.values()],
        axis: {
          labelFontSize: 12,
          labelExpr: "split(datum.label, '\\n')",
          labelOffset: twoLines ? -7 : 0,
          labelLimit: 320,
          ticks: false,
          domain: false,
        },
      },
      order: { field: "rank" },
      color: {
        field: "piece",
        type: "nominal",
        title: null,
        scale: {
          domain: ["largest kernel", "second", "third", "fourth", "all others"],
          range: [colour.model, colour.second, colour.good, colour.muted, colour.line],
        },
        legend: { ...legendAbove, columns: 3 },
      },
    },
  });
}
