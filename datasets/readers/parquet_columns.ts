import { type AsyncBuffer, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { fileKind } from "../../host/file_kind.ts";
import { UserError } from "../user_error.ts";
import { system } from "../../host/system.ts";

/** A Parquet file whose columns are read a part at a time. */
export interface ParquetColumns {
  readonly columns: readonly string[];
  readonly rows: number;
  /** Calls `take` with a column's values from row `start` on, until all rows of all named columns were given. */
  read(
    columns: readonly string[],
    take: (column: string, start: number, values: ArrayLike<unknown>) => void,
  ): Promise<void>;
  /** All rows in their order, a row group at a time. */
  groups(): AsyncIterable<readonly (readonly unknown[])[]>;
}

/** Columns decoded at once: few enough for a wide table not to be in memory as a whole. */
const columnsAtOnce = 64;

/** Whether a file is of Parquet; false where it cannot be read, which the reader of text says better. */
export async function isParquet(path: string): Promise<boolean> {
  try {
    using file = await system.open(path);
    const head = new Uint8Array(512);
    return fileKind(head.subarray(0, await file.read(head) ?? 0))?.name === "a Parquet file";
  } catch {
    return false;
  }
}

/** Opens a Parquet file, compressed with whatever pandas and polars write. @throws {UserError} when it is damaged. */
export async function readParquetColumns(path: string): Promise<ParquetColumns> {
  const damaged = (error: unknown) =>
    new UserError(
      `${path}: cannot be read as Parquet (${
        error instanceof Error ? error.message : error
      }); export it again.`,
    );
  const file = await bytesOf(path);
  const metadata = await parquetMetadataAsync(file).catch((error) => {
    throw damaged(error);
  });
  return {
    columns: parquetSchema(metadata).children.map(({ element }) => element.name),
    rows: Number(metadata.num_rows),
    async read(columns, take) {
      for (let start = 0; start < columns.length; start += columnsAtOnce) {
        // A failure of `take` is its own, not the file's.
        let own: { error: unknown } | undefined;
        await parquetRead({
          file,
          metadata,
          compressors,
          columns: columns.slice(start, start + columnsAtOnce),
          onChunk({ columnName, columnData, rowStart }) {
            try {
              take(columnName, rowStart, columnData);
            } catch (error) {
              own ??= { error };
            }
          },
        }).catch((error) => {
          throw damaged(error);
        });
        if (own) throw own.error;
      }
    },
    async *groups() {
      let rowStart = 0;
      for (const group of metadata.row_groups) {
        const rowEnd = rowStart + Number(group.num_rows);
        let rows: unknown[][] = [];
        await parquetRead({
          file,
          metadata,
          compressors,
          rowStart,
          rowEnd,
          onComplete: (read) => rows = read,
        }).catch((error) => {
          throw damaged(error);
        });
        if (rows.length !== rowEnd - rowStart) {
          throw damaged(new Error(`${rows.length} of ${rowEnd - rowStart} rows of a group`));
        }
        yield rows;
        rowStart = rowEnd;
      }
    },
  };
}

/** A file whose pieces are read when they are asked for. */
async function bytesOf(path: string): Promise<AsyncBuffer> {
  const { size } = await system.stat(path);
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, end - start));
      using file = await system.open(path);
      await file.seek(start, 0);
      let filled = 0;
      while (filled < bytes.length) {
        const read = await file.read(bytes.subarray(filled));
        // A footer may name places beyond the end: the reader says so of what it gets.
        if (read === null) return bytes.buffer.slice(0, filled);
        filled += read;
      }
      return bytes.buffer;
    },
  };
}
