import { type Markup, markup } from "./kit/markup.ts";
import { pageTable, type TextTable } from "./kit/text_table.ts";
import { reportPage } from "./report_page.ts";
import { verdictBox } from "./sections/headline.ts";

/** One part of an analysis' page. */
export interface AnalysisSection {
  /** Of the section. */
  readonly title: string;
  /** What it shows, in words. */
  readonly text: string;
  /** A drawing, as SVG. */
  readonly figure?: Markup;
  /** Numbers below it. */
  readonly table?: TextTable;
}

/** What was looked at in a trained model: a page, and tables and figures as files. */
export interface Analysis {
  /** Of the page. */
  readonly title: string;
  /** First on the page: what came out. */
  readonly sentence: string;
  /** In the order of the page. */
  readonly sections: readonly AnalysisSection[];
  /** What a reader must know. */
  readonly notes: readonly string[];
  /** How, in words. */
  readonly method: string;
  /** Run, split, seed, fingerprint, by name. */
  readonly provenance: readonly (readonly [name: string, value: string])[];
  /** As typed. */
  readonly command: string;
}

/** An analysis as one HTML page. */
export function renderAnalysisPage(analysis: Analysis): string {
  const { title, sentence, sections, notes, method, provenance, command } = analysis;
  return reportPage(
    title,
    markup`
${verdictBox({ eyebrow: title, tone: "mixed", title: sentence, sentences: [], notes })}
${
      sections.map(({ title, text, figure, table }) =>
        markup`
<section><h2>${title}</h2><p>${text}</p>${figure}${table && pageTable(table)}</section>`
      )
    }
<section>
<h2>How it was made</h2>
<p>${method}</p>
<dl class="setup">${provenance.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<pre>${command}</pre>
</section>`,
  );
}
