import { densityChart, lossChart, metricChart } from "../../report/charts.ts";
import { type Markup, markup } from "../../../report/kit/markup.ts";
import { number } from "../../../report/kit/numbers.ts";
import { page } from "../../report/page.ts";
import { foldedTable, saved } from "../../report/part_section.ts";
import { kernelSection, setupSection } from "../../report/sections.ts";
import type { RankingReport } from "../ranking_report_data.ts";
import { rankingVerdict } from "../ranking_verdict.ts";
import style from "./ranking.css" with { type: "text" };
import { summary } from "./score_sections.ts";

/** The report of a ranking model as one self-contained HTML page. */
export async function renderRankingReport(report: RankingReport): Promise<string> {
  return page(
    report.title,
    markup`
${summary(report)}
${await charts(report)}
${parts(report)}
${kernelSection(report)}
${setupSection(report)}
`,
    style,
  );
}

async function charts({ epochs, bestEpoch, density, config }: RankingReport): Promise<Markup> {
  const ndcg = epochs.flatMap(({ epoch, validationMetrics }) =>
    validationMetrics ? [{ epoch, value: validationMetrics.ndcgUp }] : []
  );
  const trained = epochs.map((line) => ({ ...line, validationLoss: null }));
  return markup`
<section>
<h2>Training and fit</h2>
<div class="charts">
<figure>
<h3>Training loss</h3>
${await lossChart(trained, bestEpoch, config.loss.main)}
<figcaption>Mean over the batches of an epoch, with dropout. First epoch: ${
    number(epochs[0]?.trainLoss)
  }. Dashed: the epoch whose parameters were kept.</figcaption>
</figure>
${
    ndcg.length > 0 && markup`
<figure>
<h3>Validation NDCG of up-regulated genes</h3>
${await metricChart(ndcg, bestEpoch, "NDCG up")}
<figcaption>${
      config.training.patience === null
        ? "All epochs were run, so it decided nothing."
        : "Decides about early stopping."
    }</figcaption>
</figure>`
  }
<figure>
<h3>Predicted against true</h3>
${await densityChart(density, "value")}
<figcaption>Predictions spread ${number(density.spreadRatio, 2)} times as wide as the truth.</figcaption>
</figure>
</div>
</section>`;
}

function parts(report: RankingReport): Markup {
  const baseline = rankingVerdict(report).best.name;
  const table = (list: RankingReport["drugs"], kind: string) =>
    markup`<div><h3>${kind === "drug" ? "Drugs" : "Cell lines"}</h3>${
      foldedTable(list.toSorted((a, b) => saved(b) - saved(a)), kind, baseline)
    }</div>`;
  return markup`
<section>
<h2>Where it wins and where it loses</h2>
<p>Mean squared error beside ${baseline}, the free baseline that leads on Pearson. Complete: per_drug.csv and per_cell.csv
beside this file.</p>
<div class="tables">${table(report.drugs, "drug")}${table(report.cells, "cell line")}</div>
</section>`;
}
