import type { Density, PartScore } from "../datasets/evaluation/types.ts";
import type { EpochLine } from "../models/train_record.ts";
import { colour, draw, legendAbove } from "./kit/draw.ts";
import { chartSize, type Curve } from "./kit/charts.ts";
import type { Markup } from "./kit/markup.ts";

/** Training and validation loss, the latter where it was measured. */
export function lossCurves(epochs: readonly EpochLine[]): Curve[] {
  const points = (of: (line: EpochLine) => number | null) =>
    epochs.flatMap((line) => of(line) === null ? [] : [{ epoch: line.epoch, value: of(line)! }]);
  return [
    { name: "training", points: points(({ trainLoss }) => trainLoss) },
    { name: "validation", points: points(({ validationLoss }) => validationLoss) },
  ].filter(({ points }) => points.length > 0);
}

/** Predicted against true values as a density, with the line on which they agree and the one that fits them. */
export async function densityChart(density: Density, unit: string): Promise<Markup> {
  const { bins, counts, slope, intercept } = density;
  const [low, high] = density.range;
  const width = (high - low) / bins;
  const largest = Math.max(1, ...counts);
  const cells = counts.flatMap((count, place) => {
    if (count === 0) return [];
    const x = low + (place % bins) * width;
    const y = low + Math.floor(place / bins) * width;
    // Logarithmic, and never so faint that a single pair disappears.
    const shade = 0.12 + 0.88 * Math.log1p(count) / Math.log1p(largest);
    return [{ x, x2: x + width, y, y2: y + width, shade }];
  });
  const scale = { domain: [low, high], nice: false };
  const axis = { tickCount: 5, grid: false };
  const line = (name: string, of: (x: number) => number, strokeDash: number[]) => ({
    data: { values: [low, high].map((x) => ({ x, y: of(x) })) },
    mark: { type: "line" as const, clip: true, strokeWidth: 2, strokeDash },
    encoding: {
      x: { field: "x", type: "quantitative" as const },
      y: { field: "y", type: "quantitative" as const },
      color: {
        datum: name,
        title: null,
        scale: { domain: ["equal", "fitted"], range: [colour.muted, colour.second] },
        legend: legendAbove,
      },
    },
  });
  return await draw("Predicted against true values", {
    ...chartSize,
    height: 250,
    layer: [
      {
        data: { values: cells },
        mark: { type: "rect", color: colour.model, strokeWidth: 0, clip: true },
        encoding: {
          x: { field: "x", type: "quantitative", title: `true, ${unit}`, scale, axis },
          x2: { field: "x2" },
          y: { field: "y", type: "quantitative", title: `predicted, ${unit}`, scale, axis },
          y2: { field: "y2" },
          opacity: { field: "shade", type: "quantitative", scale: null },
        },
      },
      line("equal", (x) => x, [4, 4]),
      line("fitted", (x) => intercept + slope * x, [1, 0]),
    ],
  });
}

/** How well single genes are predicted: a histogram of their Pearson over the test rows. */
export async function geneHistogram(genes: readonly PartScore[]): Promise<Markup> {
  const values = genes.flatMap(({ pearson }) => pearson === null ? [] : [{ pearson }]);
  return await draw("Pearson of single genes", {
    ...chartSize,
    data: { values },
    mark: { type: "bar", color: colour.model, binSpacing: 1 },
    encoding: {
      x: {
        field: "pearson",
        bin: { extent: [-1, 1], step: 0.05 },
        title: "Pearson over the test rows",
        axis: { grid: false, values: [-1, -0.5, 0, 0.5, 1] },
      },
      y: { aggregate: "count", title: "genes", axis: { tickCount: 4 } },
    },
  });
}

/**
 * Curves of a training under way, on their way to the line of what costs nothing. The line comes first: it is drawn before the first
 * epoch. What lies further than three times the line is cut off.
 *
 * @param last where the axis ends: the epochs that are to be run.
 */
export async function raceChart(
  curves: readonly Curve[],
  title: string,
  level: { readonly name: string; readonly value: number },
  last: number,
  width: number,
): Promise<Markup> {
  const values = curves.flatMap(({ name, points }) => points.map((point) => ({ ...point, name })));
  const all = [level.value, ...values.map(({ value }) => value)];
  const x = {
    field: "epoch",
    type: "quantitative" as const,
    title: "epoch",
    axis: { grid: false, tickMinStep: 1, format: "d" },
    scale: { domain: [0, last], nice: false },
  };
  const y = {
    field: "value",
    type: "quantitative" as const,
    title,
    scale: {
      domain: [
        0.85 * Math.min(...all),
        Math.max(1.3 * level.value, Math.min(3 * level.value, Math.max(...all))),
      ],
    },
    axis: { tickCount: 5 },
  };
  const marked = { data: { values: [{ epoch: last, value: level.value, name: level.name }] } };
  return await draw(`${title} over the epochs, beside ${level.name}`, {
    width,
    height: 240,
    layer: [
      { ...marked, mark: { type: "rule", color: colour.baseline, strokeWidth: 2 }, encoding: { y } },
      {
        ...marked,
        mark: { type: "text", color: colour.muted, align: "right", baseline: "bottom", dy: -5, fontSize: 12 },
        encoding: { x, y, text: { field: "name", type: "nominal" } },
      },
      {
        data: { values },
        mark: { type: "line", strokeWidth: 2, clip: true, point: values.length < 3 * curves.length },
        encoding: {
          x,
          y,
          color: {
            field: "name",
            type: "nominal",
            title: null,
            scale: { domain: ["training", "validation"], range: [colour.second, colour.model] },
            legend: curves.length > 1 ? legendAbove : null,
          },
        },
      },
    ],
  });
}
