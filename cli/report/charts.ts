import type { TopLevelSpec } from "vega-lite";
import type { EpochLine } from "../../models/train_record.ts";
import { Markup } from "./markup.ts";
import type { Density, PartScore } from "./report_data.ts";

/** Colours are the page's CSS variables, so that one drawing serves light and dark. */
const colour = {
  ink: "var(--ink)",
  muted: "var(--muted)",
  line: "var(--line)",
  model: "var(--model)",
  second: "var(--second)",
  baseline: "var(--baseline)",
};

const size = { width: 330, height: 220 };

const config: TopLevelSpec["config"] = {
  background: "transparent",
  font: "system-ui, sans-serif",
  view: { stroke: null },
  axis: {
    labelColor: colour.muted,
    titleColor: colour.muted,
    titleFontWeight: "normal",
    labelFontSize: 11,
    titleFontSize: 12,
    gridColor: colour.line,
    domainColor: colour.line,
    tickColor: colour.line,
    titlePadding: 8,
  },
  legend: { labelColor: colour.muted, labelFontSize: 12, titleColor: colour.muted, symbolStrokeWidth: 2.5 },
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
      {
        data: { values: [{ epoch: bestEpoch }] },
        mark: { type: "rule", color: colour.muted, strokeDash: [3, 3] },
        encoding: { x: { field: "epoch", type: "quantitative" } },
      },
      {
        data: { values },
        mark: { type: "line", strokeWidth: 2, interpolate: "monotone", point: epochs.length < 3 },
        encoding: {
          x: {
            field: "epoch",
            type: "quantitative",
            title: "epoch",
            axis: { grid: false, tickMinStep: 1, format: "d" },
            scale: { nice: false },
          },
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
            legend: { orient: "top", direction: "horizontal", offset: 4 },
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
      {
        data: { values: [{ epoch: bestEpoch }] },
        mark: { type: "rule", color: colour.muted, strokeDash: [3, 3] },
        encoding: { x: { field: "epoch", type: "quantitative" } },
      },
      {
        data: { values: epochs },
        mark: { type: "line", strokeWidth: 2, color: colour.model, point: epochs.length < 3 },
        encoding: {
          x: {
            field: "epoch",
            type: "quantitative",
            title: "epoch",
            axis: { grid: false, tickMinStep: 1, format: "d" },
            scale: { nice: false },
          },
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

/** Compiles and draws a chart without a browser. Loaded on demand: nothing else needs the plotting library. */
async function draw(label: string, spec: TopLevelSpec): Promise<Markup> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const compiled = vegaLite.compile({ ...spec, config } as TopLevelSpec).spec;
  const svg = await new vega.View(vega.parse(compiled), { renderer: "none" }).toSVG();
  return new Markup(svg.replace("<svg ", `<svg role="img" aria-label="${label}" `));
}
