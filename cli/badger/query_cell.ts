import { join } from "node:path";
import { badgerFileNames } from "../../datasets/badger/badger_files.ts";
import { embedCell } from "../../datasets/badger/cell_similarity.ts";
import { readFeatureTable } from "../../datasets/badger/read_feature_table.ts";
import { readGeneValues } from "../../datasets/badger/read_gene_values.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import { closestName } from "../../datasets/readers/closest_name.ts";
import { listNames } from "../../datasets/readers/named_columns.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import { UsageError } from "../usage_error.ts";
import { withBadgerFolder } from "./prepare_ranking_run.ts";

/** A cell line to predict for. */
export interface QueryCell {
  readonly name: string;
  /** Absent for models that know cell lines by name alone. */
  readonly vector?: Float32Array<ArrayBuffer>;
}

/** Which cell line: one of the folder's by name, or a new one by its profile. */
export interface CellChoice {
  readonly cell?: string;
  /** File of `gene` and `value`: the control profile of a new cell line. */
  readonly profile?: string;
}

/**
 * The cell line that a user asked for, with the vector that the run's model takes.
 *
 * @throws {UserError} for an unknown cell line, a profile that lacks genes, or a model that cannot take a new cell line.
 */
export async function queryCell(
  config: RankingRunConfig,
  data: BadgerData,
  { cell, profile }: CellChoice,
): Promise<QueryCell> {
  if ((cell === undefined) === (profile === undefined)) {
    throw new UsageError("Which cell line? Give either --cell NAME or, for a new one, --profile FILE.");
  }
  const { family } = config.model;
  const byName = family === "deepce" || family === "ciger";
  if (byName) {
    if (cell === undefined) {
      throw new UserError(
        `${family} knows cell lines by name alone, so it cannot take a new one; use --cell NAME.`,
      );
    }
    if (!data.cells.includes(cell)) throw unknownCell(cell, data.cells, data.folder);
    return { name: cell };
  }
  return await withBadgerFolder(config, async (folder) => {
    const kind = config.reading.cellVectors === "scgpt" ? "scgpt" : "similarity";
    const table = await readFeatureTable(join(folder, badgerFileNames[kind]), { rowsAre: "cell line" });
    if (cell !== undefined) {
      const row = table.names.indexOf(cell);
      if (row < 0) throw unknownCell(cell, table.names, table.file);
      return { name: cell, vector: table.values.slice(row * table.width, (row + 1) * table.width) };
    }
    const path = join(folder, badgerFileNames.controls);
    if (kind === "scgpt" || !await Deno.stat(path).then(() => true, () => false)) {
      throw new UserError(
        `${path}: not there, expected the control profiles by which a new cell line is embedded; prepare the folder with ` +
          "--controls FILE, or choose a known cell line with --cell NAME.",
      );
    }
    const controls = await readFeatureTable(path, { rowsAre: "cell line" });
    const vector = embedCell(await readGeneValues(profile!), controls, table.columns ?? table.names);
    return { name: `the cell line of ${profile}`, vector };
  });
}

function unknownCell(cell: string, known: readonly string[], from: string): UserError {
  const near = closestName(cell, known);
  return new UserError(
    `There is no cell line "${cell}" in ${from}, expected one of ${listNames(known, 8)}; ` +
      (near === undefined
        ? "check the name, or give a profile with --profile FILE."
        : `did you mean ${near}?`),
  );
}
