import type { Density, PartScore } from "../../datasets/evaluation/types.ts";
import { densityChart, geneHistogram, lossCurves } from "../charts.ts";
import { epochChart } from "../kit/charts.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { countText, number, percent } from "../kit/numbers.ts";
import { shortName } from "../metric.ts";
import type { RunReport } from "../run_report.ts";

/** Below this slope predictions hardly follow the truth. */
const flat = 0.3;

/** Curves of training, predicted against true, and the spread over genes. */
export async function fitSection(report: RunReport): Promise<Markup> {
  const { epochs, density, outputs, genes } = report;
  const shown = density.counts.reduce((sum, count) => sum + count, 0);
  const beyond = density.outside > 0 ? `, ${countText(density.outside)} more lie beyond the axes` : "";
  return markup`
<section>
<h2>${epochs.length > 0 ? "Training and fit" : "Fit"}</h2>
<div class="charts">
<figure>
<h3>Predicted against true</h3>
${await densityChart(density, outputs.unit)}
<figcaption>${slopeSentence(density)} They spread ${number(density.spreadRatio, 2)} times as wide. ${
    countText(shown)
  } values of the test part${beyond}.</figcaption>
</figure>
${epochs.length > 0 && await trainingFigures(report)}
${
    genes.length > 1 && markup`
<figure>
<h3>Gene by gene</h3>
${await geneHistogram(genes)}
<figcaption>Median ${number(medianPearson(genes), 3)}. Zero is no better than chance.</figcaption>
</figure>`
  }
</div>
</section>`;
}

/** How far predictions follow the truth, in words. */
export function slopeSentence({ slope }: Pick<Density, "slope">): string {
  if (slope < 0) return `Predictions fall where the truth rises (fitted slope ${number(slope, 2)}).`;
  const share = `predictions move ${slope < flat ? "only " : ""}${percent(slope)} as much as the truth`;
  return slope < flat ? `Nearly flat: ${share}.` : `On the fitted line ${share}.`;
}

async function trainingFigures({ epochs, bestEpoch }: RunReport): Promise<Markup> {
  const names = Object.keys(epochs[0].validationMetrics ?? {});
  const name = names.find((name) => /ndcg.*up/i.test(name)) ?? names[0];
  const points = epochs.flatMap(({ epoch, validationMetrics }) =>
    validationMetrics && name in validationMetrics ? [{ epoch, value: validationMetrics[name] }] : []
  );
  return markup`
<figure>
<h3>Loss</h3>
${await epochChart(lossCurves(epochs), bestEpoch, "loss")}
<figcaption>Dashed: the epoch whose parameters were kept. Training loss is measured with dropout; in the first epoch it was ${
    number(epochs[0].trainLoss)
  }.</figcaption>
</figure>
${
    points.length > 0 && markup`
<figure>
<h3>Validation: ${shortName(name)}</h3>
${await epochChart([{ name, points }], bestEpoch, shortName(name))}
<figcaption>Measured after every epoch on the validation rows.</figcaption>
</figure>`
  }`;
}

function medianPearson(parts: readonly PartScore[]): number | null {
  const values = parts.flatMap(({ pearson }) => pearson === null ? [] : [pearson]).sort((a, b) => a - b);
  return values.length === 0 ? null : values[values.length >> 1];
}
