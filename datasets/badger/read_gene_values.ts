import { numberCell } from "../readers/cell_readers.ts";
import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/**
 * Reads one number a gene: `gene` and `value` (or `score`, `log2fc`), other columns are ignored. A disease signature, or the
 * profile of a cell line.
 *
 * @throws {UserError} when the file is missing or faulty, or names a gene twice.
 */
export async function readGeneValues(path: string): Promise<Map<string, number>> {
  const values = new Map<string, number>();
  let gene = 0, column = 0, name = "";
  await readCsv(path, {
    header(columns) {
      gene = requireColumn(path, columns, "gene", "symbol", "gene_symbol", "gene_name", "genes", "feature");
      column = requireColumn(
        path,
        columns,
        "value",
        "score",
        "log2fc",
        "log2_fold_change",
        "logfc",
        "expression",
        "z_score",
      );
      name = columns[column];
    },
    row(cells, place) {
      const symbol = cells[gene].trim();
      if (values.has(symbol)) {
        throw new RowError(
          `${placeText(place)}: found the gene ${
            quoteValue(symbol)
          } again, expected every gene once; remove one of them.`,
        );
      }
      values.set(symbol, numberCell(cells[column], name, "a finite number", place));
    },
  });
  if (values.size === 0) throw new UserError(`${path}: found no genes, expected one a row.`);
  return values;
}
