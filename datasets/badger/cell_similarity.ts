import { averageRanks, pearsonPooled } from "../metrics/metrics.ts";
import { UserError } from "../user_error.ts";
import { byCodePoint } from "./code_point_order.ts";
import type { FeatureTable } from "./types.ts";

/**
 * Embedding of cell lines: Spearman correlation of each profile with each reference profile (badger.md 4.8).
 *
 * @param profiles profiles x genes. @param references references x genes.
 * @returns profiles x references.
 */
export function embedProfiles(
  profiles: Float32Array,
  references: Float32Array,
  genes: number,
): Float32Array<ArrayBuffer> {
  // Ranked once a profile: Spearman is the Pearson correlation of ranks.
  const ranks = (values: Float32Array) =>
    Array.from(
      { length: values.length / genes },
      (_, row) => averageRanks(values.subarray(row * genes, (row + 1) * genes)),
    );
  const asked = ranks(profiles), known = ranks(references);
  const embedding = new Float32Array(asked.length * known.length);
  asked.forEach((profile, row) => {
    known.forEach((reference, column) => {
      embedding[row * known.length + column] = pearsonPooled(profile, reference);
    });
  });
  return embedding;
}

/**
 * The similarity table of control profiles: one row and one column a cell line, both in code-point order.
 *
 * @param controls one profile a cell line, columns are genes.
 */
export function cellSimilarity(controls: FeatureTable): FeatureTable {
  const names = [...controls.names].sort(byCodePoint);
  const rowOf = new Map(controls.names.map((name, row) => [name, row]));
  const { width } = controls;
  const sorted = new Float32Array(controls.values.length);
  names.forEach((name, place) => {
    const row = rowOf.get(name)!;
    sorted.set(controls.values.subarray(row * width, (row + 1) * width), place * width);
  });
  return {
    file: controls.file,
    names,
    columns: names,
    width: names.length,
    values: embedProfiles(sorted, sorted, width),
  };
}

/**
 * The vector of a cell line that the table does not have, from its control profile alone.
 *
 * @param profile value of each gene.
 * @param controls the reference profiles.
 * @param columns cell lines of the vector, in the order the model was trained with (the columns of the similarity table).
 * @throws {UserError} when the profile lacks a gene of the references, or a reference of `columns` is absent.
 */
export function embedCell(
  profile: ReadonlyMap<string, number>,
  controls: FeatureTable,
  columns: readonly string[],
): Float32Array<ArrayBuffer> {
  const genes = controls.columns ?? [];
  const missing = genes.filter((gene) => !profile.has(gene));
  if (missing.length > 0) {
    throw new UserError(
      `The profile of the new cell line lacks ${missing.length} of the ${genes.length} genes of ${controls.file}, the first ` +
        `${missing[0]}; expected a value for each of them.`,
    );
  }
  const rowOf = new Map(controls.names.map((name, row) => [name, row]));
  const absent = columns.find((name) => !rowOf.has(name));
  if (absent !== undefined) {
    throw new UserError(
      `${controls.file}: no control profile for the cell line ${absent}, a column of the cell vectors; expected one for each ` +
        `of the ${columns.length} columns.`,
    );
  }
  const { width } = controls;
  const references = new Float32Array(columns.length * width);
  columns.forEach((name, place) => {
    const row = rowOf.get(name)!;
    references.set(controls.values.subarray(row * width, (row + 1) * width), place * width);
  });
  return embedProfiles(Float32Array.from(genes, (gene) => profile.get(gene)!), references, width);
}
