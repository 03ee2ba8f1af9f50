import { type Markup, markup } from "../../../report/kit/markup.ts";
import { number } from "../../../report/kit/numbers.ts";
import { metricsOf, type RankingReport, type RankingScore } from "../ranking_report_data.ts";
import { modelOf, rankingVerdict } from "../ranking_verdict.ts";

/** One axis a metric, better to the right, every prediction a dot on it: where rankings flip, it shows. */
export function metricStrips(report: RankingReport): Markup {
  const { standings } = rankingVerdict(report);
  const model = modelOf(report);
  const shown = report.scores.filter(({ coincidesWith }) => !coincidesWith);
  return markup`
<div class="key"><span style="--swatch:var(--model)">${model.name}</span>
<span style="--swatch:var(--ink)">best free baseline</span><span>other free baselines</span>
<span style="--swatch:var(--second)">the model with an input disturbed</span></div>
<div class="strips">
${
    metricsOf(report.config).map((metric, k) => {
      const { best, wins } = standings[k];
      const values = shown.map((score) => metric.of(score));
      const low = Math.min(...values), high = Math.max(...values);
      const range = high - low || 1;
      const place = (score: RankingScore) => {
        const share = (metric.of(score) - low) / range;
        return `${(100 * (metric.higherIsBetter ? share : 1 - share)).toFixed(2)}%`;
      };
      const [worst, top] = metric.higherIsBetter ? [low, high] : [high, low];
      const text = `${model.name} ${number(metric.of(model), 3)}, ${best.name} ${number(metric.of(best), 3)}`;
      const floor = shown.find(({ name }) => name === "zero");
      const dots = shown.toSorted((a, b) => rank(a, best) - rank(b, best)).map((score) =>
        markup`<b class="${score === best ? "best" : score.role}" style="left:${
          place(score)
        }" title="${score.name}: ${number(metric.of(score), 3)}"></b>`
      );
      return markup`
<div class="strip">
<h3>${metric.name}<small class="${wins ? "good-text" : "bad-text"}">${text}</small></h3>
<div class="line" aria-hidden="true">${dots}</div>
<div class="ends"><span>${number(worst, 3)}</span>${
        floor && metric.short.startsWith("NDCG") &&
        markup`<span>floor (predicting zero): ${number(metric.of(floor), 3)}</span>`
      }<span>${number(top, 3)}</span></div>
</div>`;
    })
  }
</div>`;
}

/** Drawn later means on top. */
function rank(score: RankingScore, best: RankingScore): number {
  return score.role === "model" ? 3 : score === best ? 2 : score.role === "control" ? 1 : 0;
}
