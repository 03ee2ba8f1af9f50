import { axisOf } from "./kit/axis.ts";
import { marks } from "./kit/bars.ts";
import { type Markup, markup } from "./kit/markup.ts";
import { counted, listText, withInterval } from "./kit/numbers.ts";
import { pageTable } from "./kit/text_table.ts";
import { shortName } from "./metric.ts";
import { reportPage } from "./report_page.ts";
import { verdictBox } from "./sections/headline.ts";
import { makingSection, publishedSection, strataSection } from "./sections/study_parts.ts";
import { boundsOf, leadTone, type Tone, toneOf } from "./standing.ts";
import { groupsOf, leaderOf, type StudyGroup, type StudyReport, type StudyRow } from "./study_report.ts";
import { studyTable } from "./text/study_table.ts";

/** Data sets x splits x models as one HTML page: who is ahead where, and every figure behind it. */
export function renderStudyPage(report: StudyReport): string {
  const groups = groupsOf(report);
  return reportPage(
    report.title,
    markup`
${
      verdictBox({
        eyebrow: report.title,
        tone: toneOfStudy(groups),
        // Where a mean or ridge is best, that is what a reader has to know first.
        title: baselineLeads(groups) ? baselinesSentence(groups) : studySentence(groups),
        sentences: [baselineLeads(groups) ? studySentence(groups) : baselinesSentence(groups)],
        counts:
          "Ahead, level and behind are judged against the best free baseline of each set by 95 % intervals from a paired " +
          "bootstrap over what the split holds out" +
          (groups.some(({ folds }) => folds !== undefined)
            ? "; in sets with folds from a paired t-test over folds, corrected for training rows that they share (Nadeau and Bengio 2003)"
            : "") +
          ". Amber where a model is ahead and no control shows that the drug matters to it.",
        notes: report.notes,
      })
    }
<section>
<h2>Who is ahead where</h2>
<p>Dot and line: the lead over the best free baseline with its 95 % interval; the dashed line is that baseline, better is to the
right. Every set has an axis of its own.</p>
<div class="scroll"><table class="standings">${groups.map(groupRows)}</table></div>
</section>
<section>
<h2>Every figure</h2>
<p>Mean ± standard deviation over seeds; baselines and controls in brackets; the best value of a set in bold.</p>
${pageTable(studyTable(report))}
</section>
${strataSection(report)}
${publishedSection(report)}
${makingSection(report)}`,
  );
}

function baselineLeads(groups: readonly StudyGroup[]): boolean {
  return groups.some((group) => leaderOf(group)?.role === "baseline");
}

/** In how many sets a trained model is ahead, level, behind. */
export function studySentence(groups: readonly StudyGroup[]): string {
  const best = groups.map((group) =>
    (["ahead", "level", "behind"] as const).find((standing) =>
      modelsOf(group).some((row) => row.standing === standing)
    )
  );
  const count = (standing: string) => best.filter((one) => one === standing).length;
  return `A trained model is ahead of the best free baseline in ${count("ahead")} of ${
    counted(groups.length, "set")
  }, at best level in ${count("level")}, behind in ${count("behind")}`;
}

/** Where ridge or a mean has the best value, by name. */
export function baselinesSentence(groups: readonly StudyGroup[]): string {
  const led = groups.filter((group) => leaderOf(group)?.role === "baseline");
  if (led.length === 0) return "No free baseline has the best value in any set.";
  const byName = [...Map.groupBy(led, (group) => leaderOf(group)!.model)].map(([name, sets]) =>
    `${name} (${sets.map(({ data, split }) => `${data}, ${split}`).join("; ")})`
  );
  return `A free baseline has the best value in ${led.length} of ${groups.length}: ${listText(byName)}.`;
}

function modelsOf({ rows }: StudyGroup): StudyRow[] {
  return rows.filter(({ role }) => role === "model");
}

function toneOfStudy(groups: readonly StudyGroup[]): Tone {
  const best = groups.map((group) => {
    const tones = modelsOf(group).map(toneOfRow);
    return (["good", "mixed"] as const).find((tone) => tones.includes(tone)) ?? "bad";
  });
  return best.every((tone) => tone === best[0]) ? best[0] ?? "mixed" : "mixed";
}

function toneOfRow({ standing = "level", drugMatters = "untested" }: StudyRow): Tone {
  return toneOf({ standing, drugMatters });
}

function groupRows(group: StudyGroup): Markup {
  const models = modelsOf(group);
  const axis = axisOf([
    0,
    ...models.flatMap(({ lead }) => lead ? [lead.value, ...(boundsOf(lead) ?? [])] : []),
  ]);
  return markup`
<tr class="set"><td colspan="4"><strong>${group.data}, ${group.split}</strong> ${shortName(group.primary)}, ${
    counted(group.units, `test ${group.unit === "drug" ? "drug" : "cell line"}`)
  }, ${counted(group.testRows, "test row")}${
    group.folds !== undefined && markup`, ${counted(group.folds, "fold")}`
  }; best value: ${leaderOf(group)?.model}</td></tr>
${
    models.map((row) => {
      const bounds = row.lead && boundsOf(row.lead);
      return markup`
<tr><td>${row.model}</td><td>${
        row.lead &&
        markup`<span class="track model" aria-hidden="true">${
          marks(axis, { rule: 0, at: row.lead.value, bounds, tone: leadTone(row.lead) })
        }</span>`
      }</td><td>${
        row.lead &&
        markup`${withInterval(row.lead.value, bounds ?? null)}<small>over ${row.lead.against}</small>`
      }</td><td>${
        row.standing && markup`<span class="chip ${toneOfRow(row)}">${row.standing}</span>`
      }</td></tr>`;
    })
  }`;
}
