import { colour, draw, legendAbove } from "../../report/kit/draw.ts";
import type { Markup } from "../../report/kit/markup.ts";
import type { EpochLine } from "../../models/train_record.ts";
import type { Density, PartScore } from "./report_data.ts";

const size = { width: 330, height: 220 };

/** A rule at the epoch that was kept. */
const keptEpoch = (epoch: number) => ({
  data: { values: [{ epoch }] },
  mark: { type: "rule" as const, color: colour.muted, strokeDash: [3, 3] },
  encoding: { x: { field: "epoch", type: "quantitative" as const } },
});

const epochAxis = {
  field: "epoch",
  type: "quantitative" as const,
  title: "epoch",
  axis: { grid: false, tickMinStep: 1, format: "d" },
  scale: { nice: false },
};

/** Loss over the epochs, training and validation, with a rule at the epoch that was kept. */
export async function lossChart(
  epochs: readonly EpochLine[],
  bestEpoch: number,
  loss = "mean squared error",
): Promise<Markup> {
  const values = epochs.flatMap(({ epoch, trainLoss, validationLoss }) => [
    { epoch, loss: trainLoss, part: "training" },
    ...(validationLoss === null ? [] : [{ epoch, loss: validationLoss, part: "validation" }]),
  ]);
  const validated = epochs.some(({ validationLoss }) => validationLoss !== null);
  return await draw("Loss over the epochs", {
    ...size,
    layer: [
      keptEpoch(bestEpoch),
      {
        data: { values },
        mark: { type: "line", strokeWidth: 2, interpolate: "monotone", point: epochs.length < 3 },
        encoding: {
          x: epochAxis,
          y: {
            field: "loss",
            type: "quantitative",
            title: loss,
            scale: { zero: false },
            axis: { tickCount: 5 },
          },
          color: {
            field: "part",
            type: "nominal",
            title: null,
            scale: validated
              ? { domain: ["training", "validation"], range: [colour.second, colour.model] }
              : { domain: ["training"], range: [colour.second] },
            legend: legendAbove,
          },
        },
      },
    ],
  });
}

/** Predicted against true values as a density, with the line on which they agree. */
export async function densityChart(density: Density, unit: string): Promise<Markup> {
  const { bins, counts } = density;
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
  return await draw("Predicted against true values", {
    ...size,
    height: 250,
    layer: [
      {
        data: { values: cells },
        mark: { type: "rect", color: colour.model, strokeWidth: 0 },
        encoding: {
          x: { field: "x", type: "quantitative", title: `true ${unit}`, scale, axis },
          x2: { field: "x2" },
          y: { field: "y", type: "quantitative", title: `predicted ${unit}`, scale, axis },
          y2: { field: "y2" },
          opacity: { field: "shade", type: "quantitative", scale: null },
        },
      },
      {
        data: { values: [{ v: low }, { v: high }] },
        mark: { type: "line", color: colour.muted, strokeDash: [4, 4], strokeWidth: 1 },
        encoding: {
          x: { field: "v", type: "quantitative" },
          y: { field: "v", type: "quantitative" },
        },
      },
    ],
  });
}

/** A validation metric over the epochs, with a rule at the epoch that was kept. */
export async function metricChart(
  epochs: readonly { readonly epoch: number; readonly value: number }[],
  bestEpoch: number,
  title: string,
): Promise<Markup> {
  return await draw(`${title} over the epochs`, {
    ...size,
    layer: [
      keptEpoch(bestEpoch),
      {
        data: { values: epochs },
        mark: { type: "line", strokeWidth: 2, color: colour.model, point: epochs.length < 3 },
        encoding: {
          x: epochAxis,
          y: { field: "value", type: "quantitative", title, scale: { zero: false }, axis: { tickCount: 5 } },
        },
      },
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
