import type { Interval, Scored } from "../../datasets/evaluation/types.ts";
import { type Axis, axisOf, near, place } from "../kit/axis.ts";
import { marks } from "../kit/bars.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { withInterval, withMinus } from "../kit/numbers.ts";
import { headlineMetrics, shortName, signOf } from "../metric.ts";
import type { RunReport } from "../run_report.ts";
import { boundsOf, leadTone, modelOf, roleGroups, shareText, valueText } from "../standing.ts";

/** A column beside the axis. */
export interface Column {
  readonly head: string;
  readonly width: string;
  readonly cell: (score: Scored) => string | Markup | undefined | false;
}

/** A bar around an entry: how much better it is than the reference, and what colour that has. */
export interface Bar {
  readonly bounds: readonly [number, number];
  readonly tone: ReturnType<typeof leadTone>;
}

/** Predictions on one axis of one metric. */
export interface Ladder {
  readonly metric: string;
  readonly predictions: readonly Scored[];
  /** Whose value the dashed line marks. */
  readonly reference: Scored;
  readonly bar: (score: Scored) => Bar | undefined;
  readonly columns: readonly Column[];
  readonly highlighted: (score: Scored) => boolean;
  /** Name of the entry that is marked: the one to beat. */
  readonly marked: string;
  readonly page?: (score: Scored) => string | undefined;
}

/** Every prediction of the same rows beside the model, with the interval of its lead over each. */
export function ladderSection(report: RunReport): Markup {
  const { primary, predictions, verdict } = report;
  const model = modelOf(report);
  const columns = columnsOf(report);
  return markup`
<section>
<h2>Against what costs nothing</h2>
<p>Every entry predicts the same held-out rows; better is to the right, and the dashed line is the model. The bar is the 95 %
interval of the model’s lead, paired over test ${
    verdict.unit === "drug" ? "drugs" : "cell lines"
  }: where it crosses the
line, the two are level.${
    columns.some(({ head }) => head === gap) &&
    " “Of the gap” is the way from the best free baseline (0 %) to the noise ceiling (100 %)."
  }</p>
${
    ladder({
      metric: primary,
      predictions,
      reference: model,
      // The other lies so far behind the model as the model leads.
      bar: ({ lead }) => barOf(lead, ([low, high]) => [-high, -low]),
      columns,
      highlighted: (score) => score === model,
      marked: verdict.against,
    })
  }
</section>`;
}

/** An interval as a bar; undefined where there is none. */
export function barOf(
  interval: Interval | undefined,
  relative: (bounds: readonly [number, number]) => readonly [number, number] = (bounds) => bounds,
): Bar | undefined {
  const bounds = interval && boundsOf(interval);
  return bounds ? { bounds: relative(bounds), tone: leadTone(interval) } : undefined;
}

const gap = "of the gap";

function columnsOf({ primary, predictions }: RunReport): Column[] {
  const shared = predictions.filter(({ role }) => role === "baseline").flatMap(({ metrics }) =>
    Object.keys(metrics)
  );
  const columns: Column[] = [
    ...headlineMetrics(primary, shared, 2).map((name) => metricColumn(predictions, name, name === primary)),
    leadColumn("model’s lead, 95 %", ({ lead }) => lead),
  ];
  if (!predictions.some(({ shares }) => shares && primary in shares)) return columns;
  return [...columns, {
    head: gap,
    width: "4.6rem",
    cell: (score) => shareText(score, primary),
  }];
}

/** Values of a metric, the primary one with all its digits. */
export function metricColumn(predictions: readonly Scored[], name: string, primary: boolean): Column {
  const repeated = predictions.some(({ deviations }) => deviations !== undefined);
  return {
    head: shortName(name),
    width: repeated ? "7.4rem" : "4.6rem",
    cell: (score) => valueText(score, name, primary ? undefined : 3),
  };
}

/** An interval in words and colour. */
export function leadColumn(head: string, of: (score: Scored) => Interval | undefined): Column {
  return {
    head,
    width: "12.8rem",
    cell: (score) => {
      const lead = of(score);
      return lead &&
        markup`<span class="${leadTone(lead)}">${withInterval(lead.value, boundsOf(lead))}</span>`;
    },
  };
}

/** The predictions that have the metric, by role; ones that coincide share a row. */
export function ladder(shown: Ladder): Markup {
  const { metric, columns } = shown;
  const entries = shown.predictions.filter(({ coincidesWith, metrics }) =>
    !coincidesWith && metric in metrics
  );
  const scale = scaleOf(entries, shown);
  return markup`
<div class="ladder" role="table" aria-label="Predictions by ${shortName(metric)}" style="--columns:${
    columns.map(({ width }) => width).join(" ")
  }">
<div class="rung head" role="row"><span role="columnheader">prediction</span><span role="columnheader">${
    shortName(metric)
  }, better →</span>${columns.map(({ head }) => markup`<span role="columnheader">${head}</span>`)}</div>
${
    roleGroups(entries, metric).map(({ title, members }) =>
      markup`${title && markup`<div class="rung group" role="row"><span role="cell">${title}</span></div>`}${
        members.map((score) => rung(score, shown, scale))
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
</div>`;
}

/** An axis on which better is greater: values of a metric whose least value is best are turned round. */
interface Scale {
  readonly axis: Axis;
  readonly sign: 1 | -1;
  readonly origin: number;
}

function scaleOf(entries: readonly Scored[], { metric, reference, bar }: Ladder): Scale {
  const sign = signOf(metric);
  const goodness = ({ metrics }: Scored) => sign * metrics[metric];
  const origin = goodness(reference);
  const contest = entries.filter(({ role }) => role === "baseline" || role === "model");
  const close = new Set(near(entries.map(goodness), origin, contest.map(goodness)));
  const ends = entries.filter((score) => close.has(goodness(score)))
    .flatMap((score) => bar(score)?.bounds ?? []).map((bound) => origin + bound);
  return { axis: axisOf([...close, ...ends]), sign, origin };
}

function rung(score: Scored, shown: Ladder, { axis, sign, origin }: Scale): Markup {
  const { predictions, columns, highlighted, marked } = shown;
  const value = sign * score.metrics[shown.metric];
  const bar = shown.bar(score), page = shown.page?.(score);
  const bounds = bar && [origin + bar.bounds[0], origin + bar.bounds[1]] as const;
  const off = value < axis.low ? "off left" : value > axis.high ? "off" : "";
  const twins = predictions.filter(({ coincidesWith }) => coincidesWith === score.name).map(({ name }) =>
    name
  );
  const same = twins.length > 0 && ` Here the same: ${twins.join(", ")}.`;
  const description = score.description.replace(/^./, (first) => first.toUpperCase()).replace(
    /(?<![.!?])$/,
    ".",
  );
  const role = highlighted(score) ? "model" : score.role === "model" ? "other" : score.role;
  return markup`
<div class="rung ${role} ${score.name === marked && "against"}" role="row">
<div class="name" role="cell">${
    page === undefined ? score.name : markup`<a href="${page}">${score.name}</a>`
  }<small>${description}${same}</small></div>
<div class="track" role="cell" aria-hidden="true">${
    marks(axis, { rule: origin, at: value, bounds, tone: bar?.tone, shape: off })
  }</div>
${
    columns.map(({ head, cell }) =>
      markup`<div class="number" role="cell" data-label="${head}">${cell(score)}</div>`
    )
  }
</div>`;
}
