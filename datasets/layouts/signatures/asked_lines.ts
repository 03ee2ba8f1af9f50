import { embedCell } from "../../badger/cell_similarity.ts";
import { readGeneValues } from "../../badger/read_gene_values.ts";
import type { BadgerData, FeatureTable } from "../../badger/types.ts";
import type { Dataset } from "../../dataset.ts";
import { UserError } from "../../user_error.ts";
import { cellOfProfile, unknownCell } from "../common/asked_cell.ts";
import type { SignatureSettings } from "./settings.ts";

/** A cell line to predict for. */
export interface AskedLine {
  /** As the run's lists write it, where they have it. */
  readonly name: string;
  /** Absent for models that know cell lines by name alone. */
  readonly vector?: Float32Array;
}

/**
 * A cell line by its name: one of the run's data, or any other that the table of cell vectors has.
 *
 * @param of identity of cell lines.
 * @throws {UserError} for one that neither has.
 */
export function namedLine(
  name: string,
  { inputs, source }: Dataset<BadgerData>,
  of: (name: string) => string,
): AskedLine {
  const { cellTable } = inputs;
  const known = inputs.cells.find((own) => of(own) === of(name));
  if (!cellTable) {
    if (known === undefined) throw unknownCell(name, inputs.cells, source);
    return { name: known };
  }
  const row = cellTable.names.findIndex((own) =>
    own === known || (known === undefined && of(own) === of(name))
  );
  if (row < 0) throw unknownCell(name, cellTable.names, cellTable.file);
  return { name: known ?? cellTable.names[row], vector: rowOf(cellTable, row) };
}

/**
 * A cell line that the run's data do not have, embedded by its control profile.
 *
 * @throws {UserError} when the run's models know cell lines by name alone, or the folder has no control profiles to compare with.
 */
export async function profiledLine(
  path: string,
  { inputs, source }: Dataset<BadgerData>,
  { cellVectors }: Pick<SignatureSettings, "cellVectors">,
): Promise<AskedLine> {
  const { cellTable, controls } = inputs;
  if (!cellTable) {
    throw new UserError(
      `${path}: the run has no cell vectors (${cellVectors}) and knows cell lines by name alone, so it cannot take a new one; use ` +
        "--cell NAME.",
    );
  }
  if (!controls) {
    throw new UserError(
      `${source}: has no cell_ctl_exp.csv for its ${cellVectors} vectors, expected the control profiles by which a new cell line ` +
        "is embedded; prepare the folder with --controls FILE, or choose a known cell line with --cell NAME.",
    );
  }
  const vector = embedCell(await readGeneValues(path), controls, cellTable.columns ?? cellTable.names);
  return { name: cellOfProfile(path), vector };
}

function rowOf({ values, width }: FeatureTable, row: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width);
}
