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
        title: bestValuesSentence(groups),
        sentences: [studySentence(groups)],
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

/** In how many sets a trained model is ahead, level, behind. */
export function studySentence(groups: readonly StudyGroup[]): string {
  const best = groups.map((group) =>
    (["ahead", "level", "behind"] as const).find((standing) =>
      judgedOf(group).some((row) => row.standing === standing)
    )
  );
  const count = (standing: string) => best.filter((one) => one === standing).length;
  return `A trained model is ahead of the best free baseline in ${count("ahead")} of ${
    counted(groups.length, "set")
  }, at best level in ${count("level")}, behind in ${count("behind")}`;
}

/** Who has the best value where, by name; where it is ridge or a mean, that is what a reader has to know first. */
export function bestValuesSentence(groups: readonly StudyGroup[]): string {
  const led = groups.flatMap((group) => {
    const leader = leaderOf(group);
    return leader ? [{ leader, place: `${group.data}, ${group.split}` }] : [];
  });
  const isFree = ({ leader }: typeof led[number]) => leader.role === "baseline" || leader.free === true;
  const named = (some: typeof led) =>
    listText(
      [...Map.groupBy(some, ({ leader }) => leader.model)].map(([name, sets]) =>
        `${name} (${sets.map(({ place }) => place).join("; ")})`
      ),
    );
  const [free, others] = [led.filter(isFree), led.filter((one) => !isFree(one))];
  if (led.length === 0) return "Nothing has a value in any set.";
  if (free.length === 0) return `The best value is that of ${named(others)}.`;
  return `A free baseline has the best value in ${free.length} of ${groups.length}: ${named(free)}` +
    `${others.length > 0 ? `; elsewhere it is that of ${named(others)}` : ""}.`;
}

function modelsOf({ rows }: StudyGroup): StudyRow[] {
  return rows.filter(({ role }) => role === "model");
}

/** The models that a study is about: those that cost nothing count where there is no other. */
function judgedOf(group: StudyGroup): StudyRow[] {
  const models = modelsOf(group), own = models.filter(({ free }) => !free);
  return own.length > 0 ? own : models;
}

function toneOfStudy(groups: readonly StudyGroup[]): Tone {
  const best = groups.map((group) => {
    const tones = judgedOf(group).map(toneOfRow);
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
