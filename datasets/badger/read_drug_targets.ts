import { readCsv } from "../readers/csv.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { byCodePoint } from "./code_point_order.ts";

/** The name of the pathway of a drug whose targets lie in none. */
export const unknownPathway = "UNKNOWN";

/** The table of drug targets: which pathways each drug acts in. */
export interface DrugTargets {
  /** For messages. */
  readonly file: string;
  /** Distinct names, sorted, `UNKNOWN` among them where the file has it or an empty cell. */
  readonly names: readonly string[];
  /** Distinct pathway names of each drug of the file. */
  readonly ofDrug: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Reads `pert_id` (which repeats) and `pathway` (which may be empty: UNKNOWN); other columns are ignored (badger.md 4.1).
 *
 * @throws {UserError} when the file is missing or faulty.
 */
export async function readDrugTargets(path: string): Promise<DrugTargets> {
  const ofDrug = new Map<string, Set<string>>();
  const names = new Set<string>();
  let id = 0, column = 0;
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      id = columns[0] === "" ? 0 : requireColumn(path, columns, "pert_id");
      column = requireColumn(path, columns, "pathway");
    },
    row(cells) {
      const drug = cells[id].trim(), pathway = cells[column].trim() || unknownPathway;
      names.add(pathway);
      const known = ofDrug.get(drug);
      if (known) known.add(pathway);
      else ofDrug.set(drug, new Set([pathway]));
    },
  });
  return { file: path, names: [...names].sort(byCodePoint), ofDrug };
}
