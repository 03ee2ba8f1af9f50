import type { Verdict } from "../../datasets/evaluation/types.ts";
import { axisOf } from "../kit/axis.ts";
import { marks } from "../kit/bars.ts";
import { type Markup, markup } from "../kit/markup.ts";
import { counted, countText, durationText, listText, percent, withInterval } from "../kit/numbers.ts";
import { headlineMetrics, shortName } from "../metric.ts";
import type { RunReport } from "../run_report.ts";
import { modelOf, type Tone, toneOf, valueText, whyNotGreen } from "../standing.ts";

/** What one row of the table is called. */
const rowWord = { profile: "profile", signature: "signature", response: "response" } as const;

/** The verdict in its colour, its interval drawn, the figures beside it, and what must be known before it is believed. */
export function headlineSection(report: RunReport): Markup {
  const { verdict, notes } = report;
  const why = whyNotGreen(verdict);
  return verdictBox({
    eyebrow: `${report.title} · ${report.split.name}`,
    tone: toneOf(verdict),
    title: verdict.sentence,
    sentences: [verdict.controls, why],
    more: markup`${leadGauge(verdict)}${facts(factsOf(report))}`,
    counts: countsSentence(report),
    notes,
  });
}

/** What a page begins with: a judgement in its colour, what lies behind it, and what must be known before it is believed. */
export function verdictBox(box: {
  readonly eyebrow: string;
  readonly tone: Tone;
  readonly title: string;
  readonly sentences: readonly (string | undefined)[];
  readonly more?: Markup;
  readonly counts?: string;
  readonly notes: readonly string[];
}): Markup {
  return markup`
<header>
<p class="eyebrow">${box.eyebrow}</p>
<div class="verdict ${box.tone}">
<h1>${typeset(box.title)}</h1>
${box.sentences.map((sentence) => sentence && markup`<p class="gap">${typeset(sentence)}</p>`)}
${box.more}
${box.counts !== undefined && markup`<p class="counts">${box.counts}</p>`}
</div>
${notesList(box.notes)}
</header>`;
}

/** Sentences of machines and terminals have hyphens before their numbers. */
function typeset(sentence: string): string {
  return sentence.replace(/(?<![\w.−-])-(?=\d)/g, "−");
}

/** Figures with their names, in a row that wraps. */
export function facts(entries: readonly (readonly [string, string])[]): Markup {
  return markup`<dl class="facts">${
    entries.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)
  }</dl>`;
}

/** What a reader must not miss. */
export function notesList(notes: readonly string[]): Markup | false {
  return notes.length > 0 && markup`<ul class="notes">${notes.map((note) => markup`<li>${note}</li>`)}</ul>`;
}

/** The lead and its interval on a line with zero in it. */
function leadGauge({ lead, interval, against }: Verdict): Markup {
  const axis = axisOf([0, lead, -0.15 * lead, ...(interval ?? [])]);
  return markup`
<div class="gauge" role="img" aria-label="Lead over ${against}: ${withInterval(lead, interval)}">
<div class="track">${
    marks(axis, { rule: 0, at: lead, bounds: interval, shape: interval ? "" : "hollow" })
  }</div>
<div class="ends"><span>← worse than ${against}</span><span>better →</span></div>
</div>`;
}

function factsOf(report: RunReport): [string, string][] {
  const { verdict, primary } = report;
  const { unit, units, seeds, clusters } = verdict;
  const model = modelOf(report), share = model.shares?.[primary];
  const [, ...others] = headlineMetrics(primary, Object.keys(model.metrics), 3);
  const entries: [string, string][] = [
    [
      `lead in ${shortName(verdict.metric)} over ${verdict.against}${verdict.interval ? ", 95 %" : ""}`,
      withInterval(verdict.lead, verdict.interval),
    ],
    [`test ${unit === "drug" ? "drugs" : "cell lines"}`, countText(units)],
    ["trainings (seeds)", countText(seeds)],
  ];
  if (clusters) {
    entries.push([
      `lead over ${counted(clusters.units, "mechanism cluster")}`,
      clusters.interval ? withInterval(verdict.lead, clusters.interval) : "too few for an interval",
    ]);
  }
  entries.push([shortName(primary), valueText(model, primary)]);
  if (share !== undefined) entries.push(["of the gap to the noise ceiling", percent(share)]);
  entries.push(...others.map((name): [string, string] => [shortName(name), valueText(model, name, 3)]));
  if (report.epochs.length > 0) {
    entries.push(["best epoch", `${report.bestEpoch ?? "–"} of ${report.epochs.length}`]);
  }
  entries.push([report.epochs.length > 0 ? "training" : "fitting", durationText(report.trainingSeconds)]);
  return entries;
}

/** How many rows, drugs and cell lines were tested and trained on. */
export function countsSentence(
  { counts, outputs, chosen }: Pick<RunReport, "counts" | "outputs" | "chosen">,
): string {
  const seen = (units: number, trained: number, thing: string) =>
    `${counted(units, thing)} (${
      trained === 0 ? "none" : trained === units ? "all" : countText(trained)
    } trained on)`;
  const tested = [seen(counts.testDrugs, counts.testDrugsTrained, "drug")];
  if (counts.testCells > 0) tested.push(seen(counts.testCells, counts.testCellsTrained, "cell line"));
  const whole = [counted(counts.drugs, "drug")];
  if (counts.cells > 0) whole.push(counted(counts.cells, "cell line"));
  if (outputs.kind !== "response") whole.push(counted(counts.outputs, "gene"));
  const validation = counts.validation > 0 ? `, ${countText(counts.validation)} for validation` : "";
  return `${counted(counts.test, `held-out ${rowWord[outputs.kind]}`)} of ${listText(tested)}; ` +
    `${countText(counts.train)} trained on${validation}. In all ${listText(whole)}.${
      chosen ? ` Chosen on the validation rows: ${chosen}.` : ""
    }`;
}
