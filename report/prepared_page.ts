import { colour, draw } from "./kit/draw.ts";
import { shareBar } from "./kit/bars.ts";
import { markup } from "./kit/markup.ts";
import { counted, countText } from "./kit/numbers.ts";
import { pageTable, type TextTable } from "./kit/text_table.ts";
import { reportPage } from "./report_page.ts";
import { notesList } from "./sections/headline.ts";

/** What went where when a data folder was made. */
export interface PreparedReport {
  /** What was made: `Pretraining rows of CSG2A`. */
  readonly title: string;
  /** Where it lies. */
  readonly output: string;
  /** One sentence with the sizes. */
  readonly summary: string;
  /** What was left after each step. */
  readonly steps: readonly { readonly step: string; readonly left: number }[];
  /** Sentences on what is odd. */
  readonly notes: readonly string[];
  /** What is predicted, for a histogram, and its unit. */
  readonly values: { readonly label: string; readonly of: Float32Array };
  /** Where the rows come from. */
  readonly table: TextTable & { readonly title: string };
  /** Options by name, and files with their hashes. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  /** The command that follows. */
  readonly next: string;
}

/** Bars of the histogram. */
const bins = 60;

/** A prepared folder as one HTML page. */
export async function renderPreparedPage(report: PreparedReport): Promise<string> {
  const { title, output, summary, steps, notes, values, table, options, files, next } = report;
  const most = Math.max(...steps.map(({ left }) => left));
  return reportPage(
    title,
    markup`
<header>
<p class="eyebrow">${output}</p>
<h1>${summary}</h1>
${notesList(notes)}
</header>
<section>
<h2>What was left after each step</h2>
${
      pageTable({
        head: ["step", "", "left", "taken out"],
        body: steps.map(({ step, left }, at) => [
          step,
          shareBar(left / most, 1),
          countText(left),
          at === 0 ? "" : countText(steps[at - 1].left - left),
        ]),
      })
    }
</section>
<section>
<h2>${values.label}</h2>
${await histogram(values.label, values.of)}
</section>
<section>
<h2>${table.title}</h2>
${pageTable(table)}
</section>
<section>
<h2>How it was made</h2>
${
      pageTable({
        head: ["option", "value"],
        body: Object.entries(options).map((
          [name, value],
        ) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
        textColumns: 2,
      })
    }
${
      pageTable({
        head: ["file", "SHA-256", "bytes"],
        body: files.map(({ name, sha256, bytes }) => [name, sha256, countText(bytes)]),
        textColumns: 2,
      })
    }
<p>Next: <code>${next}</code></p>
</section>`,
  );
}

/** Values in bins of equal width, those beyond the outer percentiles in the outer bins. */
async function histogram(label: string, values: Float32Array) {
  const sorted = values.toSorted();
  const low = sorted[Math.floor(0.001 * sorted.length)],
    high = sorted[Math.min(sorted.length - 1, Math.floor(0.999 * sorted.length))];
  const width = Math.max((high - low) / bins, 1e-9);
  const counts = new Float64Array(bins);
  for (const value of sorted) counts[Math.min(bins - 1, Math.max(0, Math.floor((value - low) / width)))]++;
  return await draw(`${counted(values.length, "value")}: ${label}`, {
    width: 700,
    height: 180,
    data: {
      values: Array.from(
        counts,
        (count, bin) => ({ from: low + bin * width, to: low + (bin + 0.92) * width, count }),
      ),
    },
    mark: { type: "rect", color: colour.model, stroke: null },
    encoding: {
      x: {
        field: "from",
        type: "quantitative",
        title: label,
        axis: { tickCount: 10, grid: false },
        scale: { nice: false },
      },
      x2: { field: "to" },
      y: { field: "count", type: "quantitative", title: "values", axis: { tickCount: 4 } },
      y2: { datum: 0 },
    },
  });
}
