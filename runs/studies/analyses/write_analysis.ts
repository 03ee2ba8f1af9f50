import { writeFileAtomic } from "../../../host/write_file_atomic.ts";
import { type Analysis, renderAnalysisPage } from "../../../report/analysis_page.ts";
import { standalone } from "../../../report/kit/draw.ts";
import { freeName } from "../../free_name.ts";

/** Writes `study.html`, `study.json`, `figures/*.svg` and tables of an analysis. */
export async function writeAnalysis(
  out: string,
  analysis: Analysis,
  { values, tables }: { readonly values: unknown; readonly tables: Readonly<Record<string, string[]>> },
): Promise<void> {
  await Deno.mkdir(`${out}/figures`, { recursive: true });
  // Names of drugs hold anything.
  const taken = new Set<string>(), figures = new Set<string>();
  for (const [name, lines] of Object.entries(tables)) {
    await writeFileAtomic(`${out}/${freeName(name, taken)}.csv`, lines);
  }
  for (const { title, figure } of analysis.sections) {
    if (figure) {
      await writeFileAtomic(`${out}/figures/${freeName(title, figures)}.svg`, standalone(figure) + "\n");
    }
  }
  await writeFileAtomic(`${out}/study.json`, JSON.stringify(values) + "\n");
  await writeFileAtomic(`${out}/study.html`, renderAnalysisPage(analysis));
}
