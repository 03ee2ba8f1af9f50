import { colour, draw, legendAbove } from "./draw.ts";
import type { Markup } from "./markup.ts";

/** Of a chart that stands beside others, in pixels. */
export const chartSize = { width: 330, height: 220 };

/** One line of a chart over epochs. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
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
    ...chartSize,
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

/** Bars drawn at most: of more, evenly spaced ones. Room is left for at least so many. */
const most = 150, fewest = 12;

/** Signed values in falling order as bars: green and red where that is won and lost, else by direction. */
export async function signedChart(
  label: string,
  sorted: readonly number[],
  { title, colours }: { readonly title: string; readonly colours: "gain" | "direction" },
): Promise<Markup> {
  const step = Math.max(1, (sorted.length - 1) / (most - 1));
  const count = Math.min(most, sorted.length);
  const values = Array.from({ length: count }, (_, k) => {
    const value = sorted[Math.round(k * step)];
    return { x: k, x2: k + (count > 60 ? 1 : 0.8), value, side: value >= 0 ? "up" : "down" };
  });
  return await draw(label, {
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
      y: { field: "value", type: "quantitative", title, axis: { tickCount: 4 } },
      y2: { datum: 0 },
      color: {
        field: "side",
        type: "nominal",
        scale: {
          domain: ["up", "down"],
          range: colours === "gain" ? [colour.good, colour.bad] : [colour.second, colour.model],
        },
        legend: null,
      },
    },
  });
}

/** Places by several metrics, a line a prediction, models in colour. */
export async function rankChart(
  ranks: readonly {
    readonly metric: string;
    readonly name: string;
    readonly place: number;
    readonly model: boolean;
  }[],
): Promise<Markup> {
  const metrics = [...new Set(ranks.map(({ metric }) => metric))];
  const models = [...new Set(ranks.filter(({ model }) => model).map(({ name }) => name))];
  const others = [...new Set(ranks.filter(({ model }) => !model).map(({ name }) => name))];
  const most = Math.max(...ranks.map(({ place }) => place));
  const x = {
    field: "metric",
    type: "ordinal" as const,
    sort: metrics,
    title: null,
    axis: { labelAngle: 0, domain: false, ticks: false, orient: "top" as const, labelPadding: 10 },
    scale: { type: "point" as const, padding: 0.2 },
  };
  const y = {
    field: "place",
    type: "quantitative" as const,
    axis: null,
    scale: { domain: [most + 0.4, 0.6], nice: false, zero: false },
  };
  const color = {
    field: "name",
    type: "nominal" as const,
    scale: {
      domain: [...models, ...others],
      range: [...models.map((_, k) => hues[k % hues.length]), ...others.map(() => colour.baseline)],
    },
    legend: null,
  };
  const label = (metric: string, align: "left" | "right") => ({
    transform: [{ filter: { field: "metric", equal: metric } }],
    mark: { type: "text" as const, align, dx: align === "left" ? 12 : -12, fontSize: 12 },
    encoding: { x, y, text: { field: "name", type: "nominal" as const }, color },
  });
  return await draw("Places by several metrics", {
    width: 130 * (metrics.length - 1),
    height: 26 * most,
    data: { values: [...ranks] },
    layer: [
      { mark: { type: "line", strokeWidth: 2.5 }, encoding: { x, y, color, detail: { field: "name" } } },
      { mark: { type: "point", filled: true, size: 90, opacity: 1 }, encoding: { x, y, color } },
      label(metrics[0], "right"),
      label(metrics.at(-1)!, "left"),
    ],
  });
}

const hues = [colour.model, colour.second, colour.good, colour.bad, "var(--fifth)", "var(--sixth)"];
