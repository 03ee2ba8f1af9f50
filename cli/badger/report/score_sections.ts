import { type Markup, markup } from "../../../report/kit/markup.ts";
import { countText, durationText, number } from "../../../report/kit/numbers.ts";
import { headlineMetrics, metricsOf, type RankingReport, type RankingScore } from "../ranking_report_data.ts";
import { modelOf, rankingVerdict } from "../ranking_verdict.ts";
import { metricStrips } from "./metric_strips.ts";

/** Headline, the numbers behind it, and every prediction of the same rows beside the model's. */
export function summary(report: RankingReport): Markup {
  const { headline, detail, tone } = rankingVerdict(report);
  const model = modelOf(report);
  const { counts } = report;
  const floor = report.scores.find(({ name }) => name === "zero");
  const facts: [string, string][] = [
    ["Pearson per signature", number(model.pearson, 3)],
    ["Spearman", number(model.spearman, 3)],
    ["NDCG up (floor)", `${number(model.up.ndcg, 3)} (${number(floor?.up.ndcg, 3)})`],
    ["NDCG down (floor)", `${number(model.down.ndcg, 3)} (${number(floor?.down.ndcg, 3)})`],
    ["best epoch", `${report.bestEpoch} of ${report.epochs.length}`],
    ["training", durationText(report.trainingSeconds)],
  ];
  return markup`
<header>
<p class="eyebrow">${report.title} · split: ${report.splitName}</p>
<div class="verdict ${tone}">
<h1>${headline}</h1>
<p class="gap">${detail}</p>
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p>${countText(counts.test)} held-out signatures, ${countText(counts.train)} trained on, ${
    countText(counts.validation)
  } for validation; ${countText(counts.drugs)} drugs, ${countText(counts.cells ?? 0)} cell lines, ${
    countText(counts.genes)
  } genes.</p>
</div>
</header>
<section>
<h2>Against what costs nothing</h2>
<p>Every entry predicts the same held-out signatures. Better is to the right. NDCG has a high floor: predicting zero
already scores well above 0.</p>
${metricStrips(report)}
${scoreTable(report)}
<ul class="notes">${report.notes.map((note) => markup`<li>${note}</li>`)}</ul>
</section>`;
}

/** The headline metrics of every entry, the best of each column in bold. */
function scoreTable(report: RankingReport): Markup {
  const compared = metricsOf(report.config);
  const entries = report.scores.filter(({ coincidesWith }) => !coincidesWith)
    .toSorted((a, b) => order(a) - order(b) || b.pearson - a.pearson);
  const contest = entries.filter(({ role }) => role === "model" || role === "baseline");
  const top = new Map(compared.map((metric) => {
    const values = contest.map((score) => metric.of(score));
    return [metric, metric.higherIsBetter ? Math.max(...values) : Math.min(...values)];
  }));
  return markup`
<div class="scroll"><table class="scores">
<tr><th>prediction</th>${headlineMetrics.map(({ short }) => markup`<th>${short}</th>`)}<th>Spearman</th>
<th>model’s lead in Pearson, 95 %</th></tr>
${
    entries.map((score) => {
      const twins = report.scores.filter(({ coincidesWith }) => coincidesWith === score.name);
      const same = twins.length > 0 ? ` Here the same: ${twins.map(({ name }) => name).join(", ")}.` : "";
      const lead = score.modelLead;
      return markup`
<tr class="${score.role}"><td>${score.name}<small>${score.description}${same}</small></td>${
        headlineMetrics.map((metric) =>
          markup`<td class="${
            contest.includes(score) && top.get(metric) === metric.of(score) ? "top" : ""
          }">${number(metric.of(score), 3)}</td>`
        )
      }<td>${number(score.spearman, 3)}</td><td>${
        lead && `${number(lead.mean, 3)} (${number(lead.low, 3)} to ${number(lead.high, 3)})`
      }</td></tr>`;
    })
  }
</table></div>
<details><summary>All metrics of the model, the best baseline on Pearson and predicting zero</summary>${
    everyMetric(report)
  }</details>`;
}

function everyMetric(report: RankingReport): Markup {
  const model = modelOf(report), { best } = rankingVerdict(report);
  const shown = [...new Set([model, best, report.scores.find(({ name }) => name === "zero") ?? best])];
  const { k, truthTop } = model.cutoffs;
  const rows: [string, (score: RankingScore) => number][] = [];
  for (const end of ["up", "down"] as const) {
    k.forEach((top, at) =>
      rows.push([`${end}: precision at ${top} (of the top ${truthTop})`, (s) => s[end].precision[at]])
    );
    rows.push([`${end}: mean average precision`, (s) => s[end].map]);
    k.forEach((top, at) => rows.push([`${end}: hit ratio at ${top}`, (s) => s[end].hitRatio[at]]));
    k.forEach((top, at) => rows.push([`${end}: Jaccard at ${top}`, (s) => s[end].jaccard[at]]));
  }
  k.forEach((top, at) => rows.push([`magnitude: hit ratio at ${top}`, (s) => s.magnitude.hitRatio[at]]));
  k.forEach((top, at) => rows.push([`magnitude: Jaccard at ${top}`, (s) => s.magnitude.jaccard[at]]));
  rows.push(["Kendall's tau", (s) => s.kendallTau]);
  const { pathways } = report;
  const attention = pathways && markup`
<p>Pathway attention against known targets, ${pathways.rows} signatures: AUROC ${
    number(pathways.auroc, 3)
  }, AUPRC ${number(pathways.auprc, 3)}, F1 ${number(pathways.f1, 3)}, accuracy ${
    number(pathways.accuracy, 3)
  }.</p>`;
  return markup`
<div class="scroll"><table><tr><th>metric</th>${shown.map(({ name }) => markup`<th>${name}</th>`)}</tr>
${
    rows.map(([name, of]) =>
      markup`<tr><td>${name}</td>${shown.map((s) => markup`<td>${number(of(s), 3)}</td>`)}</tr>`
    )
  }
</table></div>${attention}`;
}

function order({ role }: RankingScore): number {
  return role === "control" ? 1 : role === "negative" ? 2 : 0;
}
