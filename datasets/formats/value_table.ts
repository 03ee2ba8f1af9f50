import { parquetWriteBuffer } from "hyparquet-writer";
import { csvLine } from "../readers/csv_line.ts";
import { float32Text } from "../readers/float32_text.ts";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";
import { UserError } from "../user_error.ts";
import { gctLines, gctxBytes, h5adBytes, type WritableMatrix } from "./write_matrix.ts";

/** Rows that are described by columns and carry one value per output: predictions. */
export interface ValueTable {
  /** Names of the rows, each once. */
  readonly ids: readonly string[];
  /** What describes the rows, by name: texts, or numbers (NaN where unknown). */
  readonly columns: ReadonlyMap<string, readonly string[] | Float32Array>;
  /** Names of the outputs. */
  readonly names: readonly string[];
  /** Rows x outputs. */
  readonly values: Float32Array;
}

/** Endings of files that tables can be written to, and what they are. */
export const tableEndings = {
  ".csv": "comma-separated text",
  ".csv.gz": "the same, packed",
  ".tsv": "tab-separated text",
  ".parquet": "Parquet",
  ".h5ad": "AnnData (scanpy)",
  ".gctx": "GCTX (LINCS)",
  ".gct": "GCT 1.3",
} as const;

type Ending = keyof typeof tableEndings;

/**
 * The format that a file's name asks for.
 *
 * @throws {UserError} when it ends in none of {@link tableEndings}: text under another name would not open where it is wanted.
 */
export function tableEnding(path: string): Ending {
  const found = (Object.keys(tableEndings) as Ending[]).filter((ending) =>
    path.toLowerCase().endsWith(ending)
  );
  if (found.length > 0) return found.reduce((a, b) => a.length > b.length ? a : b);
  throw new UserError(
    `${path}: its ending names no format that can be written, expected one of ${
      Object.keys(tableEndings).join(", ")
    }; rename the output.`,
  );
}

/**
 * Writes a table in the format that the file's name asks for, atomically.
 *
 * @throws {UserError} for an unknown ending, or when the file cannot be written.
 */
export async function writeValueTable(path: string, table: ValueTable): Promise<void> {
  switch (tableEnding(path)) {
    case ".csv":
      return await writeFileAtomic(path, csvLines(table));
    case ".tsv":
      return await writeFileAtomic(path, tabLines(table));
    case ".csv.gz":
      return await writeFileAtomic(path, packed(csvLines(table)));
    case ".parquet":
      return await writeFileAtomic(path, parquet(table));
    case ".h5ad":
      return await writeFileAtomic(path, await h5adBytes(asMatrix(table)));
    case ".gctx":
      return await writeFileAtomic(path, await gctxBytes(asMatrix(table), path));
    case ".gct":
      return await writeFileAtomic(path, gctLines(asMatrix(table)));
  }
}

/** Writes columns of texts and numbers in the format that the file's name asks for, atomically. @throws {UserError} as {@link writeValueTable}. */
export async function writeColumns(path: string, columns: ValueTable["columns"]): Promise<void> {
  const rows = [...columns.values()][0]?.length ?? 0;
  await writeValueTable(path, {
    ids: Array.from({ length: rows }, (_, row) => String(row + 1)),
    columns,
    names: [],
    values: new Float32Array(),
  });
}

function* cellRows({ ids, columns, names, values }: ValueTable): Generator<string[]> {
  yield [...columns.keys(), ...names];
  const texts = [...columns.values()].map(textsOf);
  for (let row = 0; row < ids.length; row++) {
    const own = values.subarray(row * names.length, (row + 1) * names.length);
    yield [...texts.map((column) => column[row]), ...Array.from(own, float32Text)];
  }
}

function* csvLines(table: ValueTable): Generator<string> {
  for (const cells of cellRows(table)) yield csvLine(cells);
}

function* tabLines(table: ValueTable): Generator<string> {
  for (const cells of cellRows(table)) {
    yield cells.map((cell) => cell.replace(/[\t\r\n]+/g, " ")).join("\t") + "\n";
  }
}

/** Text as gzip, piece by piece. */
function packed(lines: Iterable<string>): AsyncIterable<Uint8Array<ArrayBuffer>> {
  const iterator = lines[Symbol.iterator]();
  const text = new ReadableStream<BufferSource>({
    pull(controller) {
      const { value, done } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
  return text.pipeThrough(new CompressionStream("gzip"));
}

/** Numbers as float64, so that readers see the decimal that was meant, not its nearest float32. */
function parquet({ ids, columns, names, values }: ValueTable): Uint8Array {
  const outputs = names.map((name, at) => ({
    name,
    data: Float32Array.from(ids, (_, row) => values[row * names.length + at]),
    type: "FLOAT" as const,
  }));
  const described = [...columns].map(([name, column]) =>
    column instanceof Float32Array
      ? {
        name,
        data: Array.from(column, (value) => Number.isNaN(value) ? null : Number(float32Text(value))),
        type: "DOUBLE" as const,
        nullable: true,
      }
      : { name, data: [...column], type: "STRING" as const }
  );
  return new Uint8Array(parquetWriteBuffer({ columnData: [...described, ...outputs] }));
}

function asMatrix({ ids, columns, names, values }: ValueTable): WritableMatrix {
  return {
    samples: { ids, fields: new Map([...columns].map(([name, column]) => [name, textsOf(column)])) },
    features: { ids: names, fields: new Map() },
    values,
  };
}

function textsOf(column: readonly string[] | Float32Array): readonly string[] {
  return column instanceof Float32Array
    ? Array.from(column, (value) => Number.isNaN(value) ? "" : float32Text(value))
    : column;
}
