import type { Scored } from "../../datasets/evaluation/types.ts";
import { type Axis, axisOf, near, place } from "../axis.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { percent, withInterval, withMinus } from "../kit/numbers.ts";
import { headlineMetrics, shortName, signOf } from "../metric.ts";
import type { RunReport } from "../run_report.ts";
import { boundsOf, leadTone, modelOf, roleGroups, valueText } from "../standing.ts";

interface Column {
  readonly head: string;
  readonly width: string;
  readonly cell: (score: Scored) => string | Markup | undefined | false;
}

/** Every prediction of the same rows on one axis of the primary metric, with the interval of the model's lead over it. */
export function ladderSection(report: RunReport): Markup {
  const { primary, predictions, verdict } = report;
  const columns = columnsOf(report);
  const shown = predictions.filter(({ coincidesWith, metrics }) => !coincidesWith && primary in metrics);
  const scale = scaleOf(shown, modelOf(report), primary);
  return markup`
<section>
<h2>Against what costs nothing</h2>
<p>Every entry predicts the same held-out rows; better is to the right, and the dashed line is the model. The bar is the 95 %
interval of the model’s lead, paired over held-out ${
    verdict.unit === "drug" ? "drugs" : "cell lines"
  }: where it crosses the
line, the two are level.${
    columns.some(({ head }) => head === gap) &&
    " “Of the gap” is the way from the best free baseline (0 %) to the noise ceiling (100 %)."
  }</p>
<div class="ladder" role="table" aria-label="The model among other predictions" style="--columns:${
    columns.map(({ width }) => width).join(" ")
  }">
<div class="rung head" role="row"><span role="columnheader">prediction</span><span role="columnheader">${
    shortName(primary)
  }, better →</span>${columns.map(({ head }) => markup`<span role="columnheader">${head}</span>`)}</div>
${
    roleGroups(shown, primary).map(({ title, members }) =>
      markup`${title && markup`<div class="rung group" role="row"><span role="cell">${title}</span></div>`}${
        members.map((score) => rung(score, report, scale, columns))
      }`
    )
  }
<div class="rung foot" aria-hidden="true"><span></span><div class="axis">${
    scale.axis.ticks.map((tick) =>
      markup`<span style="left:${place(scale.axis, tick)}">${
        withMinus(String((scale.sign * tick) || 0))
      }</span>`
    )
  }</div></div>
</div>
</section>`;
}

const gap = "of the gap";

function columnsOf({ primary, predictions }: RunReport): Column[] {
  const shared = predictions.filter(({ role }) => role === "baseline").flatMap(({ metrics }) =>
    Object.keys(metrics)
  );
  const repeated = predictions.some(({ deviations }) => deviations !== undefined);
  const named = headlineMetrics(primary, shared, 2).map((name): Column => ({
    head: shortName(name),
    width: repeated ? "7.4rem" : "4.6rem",
    cell: (score) => valueText(score, name, name === primary ? undefined : 3),
  }));
  const columns: Column[] = [...named, {
    head: "model’s lead, 95 %",
    width: "12.8rem",
    cell: ({ lead }) =>
      lead && markup`<span class="${leadTone(lead)}">${withInterval(lead.value, boundsOf(lead))}</span>`,
  }];
  if (!predictions.some(({ shares }) => shares && primary in shares)) return columns;
  return [...columns, {
    head: gap,
    width: "4.6rem",
    // Thousands of percent only say that it is far off.
    cell: ({ shares }) => shares && Math.abs(shares[primary]) < 10 ? percent(shares[primary]) : "–",
  }];
}

/** An axis on which better is greater: values of a metric whose least value is best are turned round. */
interface Scale {
  readonly axis: Axis;
  readonly sign: 1 | -1;
  readonly own: number;
}

function scaleOf(shown: readonly Scored[], model: Scored, metric: string): Scale {
  const sign = signOf(metric);
  const goodness = ({ metrics }: Scored) => sign * metrics[metric];
  const own = goodness(model);
  const baselines = shown.filter(({ role }) => role === "baseline");
  const close = new Set(near(shown.map(goodness), own, baselines.map(goodness)));
  const members = shown.filter((score) => close.has(goodness(score)));
  const bars = members.flatMap(({ lead }) => lead && boundsOf(lead) || []).map((bound) => own - bound);
  return { axis: axisOf([...close, ...bars]), sign, own };
}

function rung(
  score: Scored,
  report: RunReport,
  { axis, sign, own }: Scale,
  columns: readonly Column[],
): Markup {
  const { primary, verdict, predictions } = report;
  const value = sign * score.metrics[primary];
  const bounds = score.lead && boundsOf(score.lead);
  // The other lies so far behind the model as the model leads.
  const bar = bounds &&
    markup`<i class="${leadTone(score.lead)}" style="left:${place(axis, own - bounds[1])};right:calc(100% - ${
      place(axis, own - bounds[0])
    })"></i>`;
  const off = value < axis.low ? "off left" : value > axis.high ? "off" : "";
  const twins = predictions.filter(({ coincidesWith }) => coincidesWith === score.name).map(({ name }) =>
    name
  );
  const same = twins.length > 0 && ` Here the same: ${twins.join(", ")}.`;
  return markup`
<div class="rung ${score.role === "model" && score !== modelOf(report) ? "other" : score.role} ${
    score.name === verdict.against && "against"
  }" role="row">
<div class="name" role="cell">${score.name}<small>${score.description}${same}</small></div>
<div class="track" role="cell" aria-hidden="true"><u style="left:${
    place(axis, own)
  }"></u>${bar}<b class="${off}" style="left:${place(axis, value)}"></b></div>
${
    columns.map(({ head, cell }) =>
      markup`<div class="number" role="cell" data-label="${head}">${cell(score)}</div>`
    )
  }
</div>`;
}
