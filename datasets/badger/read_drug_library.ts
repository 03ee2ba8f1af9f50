import type { Chemistry } from "../molecules/chemistry.ts";
import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { smilesCell } from "../readers/cell_readers.ts";
import { drugIdNames, drugNameNames, findColumn, smilesNames } from "../readers/column_names.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/** A drug to be screened. */
export interface LibraryDrug {
  /** The SMILES where the library has no name. */
  readonly name: string;
  /** As written. */
  readonly smiles: string;
}

/**
 * Reads a library of drugs: `smiles` (or `canonical_smiles`), and a name from `name`, `pert_iname` or `pert_id` where there;
 * other columns are ignored.
 *
 * @param chemistry absent: structures are taken as they stand, for a query that names all bad ones at once.
 * @param skipBad leave out rows without a structure that RDKit takes, and say so in `skipped`.
 * @throws {UserError} when the file is missing or faulty, or a row has no usable SMILES: file and row are named.
 */
export async function readDrugLibrary(
  path: string,
  chemistry: Chemistry | undefined,
  skipBad = false,
): Promise<{ drugs: LibraryDrug[]; skipped: string[] }> {
  const drugs: LibraryDrug[] = [], skipped: string[] = [];
  let column = 0, nameColumn = -1;
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      column = requireColumn(path, columns, "smiles", ...smilesNames);
      nameColumn = findColumn(columns, ["name", ...drugNameNames, ...drugIdNames]);
    },
    row(cells, place) {
      try {
        const smiles = chemistry ? smilesCell(cells[column], "smiles", place) : cells[column].trim();
        const fault = chemistry?.fault(smiles);
        if (fault !== undefined) {
          throw new RowError(
            `${placeText(place)}: found ${
              quoteValue(smiles)
            }, which cannot be parsed (${fault}), expected a SMILES; mend ` +
              "or remove the row.",
          );
        }
        drugs.push({ smiles, name: (nameColumn < 0 ? "" : cells[nameColumn].trim()) || smiles });
      } catch (error) {
        if (!skipBad || !(error instanceof RowError)) throw error;
        skipped.push(error.message);
      }
    },
  });
  if (drugs.length === 0) {
    throw new UserError(`${path}: found no drug with a structure, expected at least one.`);
  }
  return { drugs, skipped };
}
