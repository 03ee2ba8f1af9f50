import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { drugIdNames, drugNameNames, findColumn, smilesNames } from "../readers/column_names.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { isNoName } from "../readers/missing.ts";
import { quoteValue } from "../readers/quote_value.ts";

/** A drug's SMILES and where it stands. */
export interface DrugSmiles {
  /** As written; empty where the file has none. */
  readonly smiles: string;
  /** `pert_iname` where the file has it, else the id: several ids may be batches of one drug. */
  readonly name: string;
  /** 1 for the first row below the header. */
  readonly row: number;
}

/**
 * Reads the table of structures: `pert_id`, `smiles` (or `canonical_smiles`) and, where there, `pert_iname`; other columns are
 * ignored.
 *
 * @throws {UserError} when the file is missing or faulty, or gives a drug two different structures.
 */
export async function readDrugSmiles(path: string): Promise<Map<string, DrugSmiles>> {
  const drugs = new Map<string, DrugSmiles>();
  let id = 0, column = 0, nameColumn = -1;
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      id = columns[0] === "" ? 0 : requireColumn(path, columns, ...drugIdNames);
      column = requireColumn(path, columns, "smiles", ...smilesNames);
      nameColumn = findColumn(columns, drugNameNames);
    },
    row(cells, place) {
      const drug = cells[id].trim(), smiles = isNoName(cells[column]) ? "" : cells[column].trim();
      const earlier = drugs.get(drug);
      if (earlier !== undefined && earlier.smiles !== smiles) {
        throw new RowError(
          `${placeText(place)}: found the drug ${
            quoteValue(drug)
          } with another SMILES than in row ${earlier.row}, ` +
            "expected one structure a drug; remove one of them.",
        );
      }
      if (earlier) return;
      const name = nameColumn < 0 ? "" : cells[nameColumn].trim();
      drugs.set(drug, { smiles, name: name || drug, row: place.row });
    },
  });
  return drugs;
}
