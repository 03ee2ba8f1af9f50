import { type Markup, markup } from "./markup.ts";
import { number, signedPercent } from "./numbers.ts";
import type { ReportData, Score } from "./report_data.ts";
import { modelScore } from "./verdict.ts";

/** The model among baselines, controls and ceiling on one axis of error, the best at the top. */
export function ladder(data: Pick<ReportData, "scores" | "ranking">): Markup {
  const { ranking } = data;
  const model = modelScore(data);
  const scores = data.scores.filter((score) => !score.coincidesWith)
    .toSorted((a, b) => a[ranking] - b[ranking]);
  const axis = axisOf(scores.map((score) => score[ranking]), model[ranking]);
  const metric = ranking.toUpperCase();
  return markup`
<div class="ladder" role="table" aria-label="Error of the model and of the baselines">
<div class="rung head" role="row">
<span role="columnheader">prediction</span>
<span role="columnheader">${metric}, lower is better</span>
<span role="columnheader">${metric}</span>
<span role="columnheader">Pearson</span>
<span role="columnheader">to model</span>
</div>
${scores.map((score) => rung(score, model, data, axis))}
<div class="rung foot" aria-hidden="true">
<span></span>
<div class="axis">${
    axis.ticks.map((tick) => markup`<span style="left:${place(axis, tick)}">${tick}</span>`)
  }</div>
</div>
</div>`;
}

function rung(score: Score, model: Score, data: Pick<ReportData, "scores" | "ranking">, axis: Axis): Markup {
  const value = score[data.ranking], own = model[data.ranking];
  const relative = value / own - 1;
  const side = relative > 0 ? "worse" : relative < 0 ? "better" : "";
  const off = value > axis.high ? "off" : "";
  const from = place(axis, Math.min(value, own));
  const width = `calc(${place(axis, Math.max(value, own))} - ${from})`;
  // A ceiling is not there to be beaten.
  const tone = score.role === "ceiling" ? "" : relative >= 0 ? "good-text" : "bad-text";
  const difference = score !== model && markup`<span class="${tone}">${signedPercent(relative)}</span>`;
  return markup`
<div class="rung ${score.role} ${side} ${off}" role="row">
<div class="name" role="cell">${score.name}<small>${describe(score, data.scores)}</small></div>
<div class="track" role="cell" aria-hidden="true"><u style="left:${place(axis, own)}"></u>
<i style="left:${from};width:${width}"></i><b style="left:${place(axis, value)}"></b></div>
<div class="number" role="cell">${number(value)}</div>
<div class="number" role="cell">${number(score.pearsonPerProfile ?? score.pearsonPooled, 3)}</div>
<div class="number" role="cell">${difference}</div>
</div>`;
}

function describe(score: Score, scores: readonly Score[]): string {
  const twins = scores.filter(({ coincidesWith }) => coincidesWith === score.name).map(({ name }) => name);
  return twins.length > 0 ? `${score.description} Here the same: ${twins.join(", ")}.` : score.description;
}

interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Position along an axis as a CSS length; what lies beyond its end is pinned there. */
function place({ low, high }: Axis, value: number): string {
  return `${(100 * Math.min(1, Math.max(0, (value - low) / (high - low)))).toFixed(2)}%`;
}

/** A range that shows the field around the model; a baseline more than half as bad again is pinned to the right end. */
function axisOf(values: readonly number[], model: number): Axis {
  const near = Math.min(...values);
  const far = Math.min(Math.max(...values), 1.6 * model);
  const padding = 0.06 * (far - near || model || 1);
  const low = Math.max(0, near - padding), high = far + padding;
  const step = niceStep((high - low) / 4);
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
    ticks.push(Number(tick.toPrecision(6)));
  }
  return { low, high, ticks };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].find((factor) => factor * power >= rough)! * power;
}
