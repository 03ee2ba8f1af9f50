import type { ModelRow } from "../models/model_row.ts";
import { modelNames } from "./model_names.ts";
import { colour, draw, legendAbove } from "../../report/kit/draw.ts";
import type { Markup } from "../../report/kit/markup.ts";

/** Kernels named in a model's bar; the rest is one piece. */
const named = 4;

/** Width of a whole step, in pixels. */
const width = 620;

/** As much of a kernel's name as its piece has room for. */
function fitting(kernel: string, share: number): string {
  const letters = Math.floor(share * width / 5.6) - 1;
  if (letters < 4) return "";
  return kernel.length <= letters ? kernel : `${kernel.slice(0, letters - 1)}…`;
}

/** Where a training step's device time goes, one bar a model and adapter, its largest kernels named above their pieces. */
export async function modelChart(rows: readonly ModelRow[]): Promise<Markup> {
  const training = rows.filter(({ pass, kernels }) => pass === "training" && kernels.length > 0);
  const names = modelNames(training);
  const values = training.flatMap((row) => {
    const { kernels } = row;
    const byKernel = new Map<string, number>();
    for (const { kernel, share } of kernels) byKernel.set(kernel, (byKernel.get(kernel) ?? 0) + share);
    const sorted = [...byKernel].sort((a, b) => b[1] - a[1]);
    const rest = sorted.slice(named).reduce((sum, [, share]) => sum + share, 0);
    let from = 0;
    return [...sorted.slice(0, named), ["", rest] as const].map(([kernel, share], rank) => ({
      model: names.get(row)!,
      from,
      to: from += share,
      rank,
      name: fitting(kernel, share),
      piece: rank === named ? "all others" : ["largest kernel", "second", "third", "fourth"][rank],
    }));
  });
  const twoLines = values.some(({ model }) => model.includes("\n"));
  return await draw("Share of the largest kernels in a training step", {
    width,
    height: { step: twoLines ? 40 : 30 },
    data: { values },
    encoding: {
      x: {
        field: "from",
        type: "quantitative",
        title: "share of device time",
        axis: { format: "%", tickCount: 5 },
        scale: { domain: [0, 1] },
      },
      y: {
        field: "model",
        type: "nominal",
        title: null,
        sort: [...names.values()],
        axis: {
          labelPadding: 6,
          labelFontSize: 12,
          labelExpr: "split(datum.label, '\\n')",
          labelOffset: twoLines ? -7 : 0,
          labelLimit: 320,
          ticks: false,
          domain: false,
        },
      },
    },
    layer: [
      {
        mark: { type: "bar", height: 5, yOffset: 8 },
        encoding: {
          x2: { field: "to" },
          color: {
            field: "piece",
            type: "nominal",
            title: null,
            scale: {
              domain: ["largest kernel", "second", "third", "fourth", "all others"],
              range: [colour.model, colour.second, colour.good, colour.muted, colour.line],
            },
            legend: { ...legendAbove, columns: 5 },
          },
        },
      },
      {
        data: { values: values.filter(({ name }) => name !== "") },
        mark: { type: "text", align: "left", fontSize: 10, dx: 1, dy: -3 },
        encoding: { text: { field: "name", type: "nominal" } },
      },
    ],
  });
}
