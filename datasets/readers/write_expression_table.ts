import { fileKind } from "../../host/file_kind.ts";
import { piecesOf, valuesOf, withColumns } from "../matrix.ts";
import type { ExpressionTable } from "../types.ts";
import { csvLine } from "./csv_line.ts";
import { float32Text } from "./float32_text.ts";
import { quoteValue } from "./quote_value.ts";
import { rowNameColumn } from "./row_name_columns.ts";
import { isStoredTable, writeStoredTable } from "./stored_table.ts";
import { tableGenes } from "./table_genes.ts";
import { UserError } from "../user_error.ts";
import { writeFileAtomic } from "./write_file_atomic.ts";

/** A table to write: what `ExpressionTable` holds, without the file it came from. */
export type WritableExpressionTable = Pick<ExpressionTable, "genes" | "values">;

function* lines({ genes, values }: WritableExpressionTable): Generator<string> {
  yield csvLine(genes);
  for (const piece of piecesOf(values)) {
    for (let at = 0; at < piece.length; at += genes.length) {
      yield Array.from(piece.subarray(at, at + genes.length), float32Text).join(",") + "\n";
    }
  }
}

/** The first gene that `readExpressionTable` would take for something else: row names, a date, an id, another text. */
function unreadableGene(path: string, { genes, values }: WritableExpressionTable): string | undefined {
  const kinds = genes.map(rowNameColumn);
  const countsRows = (gene: number) => {
    const column = valuesOf(withColumns(values, [gene]));
    return [0, 1].some((start) => column.every((value, row) => value === row + start));
  };
  const sure = kinds.includes("no");
  const rowName = kinds.findIndex((kind, gene) =>
    kind === "yes" || kind === "other" || (kind === "perhaps" && sure && countsRows(gene))
  );
  if (rowName >= 0) return genes[rowName];
  const untidy = genes.find((gene) =>
    gene === "" || gene !== gene.trim() || [...gene].some((letter) => letter < " " || letter === "\ufffd")
  );
  if (untidy !== undefined) return untidy;
  if (fileKind(new TextEncoder().encode(csvLine(genes)))) return genes[0];
  const read = tableGenes(path, genes).genes;
  return genes.find((gene, at) => read[at] !== gene);
}

/**
 * Writes a table of expression values, atomically: as CSV, header = gene symbols, or under a name that ends in `.safetensors` as numbers
 * that are read by their place; `readExpressionTable` gives back the same float32 values.
 *
 * @throws {RangeError} when `values` does not have a column a gene, or holds a NaN or Inf, which no reader would accept.
 * @throws {UserError} when a gene's name would be read as something else (row names, a date, an id), or the file cannot be
 * written.
 */
export async function writeExpressionTable(path: string, table: WritableExpressionTable): Promise<void> {
  const { genes, values } = table;
  if (values.columns !== genes.length) {
    throw new RangeError(`${path}: rows of ${values.columns} values, expected ${genes.length}, one a gene.`);
  }
  let row = 1;
  for (const piece of piecesOf(values)) {
    const bad = piece.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new RangeError(
        `${path}, row ${row + Math.floor(bad / genes.length)}, column ${genes[bad % genes.length]}: ${
          piece[bad]
        }, expected finite values.`,
      );
    }
    row += piece.length / genes.length;
  }
  const gene = unreadableGene(path, table);
  if (gene !== undefined) {
    throw new UserError(
      `${path}: the gene ${
        quoteValue(gene)
      } would not be read as a gene again, expected gene symbols; rename it.`,
    );
  }
  if (isStoredTable(path)) await writeStoredTable(path, table);
  else await writeFileAtomic(path, lines(table));
}
