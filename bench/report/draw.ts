import type { TopLevelSpec } from "vega-lite";
import { Markup } from "../../cli/report/markup.ts";

/** Colours are the page's CSS variables, so that one drawing serves light and dark. */
export const colour = {
  ink: "var(--ink)",
  muted: "var(--muted)",
  line: "var(--line)",
  chosen: "var(--model)",
  second: "var(--second)",
  naive: "var(--baseline)",
  good: "var(--good)",
} as const;

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
  text: { color: colour.ink },
};

/** A finished drawing, with the name of the file it may be exported to. */
export interface Drawing {
  readonly name: string;
  readonly svg: string;
}

/** Compiles and draws a chart without a browser. Loaded on demand: measuring needs no plotting library. */
export async function draw(name: string, label: string, spec: TopLevelSpec): Promise<Drawing> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const compiled = vegaLite.compile({ ...spec, config } as TopLevelSpec).spec;
  const svg = await new vega.View(vega.parse(compiled), { renderer: "none" }).toSVG();
  return { name, svg: svg.replace("<svg ", `<svg role="img" aria-label="${label.replaceAll('"', "'")}" `) };
}

/** A drawing for the page. */
export function inline({ svg }: Drawing): Markup {
  return new Markup(svg);
}

/** Values of the page's variables by daylight, for files that stand alone. */
const light: Readonly<Record<string, string>> = {
  "--ink": "#171b21",
  "--muted": "#616b77",
  "--line": "#e2e6ea",
  "--model": "#2459d3",
  "--second": "#c9770a",
  "--baseline": "#97a1ac",
  "--good": "#0f7b45",
};

/** A drawing for a file: colours filled in, on white. */
export function standalone({ svg }: Drawing): string {
  return svg
    .replace(/var\((--[a-z]+)\)/g, (whole, name) => light[name] ?? whole)
    .replace(/(<svg [^>]*>)/, '$1<rect width="100%" height="100%" fill="#ffffff"/>');
}
