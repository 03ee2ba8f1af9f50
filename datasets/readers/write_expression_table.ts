import { fileKind } from "../../host/file_kind.ts";
import { csvLine } from "./csv_line.ts";
import { float32Text } from "./float32_text.ts";
import { geneHeader } from "./gene_header.ts";
import { quoteValue } from "./quote_value.ts";
import { rowNameColumn } from "./row_name_columns.ts";
import { UserError } from "../user_error.ts";
import { writeFileAtomic } from "./write_file_atomic.ts";

/** A table to write: what `ExpressionTable` holds, without the file it came from. */
export interface WritableExpressionTable {
  /** Gene symbols in column order. */
  readonly genes: readonly string[];
  /** Profiles. */
  readonly rows: number;
  /** Row-major, `rows * genes.length` values. */
  readonly values: Float32Array;
}

function* lines({ genes, rows, values }: WritableExpressionTable): Generator<string> {
  yield csvLine(genes);
  for (let row = 0; row < rows; row++) {
    const profile = values.subarray(row * genes.length, (row + 1) * genes.length);
    yield Array.from(profile, float32Text).join(",") + "\n";
  }
}

/** The first gene that `readExpressionTable` would take for something else: row names, a date, an id, another text. */
function unreadableGene(path: string, { genes, rows, values }: WritableExpressionTable): string | undefined {
  const kinds = genes.map(rowNameColumn), width = genes.length;
  const countsRows = (gene: number) =>
    [0, 1].some((start) =>
      Array.from({ length: rows }, (_, row) => values[row * width + gene] === row + start).every(Boolean)
    );
  const sure = kinds.includes("no");
  const rowName = kinds.findIndex((kind, gene) =>
    kind === "yes" || (kind === "perhaps" && sure && countsRows(gene))
  );
  if (rowName >= 0) return genes[rowName];
  const untidy = genes.find((gene) =>
    gene === "" || gene !== gene.trim() || [...gene].some((letter) => letter < " " || letter === "\ufffd")
  );
  if (untidy !== undefined) return untidy;
  if (fileKind(new TextEncoder().encode(csvLine(genes)))) return genes[0];
  const read = geneHeader(path, genes).genes;
  return genes.find((gene, at) => read[at] !== gene);
}

/**
 * Writes a table of expression values as CSV, header = gene symbols, atomically; `readExpressionTable` gives back the
 * same float32 values.
 *
 * @throws {RangeError} when `values` does not hold `rows` profiles, or holds a NaN or Inf, which no reader would accept.
 * @throws {UserError} when a gene's name would be read as something else (row names, a date, an id), or the file cannot be
 * written.
 */
export async function writeExpressionTable(path: string, table: WritableExpressionTable): Promise<void> {
  if (table.values.length !== table.rows * table.genes.length) {
    throw new RangeError(
      `${path}: ${table.values.length} values, expected ${table.rows} rows of ${table.genes.length} genes.`,
    );
  }
  const bad = table.values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / table.genes.length);
    throw new RangeError(
      `${path}, row ${row + 1}, column ${table.genes[bad % table.genes.length]}: ${
        table.values[bad]
      }, expected finite values.`,
    );
  }
  const gene = unreadableGene(path, table);
  if (gene !== undefined) {
    throw new UserError(
      `${path}: the gene ${
        quoteValue(gene)
      } would not be read as a gene again, expected gene symbols; rename it.`,
    );
  }
  await writeFileAtomic(path, lines(table));
}
