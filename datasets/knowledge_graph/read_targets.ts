import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/** Which genes a drug is known to act on. */
export interface DrugTargetTable {
  readonly file: string;
  /** Name of a drug as \`normalisedName\` writes it -> gene symbols. */
  readonly genesOf: ReadonlyMap<string, readonly string[]>;
}

/** A name by which two spellings of one drug meet: small letters and digits alone. */
export function normalisedName(name: string): string {
  return name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "");
}

/**
 * Reads known targets: the table of the Drug Repurposing Hub (tabs, remarks that begin with !, several genes a line, none for some
 * drugs), or a CSV of a drug and a gene a line.
 *
 * @throws {UserError} when the file is missing or faulty, or names no target.
 */
export async function readTargets(path: string): Promise<DrugTargetTable> {
  const found = new Map<string, Set<string>>();
  let drug = 0, target = 0, isHub = false;
  await readCsv(path, {
    header(columns) {
      drug = requireColumn(path, columns, "drug", "pert_iname", "name");
      target = requireColumn(path, columns, "gene", "target", "targets");
      isHub = columns.includes("moa");
    },
    row(cells, place) {
      const name = cells[drug].trim(), symbols = cells[target].trim();
      if (symbols === "" && isHub) return;
      if (name === "" || symbols === "") {
        throw new RowError(
          `${placeText(place)}: found the drug ${quoteValue(name)} and the gene ${
            quoteValue(symbols)
          }, expected both; remove the row.`,
        );
      }
      const key = normalisedName(name);
      if (key === "") return;
      const known = found.get(key) ?? new Set();
      for (const gene of symbols.split("|")) if (gene.trim() !== "") known.add(gene.trim());
      found.set(key, known);
    },
  });
  const genesOf = new Map(
    [...found].filter(([, genes]) => genes.size > 0).map(([drug, genes]) => [drug, [...genes]]),
  );
  if (genesOf.size === 0) {
    throw new UserError(`${path}: found no drug with a target, expected at least one; check the columns.`);
  }
  return { file: path, genesOf };
}
