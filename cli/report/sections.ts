import { densityChart, geneHistogram, lossChart } from "./charts.ts";
import { ladder } from "./ladder.ts";
import { type Markup, markup } from "../../report/kit/markup.ts";
import { bytesText, countText, durationText, number } from "../../report/kit/numbers.ts";
import type { PartScore, ReportData } from "./report_data.ts";
import { modelScore, verdictOf } from "./verdict.ts";

/** Headline, the numbers behind it, and the ladder of baselines. */
export function summarySection(data: ReportData): Markup {
  const verdict = verdictOf(data);
  const model = modelScore(data);
  const facts: [string, string][] = [
    [`test ${data.ranking.toUpperCase()}`, number(model[data.ranking])],
    data.stage === "pretraining"
      ? ["Pearson per profile", number(model.pearsonPerProfile, 3)]
      : ["Pearson", number(model.pearsonPooled, 3)],
    ["Spearman", number(model.spearman, 3)],
    ["best epoch", `${data.bestEpoch} of ${data.epochs.length}`],
    ["training", durationText(data.trainingSeconds)],
  ];
  const legend = "Every entry predicts the same test rows. " +
    (data.stage === "pretraining" ? "Pearson is the mean over profiles. " : "") +
    "The dashed line is the model; green is its lead, red what it lacks.";
  return markup`
<header>
<p class="eyebrow">${data.title} · ${
    data.stage === "pretraining" ? "pretraining" : "fine-tuning"
  } · split: ${data.splitName}</p>
<div class="verdict ${verdict.tone}">
<h1>${verdict.headline}</h1>
<p class="gap">${verdict.detail}</p>
<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p>${countsSentence(data)}</p>
</div>
</header>
<section>
<h2>Against what costs nothing</h2>
<p>${legend}</p>
${ladder(data)}
${
    data.notes.length > 0 &&
    markup`<ul class="notes">${data.notes.map((note) => markup`<li>${note}</li>`)}</ul>`
  }
</section>`;
}

/** Curves, scatter and the spread over genes. */
export async function chartSection(data: ReportData): Promise<Markup> {
  const { density } = data;
  const unit = data.stage === "pretraining" ? "expression" : "ln IC50";
  const shown = density.counts.reduce((sum, count) => sum + count, 0);
  const beyond = density.outside > 0 ? `, ${countText(density.outside)} more lie beyond the axes` : "";
  const spread = `Predictions spread ${number(density.spreadRatio, 2)} times as wide as the truth.`;
  const genes = data.genes.length > 0 && markup`
<figure>
<h3>Gene by gene</h3>
${await geneHistogram(data.genes)}
<figcaption>Median ${number(medianPearson(data.genes), 3)}. Zero is no better than chance.</figcaption>
</figure>`;
  return markup`
<section>
<h2>Training and fit</h2>
<div class="charts">
<figure>
<h3>Loss</h3>
${await lossChart(data.epochs, data.bestEpoch)}
<figcaption>Dashed: the epoch whose parameters were kept. Training loss is measured with dropout.</figcaption>
</figure>
<figure>
<h3>Predicted against true</h3>
${await densityChart(density, unit)}
<figcaption>${countText(shown)} values of the test part${beyond}. ${spread}</figcaption>
</figure>
${genes}
</div>
</section>`;
}

/** Device time by kernel, when the run was profiled. */
export function kernelSection(data: Pick<ReportData, "kernels">): Markup | false {
  if (data.kernels.length === 0) return false;
  const rows = data.kernels.slice(0, 15).map((row) => {
    const share = (100 * row.share).toFixed(1);
    const bar = markup`<span class="bar"><span style="width:${share}%"></span></span>`;
    return markup`
<tr><td>${breakable(row.kernel)}</td><td>${row.phase}</td><td>${bar}${share} %</td><td>${row.calls}</td>
<td>${number(row.milliseconds)}</td><td>${number(row.gflops)}</td><td>${
      number(row.gigabytesPerSecond)
    }</td></tr>`;
  });
  return markup`
<section>
<h2>Where the device time goes</h2>
<p>One training step, from timestamp queries. With --profile, trace.json holds every dispatch.</p>
<div class="scroll"><table class="kernels">
<tr><th>kernel</th><th>phase</th><th>share</th><th>calls</th><th>ms</th><th>GFLOP/s</th><th>GB/s</th></tr>
${rows}
</table></div>
</section>`;
}

/** How to get the same again. */
export function setupSection(
  data: Pick<ReportData, "environment" | "memory" | "parameters"> & { readonly config: unknown },
): Markup {
  const { environment, memory } = data;
  const rows: [string, string][] = [
    ["adapter", environment.adapter + (environment.software ? " (software driver)" : "")],
    ["machine", environment.machine],
    ["runtime", environment.runtime],
    ["parameters", countText(data.parameters)],
    ["device memory", `${bytesText(memory.resident)} while training, ${bytesText(memory.peak)} at most`],
  ];
  return markup`
<section>
<h2>How it was made</h2>
<dl class="setup">${rows.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<pre>${environment.command}</pre>
<details><summary>Configuration</summary><pre>${JSON.stringify(data.config, null, 2)}</pre></details>
</section>`;
}

/** A kernel's name that may break behind its underscores, nowhere else. */
function breakable(name: string): Markup {
  return markup`${name.split(/(?<=_)/).map((part, place) => markup`${place > 0 && markup`<wbr>`}${part}`)}`;
}

function countsSentence({ counts, stage }: ReportData): string {
  const validation = counts.validation > 0 ? `, ${countText(counts.validation)} for validation` : "";
  const cells = counts.cells === null
    ? ""
    : `, ${countText(counts.cells)} cell ${counts.cells === 1 ? "line" : "lines"}`;
  return `${countText(counts.test)} held-out ${stage === "pretraining" ? "profiles" : "responses"}, ` +
    `${countText(counts.train)} trained on${validation}; ` +
    `${countText(counts.drugs)} drugs${cells}, ${countText(counts.genes)} genes.`;
}

function medianPearson(parts: readonly PartScore[]): number | null {
  const values = parts.flatMap(({ pearson }) => pearson === null ? [] : [pearson]).sort((a, b) => a - b);
  return values.length === 0 ? null : values[values.length >> 1];
}
