import type { Density, PartScore } from "../datasets/evaluation/types.ts";
import type { EpochLine } from "../models/train_record.ts";
import { colour, draw, legendAbove } from "./kit/draw.ts";
import type { Markup } from "./kit/markup.ts";

const size = { width: 330, height: 220 };

/** One line of a chart over epochs. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

/** Training and validation loss, the latter where it was measured. */
export function lossCurves(epochs: readonly EpochLine[]): Curve[] {
  const points = (of: (line: EpochLine) => number | null) =>
    epochs.flatMap((line) => of(line) === null ? [] : [{ epoch: line.epoch, value: of(line)! }]);
  return [
    { name: "training", points: points(({ trainLoss }) => trainLoss) },
    { name: "validation", points: points(({ validationLoss }) => validationLoss) },
  ].filter(({ points }) => points.length > 0);
}

/** Curves over the epochs, with a rule at the epoch that was kept. */
export async function epochChart(
  curves: readonly Curve[],
  bestEpoch: number | null,
  title: string,
): Promise<Markup> {
  const values = curves.flatMap(({ name, points }) => points.map((point) => ({ ...point, name })));
  const x = {
    field: "epoch",
    type: "quantitative" as const,
    title: "epoch",
    axis: { grid: false, tickMinStep: 1, format: "d" },
    scale: { nice: false },
  };
  return await draw(`${title} over the epochs`, {
    ...size,
    layer: [
      {
        data: { values: bestEpoch === null ? [] : [{ epoch: bestEpoch }] },
        mark: { type: "rule", color: colour.muted, strokeDash: [3, 3] },
        encoding: { x },
      },
      {
        data: { values },
        mark: {
          type: "line",
          strokeWidth: 2,
          interpolate: "monotone",
          point: values.length < 3 * curves.length,
        },
        encoding: {
          x,
          y: {
            field: "value",
            type: "quantitative",
            title,
            scale: { zero: false },
            axis: { tickCount: 5 },
          },
          color: {
            field: "name",
            type: "nominal",
            title: null,
            scale: {
              domain: curves.map(({ name }) => name),
              range: curves.length > 1 ? [colour.second, colour.model] : [colour.model],
            },
            legend: curves.length > 1 ? legendAbove : null,
          },
        },
      },
    ],
  });
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
    ...size,
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
    ...size,
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

/** Bars drawn at most: of more, evenly spaced ones. Room is left for at least so many. */
const most = 150, fewest = 12;

/** Signed bars in falling order: on the left where the model wins, on the right where it loses. */
export async function gainChart(gains: readonly number[], kind: string): Promise<Markup> {
  const step = Math.max(1, (gains.length - 1) / (most - 1));
  const count = Math.min(most, gains.length);
  const values = Array.from({ length: count }, (_, k) => {
    const gain = gains[Math.round(k * step)];
    return {
      x: k,
      x2: k + (count > 60 ? 1 : 0.8),
      gain,
      side: gain >= 0 ? "ahead" : "behind",
    };
  });
  return await draw(`Gain over the baseline, ${kind} by ${kind}`, {
    width: 330,
    height: 110,
    data: { values },
    mark: { type: "rect", strokeWidth: 0 },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        title: null,
        axis: null,
        scale: { domain: [0, Math.max(fewest, count)], nice: false },
      },
      x2: { field: "x2" },
      y: { field: "gain", type: "quantitative", title: "gain", axis: { tickCount: 4 } },
      y2: { datum: 0 },
      color: {
        field: "side",
        type: "nominal",
        scale: { domain: ["ahead", "behind"], range: [colour.good, colour.bad] },
        legend: null,
      },
    },
  });
}
