import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { findColumn } from "../readers/column_names.ts";
import { listNames } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { normalisedName } from "./read_targets.ts";

/** What else the drugs of a graph are known by. */
export interface DrugIds {
  /** First block of an InChIKey -> DrugBank id. */
  readonly byInchiKey: ReadonlyMap<string, string>;
  /** Name or synonym, as \`normalisedName\` writes it -> DrugBank id. */
  readonly byName: ReadonlyMap<string, string>;
}

/**
 * Reads a table of DrugBank ids with InChIKeys and synonyms, such as DrugBank's open vocabulary (\`DrugBank ID\`, \`Common name\`,
 * \`Synonyms\` with | between them, \`Standard InChI Key\`).
 *
 * @throws {UserError} when the file is missing or faulty; an id twice is refused with both rows.
 */
export async function readDrugIds(path: string): Promise<DrugIds> {
  const byInchiKey = new Map<string, string>(), byName = new Map<string, string>();
  const rows = new Map<string, number>();
  let id = -1, key = -1, name = -1, synonyms = -1;
  await readCsv(path, {
    header(columns) {
      id = findColumn(columns, ["drugbank_id", "drugbank id"]);
      key = findColumn(columns, ["inchikey", "standard inchi key", "inchi_key"]);
      name = findColumn(columns, ["name", "common name"]);
      synonyms = findColumn(columns, ["synonyms"]);
      if (id >= 0 && (key >= 0 || name >= 0)) return;
      throw new UserError(
        `${path}, header: found the columns ${
          listNames(columns, 8)
        }, expected "DrugBank ID" and "Standard InChI Key" or "Common name".`,
      );
    },
    row(cells, place) {
      const own = cells[id].trim();
      const earlier = rows.get(own);
      if (own === "" || earlier !== undefined) {
        throw new RowError(
          `${placeText(place)}: found the DrugBank id ${quoteValue(own)}${
            earlier === undefined ? "" : ` again (row ${earlier} has it too)`
          }, expected every drug once with its id.`,
        );
      }
      rows.set(own, place.row);
      const [block] = key < 0 ? [""] : cells[key].trim().split("-");
      if (block !== "" && !byInchiKey.has(block)) byInchiKey.set(block, own);
      const names = [name < 0 ? "" : cells[name], ...(synonyms < 0 ? "" : cells[synonyms]).split("|")];
      for (const text of names.map(normalisedName)) {
        if (text !== "" && !byName.has(text)) byName.set(text, own);
      }
    },
  });
  return { byInchiKey, byName };
}
