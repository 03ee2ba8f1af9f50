import type { Key } from "../dataset.ts";
import { readCsv } from "../readers/csv.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { identified, type MatchOptions } from "./row_matcher.ts";

/** Drugs by what they act on. */
export interface Mechanisms {
  /** Identity of a drug -> its cluster; drugs that the file says nothing of are absent. */
  readonly clusters: ReadonlyMap<string, string>;
  /** How many drugs and clusters, in a sentence. */
  readonly note: string;
}

/** What files write for nothing. */
const unknown = new Set(["", "unknown", "na", "n/a", "nan", "none", "-"]);

/**
 * Reads a table of mechanisms or targets: a drug by its name, identity or SMILES in a column `drug`, `name`, `drug_name`, `pert_iname` or
 * `smiles`, and what it acts on in `moa`, `mechanism`, `target` or `targets` (the first of these that is there), several parted by `|` or
 * `;`, targets by commas too; several lines a drug allowed.
 *
 * Drugs that share a term are in one cluster, and so are those that are linked through others: clusters are to be independent of one
 * another, and a drug with two mechanisms shares noise with the drugs of both. A long list of targets may so link most drugs; then
 * there are few clusters and wide intervals, never short ones. A cluster is called by its commonest term.
 *
 * @param drugs of the data.
 * @throws {UserError} when the file cannot be read, lacks a column, or tells of none of the drugs.
 *
 * @example
 * ```ts
 * import { type Dataset, readMechanisms } from "perturbine/datasets";
 * declare const data: Dataset;
 * const { clusters, note } = await readMechanisms("mechanisms.csv", data.drug);
 * ```
 */
export async function readMechanisms(
  path: string,
  drugs: Key,
  options: MatchOptions = {},
): Promise<Mechanisms> {
  const termsOf = await readTerms(path, drugs, options);
  const clusters = linked(termsOf);
  const labels = new Map<string, string>();
  for (const units of clusters) {
    const label = commonest(units.flatMap((unit) => [...termsOf.get(unit)!]));
    for (const unit of units) labels.set(drugs.ids[unit], label);
  }
  return {
    clusters: labels,
    note:
      `Mechanisms are known of ${labels.size} of ${drugs.ids.length} drugs and put them into ${clusters.length} ` +
      `cluster${clusters.length === 1 ? "" : "s"}, the largest of ${
        Math.max(0, ...clusters.map(({ length }) => length))
      }; every other drug is one of its own.`,
  };
}

/** Drugs that are linked by terms, in order of first appearance. */
function linked(termsOf: ReadonlyMap<number, ReadonlySet<string>>): number[][] {
  const drugsOf = new Map<string, number[]>();
  for (const [unit, terms] of termsOf) {
    for (const term of terms) drugsOf.set(term, [...drugsOf.get(term) ?? [], unit]);
  }
  const seen = new Set<number>(), clusters: number[][] = [];
  for (const first of termsOf.keys()) {
    if (seen.has(first)) continue;
    const cluster = [first];
    seen.add(first);
    for (const unit of cluster) {
      for (const other of [...termsOf.get(unit)!].flatMap((term) => drugsOf.get(term)!)) {
        if (seen.has(other)) continue;
        seen.add(other);
        cluster.push(other);
      }
    }
    clusters.push(cluster);
  }
  return clusters;
}

function commonest(terms: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return [...counts].reduce((best, entry) => entry[1] > best[1] ? entry : best)[0];
}

/**
 * What each drug acts on by such a table: number of the drug -> its terms; drugs that the file says nothing of are absent.
 *
 * @throws {UserError} as {@link readMechanisms}.
 */
export async function readTerms(
  path: string,
  drugs: Key,
  options: MatchOptions = {},
): Promise<Map<number, Set<string>>> {
  const termsOf = new Map<number, Set<string>>();
  const unitsOf = Map.groupBy(
    [
      ...drugs.ids.flatMap((id, unit) => [[id, unit], [drugs.names[unit].toLowerCase(), unit]] as const),
      ...drugs.known ?? [],
    ],
    ([text]) => text,
  );
  let drug = 0, terms = 0, header = "", separator = /[|;]/;
  await readCsv(path, {
    unnamedFirst: true,
    header(columns) {
      drug = requireColumn(path, columns, "drug", "name", "drug_name", "pert_iname", "smiles");
      header = columns[drug];
      terms = requireColumn(path, columns, "moa", "mechanism", "target", "targets");
      // A mechanism in words may hold a comma; the name of a target does not.
      separator = /^targets?$/i.test(columns[terms]) ? /[|;,]/ : /[|;]/;
    },
    row(cells) {
      const text = cells[drug].trim();
      const found = unitsOf.get(text) ?? unitsOf.get(text.toLowerCase()) ??
        unitsOf.get(identified(text, options));
      const parts = cells[terms].split(separator).map((part) => part.trim())
        .filter((part) => !unknown.has(part.toLowerCase()));
      for (const [, unit] of found ?? []) {
        const all = termsOf.get(unit) ?? new Set();
        parts.forEach((part) => all.add(part));
        if (all.size > 0) termsOf.set(unit, all);
      }
    },
  });
  if (termsOf.size === 0) {
    throw new UserError(
      `${path}: found a mechanism or target of none of the ${drugs.ids.length} drugs of the data, such as ${
        quoteValue(drugs.names[0])
      } or ${
        quoteValue(drugs.ids[0])
      }; expected their names, identities or SMILES in the column "${header}".`,
    );
  }
  return termsOf;
}
