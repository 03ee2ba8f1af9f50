import { type Markup, markup } from "../../report/kit/markup.ts";
import { number, signedPercent } from "../../report/kit/numbers.ts";
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
<span role="columnheader">${metric}, logarithmic; lower is better</span>
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

/** A logarithmic range: equal distances are equal ratios, so a small lead and a hopeless baseline are both readable. */
interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Position along an axis as a CSS length; what lies beyond its ends is pinned there. */
function place({ low, high }: Axis, value: number): string {
  const share = Math.log(Math.max(value, low) / low) / Math.log(high / low);
  return `${(100 * Math.min(1, share)).toFixed(2)}%`;
}

/** A range that holds all values up to ten times the model's; a baseline still worse is pinned to the right end. */
function axisOf(values: readonly number[], model: number): Axis {
  const positive = values.filter((value) => value > 0);
  const near = Math.min(...positive), reference = model > 0 ? model : near;
  const far = Math.max(near, Math.min(Math.max(...positive), 10 * reference));
  const padding = Math.max(1.01, (far / near) ** 0.05);
  const low = near / padding, high = far * padding;
  return { low, high, ticks: far / near < 3 ? evenTicks(low, high) : decadeTicks(low, high) };
}

function evenTicks(low: number, high: number): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough)! * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => rounded((first + k) * step));
}

function decadeTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
    for (const factor of [1, 2, 3, 5]) {
      if (factor * power >= low && factor * power <= high) ticks.push(rounded(factor * power));
    }
  }
  return ticks;
}

function rounded(tick: number): number {
  return Number(tick.toPrecision(6));
}
