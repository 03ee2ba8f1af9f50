import { csvLine } from "./csv_line.ts";
import { float32Text } from "./float32_text.ts";
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

/**
 * Writes a table of expression values as CSV, header = gene symbols, atomically; `readExpressionTable` gives back the
 * same float32 values.
 *
 * @throws {RangeError} when `values` does not hold `rows` profiles, or holds a NaN or Inf, which no reader would accept.
 * @throws {UserError} when the file cannot be written.
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
  await writeFileAtomic(path, lines(table));
}
