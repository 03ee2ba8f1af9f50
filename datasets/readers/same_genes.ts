import { geneFinder, suggestedGene } from "../identity/gene_identity.ts";
import { withColumns } from "../matrix.ts";
import { isEnsembl } from "./gene_header.ts";
import type { ExpressionTable } from "../types.ts";
import { UserError } from "../user_error.ts";
import { listNames } from "./named_columns.ts";

/** Which genes two tables are read with: both the same, or those that both have. */
export type GeneChoice = "same" | "intersection";

/** Two tables of one list of genes. */
export interface TablesOfOneGeneList {
  readonly first: ExpressionTable;
  readonly second: ExpressionTable;
  /** What was put right. */
  readonly notes: readonly string[];
}

/**
 * Both tables with the genes of the first, in its order; with `intersection` those that the second has too. Genes are found whatever
 * their order and capitals, and by any symbol of theirs.
 *
 * @throws {UserError} where the genes differ, or nothing is common to both.
 */
export function sameGenes(
  first: ExpressionTable,
  second: ExpressionTable,
  choice: GeneChoice = "same",
): TablesOfOneGeneList {
  const find = geneFinder(second.genes);
  const matches = first.genes.map(find);
  const kept = [...first.genes.keys()].filter((gene) => matches[gene] !== undefined);
  const missing = first.genes.filter((_, gene) => matches[gene] === undefined);
  const met = new Set(matches.map((match) => match?.at));
  const extra = second.genes.filter((_, gene) => !met.has(gene));
  if (choice === "same" && missing.length + extra.length > 0) {
    throw differentGenes(first, second, missing, extra);
  }
  if (kept.length === 0) {
    throw new UserError(
      `${second.file}: none of its ${second.genes.length} genes (${
        listNames(second.genes, 3)
      }) is among those of ${first.file} ` +
        `(${listNames(first.genes, 3)}), expected the same genes; give files of one kind of gene names.`,
    );
  }
  const genes = kept.map((gene) => first.genes[gene]);
  const order = kept.map((gene) => matches[gene]!.at);
  const respelled = kept.filter((gene) => matches[gene]!.by !== "name");
  const moved = order.some((at, place) => at !== place) && extra.length + missing.length === 0;
  return {
    first: columnsOf(first, kept, genes),
    second: columnsOf(second, order, genes),
    notes: [
      ...(moved
        ? [
          `${second.file}: its genes stand in another order than in ${first.file} and were put in that one's.`,
        ]
        : []),
      ...(missing.length + extra.length > 0
        ? [
          `${kept.length} genes are in both files; left out are ${missing.length} of ${first.file} and ${extra.length} of ` +
          `${second.file} (${listNames([...missing, ...extra], 3)}).`,
        ]
        : []),
      ...(respelled.length > 0
        ? [
          `${second.file}: ${respelled.length} genes are written otherwise than in ${first.file} (${
            respelled.slice(0, 3).map((gene) => `${second.genes[matches[gene]!.at]} is ${first.genes[gene]}`)
              .join(", ")
          }).`,
        ]
        : []),
    ],
  };
}

function differentGenes(
  first: ExpressionTable,
  second: ExpressionTable,
  missing: readonly string[],
  extra: readonly string[],
): UserError {
  const near = missing.length > 0 ? suggestedGene(missing[0], extra) : undefined;
  const parts = [
    ...(missing.length > 0
      ? [`${missing.length} of ${first.file} are missing (${listNames(missing, 3)})`]
      : []),
    ...(extra.length > 0 ? [`${extra.length} are not in that file (${listNames(extra, 3)})`] : []),
  ];
  return new UserError(
    `${second.file}, header: ${second.genes.length} genes, expected the ${first.genes.length} of ${first.file} in any order: ` +
      `${parts.join(", ")}.` +
      (isEnsembl(missing[0] ?? "") !== isEnsembl(extra[0] ?? "") ? " One file has Ensembl ids." : "") +
      (near !== undefined && extra.includes(near) ? ` Is ${near} ${missing[0]}?` : "") +
      " Rename them, or keep what both have with --genes intersection.",
  );
}

/** Some columns of a table under new names. */
function columnsOf(
  table: ExpressionTable,
  columns: readonly number[],
  genes: readonly string[],
): ExpressionTable {
  return { ...table, genes, values: withColumns(table.values, columns) };
}
