import { otherColumnsNote, rowNameColumn } from "./row_name_columns.ts";
import { tableGenes } from "./table_genes.ts";
import { UserError } from "../user_error.ts";

/** Columns of a table whose first one names the rows that hold genes. */
export interface GeneColumns {
  /** Column of each gene. */
  readonly columnOf: readonly number[];
  readonly genes: readonly string[];
  /** What was put right or left out. */
  readonly notes: readonly string[];
}

/**
 * The genes of a table whose first column names its rows; what is no gene by its name (`batch`, further ids) is left out.
 *
 * @throws {UserError} where no gene is left, or as `geneHeader` does.
 */
export function geneColumns(file: string, header: readonly string[]): GeneColumns {
  const kinds = header.map(rowNameColumn);
  const columnOf = [...header.keys()].slice(1).filter((at) => kinds[at] === "no" || kinds[at] === "perhaps");
  if (columnOf.length === 0) {
    throw new UserError(
      `${file}, header: found no gene among ${header.length} columns, expected names of rows and one column a gene; export it again.`,
    );
  }
  const { genes, notes } = tableGenes(file, columnOf.map((at) => header[at]));
  const others = header.filter((_, at) => at > 0 && !columnOf.includes(at));
  return {
    columnOf,
    genes,
    notes: [...notes, ...otherColumnsNote(file, others)],
  };
}
