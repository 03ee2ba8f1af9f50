import { type Markup, markup } from "./kit/markup.ts";
import { pageTable, type TextTable } from "./kit/text_table.ts";
import { reportPage } from "./report_page.ts";

/** One part of an analysis' page. */
export interface AnalysisSection {
  readonly title: string;
  readonly text: string;
  readonly figure?: Markup;
  readonly table?: TextTable;
}

/** What was looked at in a trained model: a page, and tables and figures as files. */
export interface Analysis {
  readonly title: string;
  /** First on the page: what came out. */
  readonly sentence: string;
  readonly sections: readonly AnalysisSection[];
  readonly notes: readonly string[];
  /** How, in words. */
  readonly method: string;
  /** Run, split, seed, fingerprint, by name. */
  readonly provenance: readonly (readonly [name: string, value: string])[];
  readonly command: string;
}

/** An analysis as one HTML page. */
export function renderAnalysisPage(analysis: Analysis): string {
  const { title, sentence, sections, notes, method, provenance, command } = analysis;
  return reportPage(
    title,
    markup`
<header>
<p class="eyebrow">${title}</p>
<div class="verdict mixed"><h1>${sentence}</h1></div>
${notes.length > 0 && markup`<ul>${notes.map((note) => markup`<li>${note}</li>`)}</ul>`}
</header>
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
