import type { Scored } from "../../datasets/evaluation/types.ts";
import { axisOf, place } from "../kit/axis.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { listText, number } from "../kit/numbers.ts";
import { metricOf } from "../../datasets/metrics/registry.ts";
import { pageTable } from "../kit/text_table.ts";
import { headlineMetrics, shortName, signOf } from "../metric.ts";
import type { RunReport } from "../run_report.ts";
import { bestBaseline, better, modelOf, valueText } from "../standing.ts";

/** Strips drawn; the rest stands in the table. */
const strips = 6;
/** Metrics named in a sentence at most. */
const few = 6;

/** The model and the best free baseline by every other metric: rankings flip between them. */
export function metricsSection(report: RunReport): Markup | false {
  const model = modelOf(report);
  const rows = Object.keys(model.metrics).filter((name) => name !== report.primary)
    .map((name) => ({ name, best: bestBaseline(report.predictions, name) }));
  if (rows.length === 0) return false;
  const [, ...first] = headlineMetrics(report.primary, Object.keys(model.metrics), strips + 1);
  const compared = rows.filter(({ best }) => best !== undefined);
  const lost = compared.filter(({ name, best }) => better(name)(model, best!) > 0);
  const sentence = compared.length === 0
    ? "No free baseline has any of them."
    : lost.length === 0
    ? `The model has the better value in all ${compared.length} of them.`
    : lost.length === compared.length
    ? `A free baseline has the better value in all ${compared.length} of them.`
    : `A free baseline has the better value in ${lost.length} of ${compared.length}${
      lost.length <= few ? `: ${listText(lost.map(({ name }) => shortName(name)))}` : ""
    }.`;
  const zero = report.predictions.find(({ name }) => name === "zero");
  return markup`
<section>
<h2>By other metrics</h2>
<p>${sentence} Beside the model stands the free baseline that is best by that metric; better is to the right. These are values
without intervals: the verdict speaks of ${shortName(report.primary)}.</p>
<div class="key"><span style="--swatch:var(--model)">${model.name}</span><span style="--swatch:var(--ink)">best free
baseline</span><span>other free baselines</span>${
    report.predictions.some(({ role }) => role === "control") &&
    markup`<span style="--swatch:var(--second)">the model with an input disturbed</span>`
  }</div>
<div class="strips">${
    compared.filter(({ name }) => first.includes(name)).map(({ name, best }) =>
      strip(report, name, best!, zero)
    )
  }</div>
${
    rows.length > 1 && markup`<details><summary>All ${rows.length} metrics</summary>
${
      pageTable({
        head: ["metric", "model", "best free baseline", "", ...(zero ? [zero.name] : [])],
        body: rows.map(({ name, best }) => [
          metricOf(name).title,
          valueText(model, name, 3),
          number(best?.metrics[name], 3),
          best?.name,
          ...(zero ? [number(zero.metrics[name], 3)] : []),
        ]),
      })
    }</details>`
  }
${ownScores(report)}
</section>`;
}

function strip({ predictions }: RunReport, metric: string, best: Scored, zero: Scored | undefined): Markup {
  const sign = signOf(metric);
  const shown = predictions.filter(({ coincidesWith, metrics, role }) =>
    !coincidesWith && metric in metrics && ["model", "baseline", "control"].includes(role)
  );
  const model = modelOf({ predictions });
  const values = shown.map(({ metrics }) => sign * metrics[metric]);
  const axis = axisOf(values);
  const layer = (score: Scored) =>
    score === model ? 3 : score === best ? 2 : score.role === "control" ? 1 : 0;
  const leads = better(metric)(model, best) <= 0;
  const own = number(model.metrics[metric], 3), rival = `${best.name} ${number(best.metrics[metric], 3)}`;
  const [worst, top] = [Math.min(...values), Math.max(...values)].map((end) => number(sign * end, 3));
  return markup`
<div class="strip"><h3>${shortName(metric)}<small>${leads ? markup`<strong>${own}</strong>` : own} · ${
    leads ? rival : markup`<strong>${rival}</strong>`
  }</small></h3>
<div class="track" aria-hidden="true">${
    shown.toSorted((a, b) => layer(a) - layer(b)).map((score) =>
      markup`<b class="${score === best ? "best" : score.role}" style="left:${
        place(axis, sign * score.metrics[metric])
      }" title="${score.name}: ${number(score.metrics[metric], 3)}"></b>`
    )
  }</div>
<div class="ends"><span>${worst}</span>${
    /ndcg/i.test(metric) && zero && metric in zero.metrics &&
    markup`<span>floor (predicting zero): ${number(zero.metrics[metric], 3)}</span>`
  }<span>${top}</span></div></div>`;
}

/** Scores that only this model has, such as its attention against known targets. */
function ownScores({ ownScores, model }: RunReport): Markup | false {
  const entries = Object.entries(ownScores);
  return entries.length > 0 && markup`
<h3>Of ${model} alone</h3>
<dl class="setup">${
    entries.map(([name, value]) => markup`<dt>${name}</dt><dd>${number(value, 3)}</dd>`)
  }</dl>`;
}
