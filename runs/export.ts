import { tableEnding, writeValueTable } from "../datasets/formats/value_table.ts";
import { UserError } from "../datasets/user_error.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { standalone } from "../report/kit/draw.ts";
import { Markup } from "../report/kit/markup.ts";
import { renderPngs } from "../report/png/render_pngs.ts";
import { freeName } from "./free_name.ts";
import { checkOutputFile } from "./output_file.ts";
import { withRun } from "./open_run.ts";
import { type FolderEntry, system } from "../host/system.ts";

/** Which rows of a run's data are written. */
export type ExportedPart = "train" | "validation" | "test";

/**
 * Writes what a finished run predicts for a part of its own data, with drug, cell line, dose and time of each row, in the format of the
 * output's ending: `.h5ad` for scanpy, `.gctx`, `.gct`, `.csv`, `.tsv`, `.parquet`.
 *
 * @returns rows and columns that were written.
 * @throws {UserError} when the run or its data are faulty, or the ending names no format; nothing is written then.
 * @example
 * ```ts
 * await exportPredictions("runs/csg2a-skbr3", "predictions.h5ad");
 * ```
 */
export async function exportPredictions(
  run: string,
  out: string,
  part: ExportedPart = "test",
): Promise<{ readonly rows: number; readonly columns: number }> {
  await checkOutputFile(out);
  tableEnding(out);
  return await withRun(run, async ({ prepared: { data, split }, predictor }) => {
    const rows = split[part], { names } = data.outputs;
    if (rows.length === 0) throw new UserError(`${run}: its ${part} part has no rows; choose another part.`);
    const texts = (of: (row: number) => string) => Array.from(rows, of);
    const columns = new Map<string, readonly string[] | Float32Array>([
      ["drug", texts((row) => data.drug.names[data.drug.of[row]])],
      ["smiles", texts((row) => data.structures[data.drug.of[row]])],
      ["dose", Float32Array.from(rows, (row) => data.dose[row])],
      ["time", Float32Array.from(rows, (row) => data.time[row])],
    ]);
    if (data.cell.ids.some((id) => id !== "")) {
      columns.set("cell_id", texts((row) => data.cell.names[data.cell.of[row]]));
    }
    const values = await predictor.predict(rows);
    await writeValueTable(out, { ids: texts((row) => data.rowNames[row]), columns, names, values });
    return { rows: rows.length, columns: names.length };
  });
}

/**
 * Writes the figures of a run's or a study's page as SVG and PNG files of their own.
 *
 * @returns their names without ending.
 * @throws {UserError} when the folder has no page, or its page no figure.
 * @example
 * ```ts
 * await exportFigures("runs/csg2a-skbr3", "figures");
 * ```
 */
export async function exportFigures(folder: string, out: string): Promise<string[]> {
  const pages = ["report.html", "study.html"];
  const found = await Promise.all(
    pages.map((page) => system.readTextFile(`${folder}/${page}`).catch(() => undefined)),
  );
  const figures = new Map<string, string>(), taken = new Set<string>();
  // Those of the page itself; charts of studies lie beside it as files.
  for (const page of found.filter((text) => text !== undefined)) {
    for (const [svg, label] of page.matchAll(/<svg [^>]*aria-label="([^"]*)"[\s\S]*?<\/svg>/g)) {
      figures.set(freeName(label, taken), standalone(new Markup(svg)));
    }
  }
  for await (const { name } of readFolder(`${folder}/figures`)) {
    if (!name.endsWith(".svg")) continue;
    figures.set(name.slice(0, -".svg".length), await system.readTextFile(`${folder}/figures/${name}`));
  }
  if (figures.size === 0) {
    throw new UserError(
      `${folder}: found no figure in ${
        pages.join(" or ")
      } nor in figures/, expected the folder of a finished run or study.`,
    );
  }
  const pngs = await renderPngs([...figures.values()]);
  await system.mkdir(out, { recursive: true });
  for (const [at, [name, svg]] of [...figures].entries()) {
    await writeFileAtomic(`${out}/${name}.svg`, svg.trimEnd() + "\n");
    await writeFileAtomic(`${out}/${name}.png`, pngs[at]);
  }
  return [...figures.keys()];
}

async function* readFolder(path: string): AsyncGenerator<FolderEntry> {
  try {
    yield* system.readDir(path);
  } catch (error) {
    if (!(error instanceof system.errors.NotFound)) throw error;
  }
}
