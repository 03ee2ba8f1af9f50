import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { readBenchFile } from "../bench_file.ts";
import { type NamedBenchFile, renderBenchReport } from "../report/render_bench_report.ts";
import { isResult, type PartRow } from "./part.ts";

/** Parts whose files are measurements that `bench report` shows together. */
const shown = /^(kernels-|model-|peers|pytorch)/;

/** Writes one page of what was measured; undefined where nothing was. @returns its path */
export async function writeSurveyReport(
  folder: string,
  rows: readonly PartRow[],
): Promise<string | undefined> {
  const files: NamedBenchFile[] = [];
  for (const row of rows) {
    const { name, file } = row;
    // What a part that failed has left may be torn.
    if (file === null || !isResult(row) || !shown.test(name)) continue;
    files.push({ path: file, file: await readBenchFile(`${folder}/${file}`) });
  }
  if (files.length === 0) return undefined;
  const path = `${folder}/report.html`;
  await writeFileAtomic(path, (await renderBenchReport(files)).html);
  return path;
}
