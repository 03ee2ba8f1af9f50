import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { parquetPlan } from "hyparquet/src/plan.js";
import { assembleAsync, readRowGroup } from "hyparquet/src/rowgroup.js";
import { endInTime, secondsFor } from "./time_limit.ts";
import { fileKind } from "../../host/file_kind.ts";
import { UserError } from "../user_error.ts";
import { jsonOfText } from "../../host/json_text.ts";
import { system } from "../../host/system.ts";
import { faultOfMetadata, faultOfPages } from "./parquet_faults.ts";

/** A Parquet file whose columns are read a part at a time. */
export interface ParquetColumns {
  readonly columns: readonly string[];
  /** Those of the columns that pandas calls the index of the table; it writes them last. */
  readonly index: readonly string[];
  readonly rows: number;
  /** Calls `take` with a column's values from row `start` on, until all rows of all named columns were given. */
  read(
    columns: readonly string[],
    take: (column: string, start: number, values: ArrayLike<unknown>) => void,
  ): Promise<void>;
  /** All rows in their order, a row group at a time. */
  groups(): AsyncIterable<readonly (readonly unknown[])[]>;
}

/** What is read of a column in a group of rows. */
type Chunk = ReturnType<typeof parquetPlan>["groups"][number]["chunks"][number];

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
    error instanceof UserError ? error : new UserError(
      `${path}: cannot be read as Parquet (${
        error instanceof Error ? error.message : error
      }); export it again.`,
    );
  const file = await bytesOf(path);
  const { metadata, schema, names } = await described(file).catch((error) => {
    throw damaged(error);
  });
  return {
    columns: names,
    index: indexOf(metadata).filter((name) => names.includes(name)),
    rows: Number(metadata.num_rows),
    async read(columns, take) {
      const missing = columns.find((column) => !names.includes(column));
      if (missing !== undefined) throw damaged(`it has no column ${missing}`);
      for (let start = 0; start < columns.length; start += columnsAtOnce) {
        for await (const { begin, decoded } of decodedGroups(columns.slice(start, start + columnsAtOnce))) {
          for (const { column, parts } of decoded) {
            let row = begin;
            for (const values of parts) {
              take(column, row, values);
              row += values.length;
            }
          }
        }
      }
    },
    async *groups() {
      for await (const { rows, decoded } of decodedGroups(names)) {
        const table = Array.from({ length: rows }, () => new Array<unknown>(names.length));
        for (const { column, parts } of decoded) {
          const at = names.indexOf(column);
          let row = 0;
          for (const values of parts) for (const value of values) table[row++][at] = value;
        }
        yield table;
      }
    },
  };

  /** The named columns of every group of rows. It goes by the groups and not through `parquetRead`, which keeps its decoding to itself. */
  async function* decodedGroups(columns: string[]) {
    const options = { metadata, compressors, columns }, plan = parquetPlan({ file, ...options });
    for (const group of plan.groups) {
      const guarded = guardedChunks(path, file, group.chunks);
      const { asyncColumns } = assembleAsync(
        readRowGroup({ file: guarded, ...options }, plan, group),
        schema,
      );
      const found = await Promise.all(asyncColumns.map(({ data }) => data)).catch((error) => {
        throw damaged(error);
      });
      const decoded = found.map(({ data: parts }, at) => ({
        column: asyncColumns[at].pathInSchema[0],
        parts,
      }));
      for (const { column, parts } of decoded) {
        const count = parts.reduce((sum, { length }) => sum + length, 0);
        if (count !== group.groupRows) {
          throw damaged(`${count} values of ${group.groupRows} rows in ${column}`);
        }
      }
      yield { begin: group.groupStart, rows: group.groupRows, decoded };
    }
  }
}

/** Names of index columns that pandas has noted; none where it has noted nothing of use. */
function indexOf({ key_value_metadata: notes }: FileMetaData): string[] {
  try {
    const pandas = jsonOfText(notes?.find(({ key }) => key === "pandas")?.value ?? "{}");
    const { index_columns: columns } = pandas as { readonly index_columns?: unknown };
    return Array.isArray(columns) ? columns.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
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

/** What the file says of itself. */
async function described(file: AsyncBuffer) {
  const metadata = await parquetMetadataAsync(file), fault = faultOfMetadata(metadata, file.byteLength);
  if (fault !== undefined) throw new Error(fault);
  const schema = parquetSchema(metadata), names = schema.children.map(({ element }) => element.name);
  const seen = new Set<unknown>();
  for (const name of names) {
    if (typeof name !== "string") throw new Error("a column has no name");
    if (seen.has(name)) throw new Error(`two columns are called ${name}`);
    seen.add(name);
  }
  return { metadata, schema, names };
}

/** What a row group's columns are read from: the pages' headers are looked at first, and decoding them has to come to an end. */
function guardedChunks(path: string, file: AsyncBuffer, chunks: readonly Chunk[]): AsyncBuffer {
  return {
    byteLength: file.byteLength,
    slice(start, end) {
      const bytes = Promise.resolve(file.slice(start, end));
      const chunk = chunks.find(({ range }) => range.startByte === start);
      // The library decodes in what it hangs on this promise; so that is where it can be watched.
      const then = (take?: (found: ArrayBuffer) => unknown, fail?: (error: unknown) => unknown) =>
        Promise.prototype.then.call(bytes, (found: ArrayBuffer) => {
          const fault = chunk && faultOfPages(found, chunk.columnMetadata);
          if (fault !== undefined) throw new Error(fault);
          return take ? endInTime(path, secondsFor(found.byteLength), () => take(found)) : found;
        }, fail);
      return Object.assign(bytes, { then });
    },
  };
}
