import { markup } from "./kit/markup.ts";
import { counted } from "./kit/numbers.ts";
import { pageTable, type TextTable } from "./kit/text_table.ts";
import { reportPage } from "./report_page.ts";
import { verdictBox } from "./sections/headline.ts";

/** Runs that belong together, and what they say. */
export interface TasksReport {
  /** Of the page. */
  readonly title: string;
  /** What those that are there say, in one sentence. */
  readonly sentence: string;
  /** What each of them says. */
  readonly sentences: readonly string[];
  /** What the figures are, in a sentence. */
  readonly explanation: string;
  /** The figures. */
  readonly table: TextTable;
  /** How far each run is. */
  readonly tasks: readonly { readonly run: string; readonly state: string; readonly error?: string }[];
  /** What a reader must not miss. */
  readonly notes: readonly string[];
  /** The command line that they belong to. */
  readonly command: string;
}

/** Runs that several processes made, as one HTML page: what is there, what is missing, what failed. */
export function renderTasksPage(report: TasksReport): string {
  const { title, sentence, sentences, explanation, table, tasks, notes, command } = report;
  const unfinished = tasks.filter(({ state }) => state !== "finished");
  return reportPage(
    title,
    markup`
${
      verdictBox({
        eyebrow: title,
        tone: "mixed",
        title: sentence,
        sentences: [],
        counts: `${tasks.length - unfinished.length} of ${counted(tasks.length, "run")} are finished.`,
        notes,
      })
    }
<section>
<h2>Every figure</h2>
<p>${explanation}</p>
${pageTable(table)}
</section>
<section>
<h2>Every run</h2>
${sentences.length > 0 && markup`<ul class="notes">${sentences.map((one) => markup`<li>${one}</li>`)}</ul>`}
${
      pageTable({
        head: ["run", "state", "what failed"],
        body: tasks.map(({ run, state, error }) => [
          run,
          state === "finished" ? state : { strong: state },
          error ?? "",
        ]),
        textColumns: 3,
      })
    }
</section>
<section><h2>How it was made</h2><pre>${command}</pre></section>`,
  );
}
