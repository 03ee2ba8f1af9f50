import { basename } from "node:path";
import { cellIdentity, readCellAliases } from "../../identity/cell_identity.ts";
import { closestName } from "../../readers/closest_name.ts";
import { listNames } from "../../readers/named_columns.ts";
import { quoteValue } from "../../readers/quote_value.ts";
import { UserError } from "../../user_error.ts";
import type { QueryRequest } from "../layout.ts";

/** Tells cell lines apart as the data of a run do. @param names of its cell lines. @param source its folder; the simulator has no aliases. */
export async function cellIdentityOf(
  source: string,
  names: readonly string[],
): Promise<(name: string) => string> {
  return cellIdentity(await readCellAliases(source), names);
}

/** The refusal of a cell line that is not there. */
export function unknownCell(cell: string, known: readonly string[], from: string): UserError {
  const near = closestName(cell, known);
  return new UserError(
    `There is no cell line ${quoteValue(cell)} in ${from}, expected one of ${listNames(known, 8)}; ` +
      (near === undefined
        ? "check the name, or give a profile with --profile FILE."
        : `did you mean ${near}?`),
  );
}

/** What to call the cell line of a profile file. */
export function cellOfProfile(path: string): string {
  return basename(path).replace(/\.[^.]*$/, "");
}

/** @throws {UserError} when a cell line is asked for in more than one way. */
export function requireOneCell({ file, grid, cell, profile }: QueryRequest): void {
  if ((file === undefined) === (grid === undefined)) {
    throw new UserError("What is to be predicted? Give either a file of conditions or drugs for a grid.");
  }
  if (cell !== undefined && profile !== undefined) {
    throw new UserError("Which cell line? Give either --cell NAME or, for a new one, --profile FILE.");
  }
  if (grid && (cell !== undefined || profile !== undefined) === grid.cells.length > 0) {
    throw new UserError(
      "Which cell lines? A grid needs names (--cells A,B), or one --cell NAME or --profile FILE, and not both.",
    );
  }
}
