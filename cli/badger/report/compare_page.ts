import { markup } from "../../../report/kit/markup.ts";
import { countText, number } from "../../../report/kit/numbers.ts";
import { page } from "../../report/page.ts";
import { type ComparisonRow, comparisonTable, leaders } from "../comparison.ts";
import type { RankingReport } from "../ranking_report_data.ts";
import style from "./ranking.css" with { type: "text" };

/** Models and free baselines on one split as a self-contained HTML page; a baseline that leads is named in the headline. */
export function renderComparison(
  title: string,
  reports: readonly RankingReport[],
  rows: readonly ComparisonRow[],
): string {
  const [{ counts, splitName, config }] = reports;
  const first = leaders(rows);
  const byBaseline = first.filter(({ row }) => row.kind !== "model");
  const tone = byBaseline.length === 0 ? "good" : byBaseline.length === first.length ? "bad" : "mixed";
  const headline = byBaseline.length === 0
    ? "A model leads on every metric"
    : byBaseline.length === first.length
    ? "A free baseline leads on every metric"
    : `A free baseline leads on ${byBaseline.map(({ metric }) => metric).join(", ")}`;
  const { head, body } = comparisonTable(rows);
  return page(
    title,
    markup`
<header>
<p class="eyebrow">${title} · split: ${splitName}</p>
<div class="verdict ${tone}">
<h1>${headline}</h1>
<p class="gap">${
      first.map(({ metric, row, value }) => `${metric}: ${row.name} ${number(value, 3)}`).join(" · ")
    }</p>
<p>${countText(counts.test)} held-out signatures, ${countText(counts.train)} trained on, ${
      countText(counts.validation)
    } for validation; ${countText(counts.drugs)} drugs, ${countText(counts.cells ?? 0)} cell lines, ${
      countText(counts.genes)
    } genes. One split and one seed (${config.training.seed}): small differences may be chance; repeat with other seeds.</p>
</div>
</header>
<section>
<h2>Models and what costs nothing, on the same rows</h2>
<p>In brackets: free baselines. A model that uses an input should get worse when it is disturbed: compare its Pearson with the
columns to the right. RMSE is left out where the loss does not fix a scale.</p>
<div class="scroll"><table class="scores wide">
<tr>${head.map((cell) => markup`<th>${cell}</th>`)}</tr>
${
      body.map((cells, at) =>
        markup`<tr class="${rows[at].kind}">${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>`
      )
    }
</table></div>
<ul class="notes">${
      [...new Set(reports.flatMap(({ notes }) => notes.filter((note) => !note.startsWith("With the"))))].map((
        note,
      ) => markup`<li>${note}</li>`)
    }</ul>
</section>`,
    style,
  );
}
