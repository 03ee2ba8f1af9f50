import type { ComparisonReport } from "./comparison_report.ts";
import { rankChart } from "./kit/charts.ts";
import { type Markup, markup } from "./kit/markup.ts";
import { listText } from "./kit/numbers.ts";
import { pageTable } from "./kit/text_table.ts";
import { shortName } from "./metric.ts";
import { reportPage } from "./report_page.ts";
import { countsSentence, verdictBox } from "./sections/headline.ts";
import { barOf, ladder, leadColumn, metricColumn } from "./sections/ladder.ts";
import { bestBaseline, better, leadTone, modelOf, toneOf } from "./standing.ts";
import { comparisonTable, contest, leaders } from "./text/comparison_table.ts";

/** Entries whose places are drawn. */
const drawn = 10;

/** Several runs, baselines and controls on the same rows as one HTML page. */
export async function renderComparePage(report: ComparisonReport): Promise<string> {
  return reportPage(
    report.title,
    markup`
${headline(report)}
${plot(report)}
${await flips(report)}
<section>
<h2>All of it</h2>
<p>Free baselines in brackets; the best of models and free baselines in bold. A dash: the metric means nothing there, as errors
where the loss does not fix a scale.</p>
${pageTable(comparisonTable(report))}
</section>
<section><h2>How it was made</h2><pre>${report.command}</pre></section>`,
  );
}

/** The models by what the interval of their lead over the best free baseline says. */
export function standings({ predictions }: Pick<ComparisonReport, "predictions">) {
  const named = (tone: ReturnType<typeof leadTone>) =>
    predictions.filter(({ role, advantage }) => role === "model" && leadTone(advantage) === tone)
      .map(({ name }) => name);
  return { ahead: named("good-text"), level: named(""), behind: named("bad-text") };
}

/** Who leads by which metrics, in a sentence. */
export function leadersSentence(report: ComparisonReport): string {
  const best = leaders(report);
  const byName = [...Map.groupBy(best, ({ score }) => score.name)];
  if (byName.length === 1) return `${byName[0][0]} leads by all ${best.length} metrics.`;
  const parts = byName.map(([name, led]) => {
    const baseline = led[0].score.role === "baseline" ? " (a free baseline)" : "";
    return `${name}${baseline} leads by ${listText(led.map(({ metric }) => shortName(metric)))}`;
  });
  return `Rankings flip: ${parts.join("; ")}.`;
}

function headline(report: ComparisonReport): Markup {
  const { verdict, predictions, primary } = report;
  const { ahead, level, behind } = standings(report);
  const against = bestBaseline(predictions, primary)?.name ?? verdict.against;
  const who = ahead.length === 0 ? "No model is" : `${listText(ahead)} ${ahead.length === 1 ? "is" : "are"}`;
  const tone = ahead.length > 0 && toneOf(verdict) === "good"
    ? "good"
    : ahead.length + level.length > 0
    ? "mixed"
    : "bad";
  const rest = Object.entries({ "Level with it": level, "Behind it": behind }).filter(([, names]) =>
    names.length > 0
  )
    .map(([word, names]) => `${word}: ${listText(names)}. `);
  return verdictBox({
    eyebrow: `${report.title} · ${report.split.name}`,
    tone,
    title: `${who} ahead of ${against}, the best free baseline`,
    sentences: [`${rest.join("")}${leadersSentence(report)}`, `${verdict.sentence} ${verdict.controls}`],
    counts: countsSentence(report) +
      (verdict.seeds === 1
        ? " One training each: small differences may be chance; repeat with other seeds."
        : ""),
    notes: report.notes,
  });
}

function plot(report: ComparisonReport): Markup {
  const { primary, predictions, verdict, runs } = report;
  const baseline = bestBaseline(predictions, primary);
  const pages = new Map(runs.map(({ name, page }) => [name, page]));
  return markup`
<section>
<h2>Models and what costs nothing, on the same rows</h2>
<p>Better is to the right. The dashed line is the best free baseline; the line through a model’s dot is the 95 % interval of its
lead over that baseline, paired over test ${
    verdict.unit === "drug" ? "drugs" : "cell lines"
  }. A name leads to the run’s
own page.</p>
${
    ladder({
      metric: primary,
      predictions,
      reference: baseline ?? modelOf(report),
      bar: ({ advantage }) => barOf(advantage),
      columns: [
        metricColumn(predictions, primary, true),
        leadColumn("lead, 95 %", ({ advantage }) => advantage),
      ],
      highlighted: ({ role }) => role === "model",
      marked: baseline?.name ?? "",
      page: ({ name }) => pages.get(name),
    })
  }
</section>`;
}

/** The place of each by each metric: lines that cross are rankings that flip. */
async function flips(report: ComparisonReport): Promise<Markup | false> {
  const entries = contest(report).slice(0, drawn), metrics = leaders(report).map(({ metric }) => metric);
  if (metrics.length < 2 || entries.length < 2) return false;
  const places = metrics.flatMap((metric) =>
    entries.filter(({ metrics }) => metric in metrics).toSorted(better(metric)).map(({ name, role }, at) => ({
      metric: shortName(metric),
      name,
      place: at + 1,
      model: role === "model",
    }))
  );
  return markup`
<section>
<h2>Where rankings flip</h2>
<p>Places among ${entries.length} predictions, the best at the top. Where lines cross, the choice of metric decides. Grey: free
baselines.</p>
<figure class="ranks">${await rankChart(places)}</figure>
</section>`;
}
