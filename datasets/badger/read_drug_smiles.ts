import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";

/** A drug's SMILES and where it stands. */
export interface DrugSmiles {
  /** As written; empty where the file has none. */
  readonly smiles: string;
  /** 1 for the first row below the header. */
  readonly row: number;
}

/**
 * Reads the table of structures: `pert_id` and `smiles` (or `canonical_smiles`); other columns are ignored.
 *
 * @throws {UserError} when the file is missing or faulty, or gives a drug two different structures.
 */
export async function readDrugSmiles(path: string): Promise<Map<string, DrugSmiles>> {
  const drugs = new Map<string, DrugSmiles>();
  let id = 0, column = 0;
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      id = columns[0] === "" ? 0 : requireColumn(path, columns, "pert_id");
      column = requireColumn(path, columns, "smiles", "canonical_smiles");
    },
    row(cells, place) {
      const name = cells[id].trim(), smiles = cells[column].trim();
      const earlier = drugs.get(name);
      if (earlier !== undefined && earlier.smiles !== smiles) {
        throw new RowError(
          `${placeText(place)}: found the drug ${
            quoteValue(name)
          } with another SMILES than in row ${earlier.row}, ` +
            "expected one structure a drug; remove one of them.",
        );
      }
      if (!earlier) drugs.set(name, { smiles, row: place.row });
    },
  });
  return drugs;
}
