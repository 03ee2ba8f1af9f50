import { listNames } from "../readers/named_columns.ts";
import { UserError } from "../user_error.ts";
import { pickRows } from "./feature_tables.ts";
import { type DrugTargets, unknownPathway } from "./read_drug_targets.ts";
import type { FeatureTable, PathwayLabels } from "./types.ts";

/**
 * Which name loses its label column: `released` drops the last one in sorted order, on the assumption that it is UNKNOWN
 * (a name after it, starting with W for one, loses its pathway instead); `unknown` drops UNKNOWN alone.
 */
export type LastPathway = "released" | "unknown";

/**
 * Pathway labels of drugs (badger.md 4.5): 1 for each of a drug's pathways; drugs that are not listed are all zero.
 *
 * @param table start values of the pathway table, when there are any.
 * @throws {UserError} when the rows of `table` are not the names of the labels.
 */
export function pathwayLabels(
  targets: DrugTargets,
  drugs: readonly string[],
  lastPathway: LastPathway,
  table?: FeatureTable,
): PathwayLabels {
  const dropped = lastPathway === "released"
    ? targets.names.at(-1)
    : targets.names.find((name) => name === unknownPathway);
  const names = targets.names.filter((name) => name !== dropped);
  const labels = new Uint8Array(drugs.length * names.length);
  drugs.forEach((drug, row) => {
    for (const pathway of targets.ofDrug.get(drug) ?? []) {
      const column = names.indexOf(pathway);
      // UNKNOWN beside another pathway says nothing; alone it is the column that is dropped.
      if (column < 0 || pathway === unknownPathway) continue;
      labels[row * names.length + column] = 1;
    }
  });
  // A drug of UNKNOWN alone keeps it where the release leaves that column in.
  const unknown = names.indexOf(unknownPathway);
  if (unknown >= 0) {
    drugs.forEach((drug, row) => {
      const own = targets.ofDrug.get(drug);
      if (own?.size === 1 && own.has(unknownPathway)) labels[row * names.length + unknown] = 1;
    });
  }
  return {
    file: targets.file,
    names,
    ...(dropped === undefined ? {} : { dropped }),
    labels,
    ...(table ? { table: matchTable(table, names, targets.file) } : {}),
  };
}

function matchTable(table: FeatureTable, names: readonly string[], from: string): FeatureTable {
  const known = new Set(names);
  const row = table.names.findIndex((name) => !known.has(name));
  if (row >= 0) {
    const extra = table.names.filter((name) => !known.has(name));
    throw new UserError(
      `${table.file}, row ${row + 1}: found ${
        listNames(extra)
      }, expected the ${names.length} pathways of the labels in ` +
        `${from} and no other (${table.names.length} rows found); give the table and the labels of the same pathways, ` +
        "or change which name is dropped from the labels (--last-pathway).",
    );
  }
  return pickRows(table, names, "pathway", from);
}
