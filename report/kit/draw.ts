import type { TopLevelSpec } from "vega-lite";
import { Markup, markup } from "./markup.ts";
import style from "./page.css" with { type: "text" };

/** Colours are the page's CSS variables, so that one drawing serves light and dark. */
export const colour = {
  ink: "var(--ink)",
  muted: "var(--muted)",
  line: "var(--line)",
  model: "var(--model)",
  second: "var(--second)",
  baseline: "var(--baseline)",
  good: "var(--good)",
  bad: "var(--bad)",
} as const;

/** A legend in a line above its chart. */
export const legendAbove = { orient: "top", direction: "horizontal", offset: 4 } as const;

const config: TopLevelSpec["config"] = {
  // The drawing has a label of its own; one on every mark would be most of the page.
  aria: false,
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
  text: { color: colour.ink },
};

/** Draws a chart as SVG without a browser. Loaded on demand: nothing but a report needs the plotting library. */
export async function draw(label: string, spec: TopLevelSpec): Promise<Markup> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const compiled = vegaLite.compile({ ...spec, config } as TopLevelSpec).spec;
  const svg = await new vega.View(vega.parse(compiled), { renderer: "none" }).toSVG();
  return new Markup(
    svg
      // The drawing has a label as a whole; its groups would be images without one.
      .replaceAll(/ role="graphics-\w+" aria-roledescription="[^"]*"/g, "")
      .replace("<svg ", () => markup`<svg role="img" aria-label="${label}" `.source),
  );
}

const lightBlock = style.slice(0, style.indexOf("}"));

/** The page's variables by daylight: its style begins with them. */
const daylight = new Map(
  [...lightBlock.matchAll(/(--[a-z-]+): (#\w+);/g)].map(([, name, value]) => [name, value]),
);

/** A drawing as a file that stands alone: colours filled in, on white. */
export function standalone({ source }: Markup): string {
  return source
    .replace(/var\((--[a-z-]+)\)/g, (whole, name) => daylight.get(name) ?? whole)
    .replace(/(<svg [^>]*>)/, '$1<rect width="100%" height="100%" fill="#ffffff"/>');
}
