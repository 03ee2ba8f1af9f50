import type { ColumnMetaData, FileMetaData } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";

/** What a file says of its columns' places and rows and cannot be true; undefined: nothing. */
export function faultOfMetadata({ num_rows, row_groups }: FileMetaData, size: number): string | undefined {
  let rows = 0n;
  for (const group of row_groups) {
    if (!isCount(group.num_rows)) return "a group of rows tells no number of rows";
    rows += group.num_rows;
    for (const { meta_data: chunk } of group.columns) {
      if (!chunk) return "a column is described nowhere";
      const { data_page_offset: data, dictionary_page_offset: dictionary } = chunk;
      const begin = isCount(dictionary) && dictionary < data ? dictionary : data;
      if (![begin, chunk.total_compressed_size, chunk.num_values].every(isCount)) {
        return `the column ${chunk.path_in_schema.join(".")} tells no place and size`;
      }
      const end = begin + chunk.total_compressed_size;
      if (end > size) {
        return `the column ${chunk.path_in_schema.join(".")} is said to end at byte ${end} of ${size}`;
      }
    }
  }
  return isCount(num_rows) && rows === num_rows
    ? undefined
    : `${num_rows} rows are said of ${rows} in groups`;
}

/**
 * What the headers of a column's pages say and cannot be true; undefined: nothing. The library takes them at their word: a negative
 * length makes it read the same page for ever.
 *
 * @param bytes of the column in a group of rows
 */
export function faultOfPages(bytes: ArrayBuffer, { num_values }: ColumnMetaData): string | undefined {
  const reader = { view: new DataView(bytes), offset: 0 };
  let values = 0;
  while (values < Number(num_values) && reader.offset < bytes.byteLength - 1) {
    const page = parquetHeader(reader), length = page.compressed_page_size;
    const left = bytes.byteLength - reader.offset;
    if (!(length >= 0 && length <= left && page.uncompressed_page_size >= 0)) {
      return `a page says that it has ${length} bytes, where ${left} are left`;
    }
    const { data_page_header: one, data_page_header_v2: two, dictionary_page_header: dictionary } = page;
    const count = one?.num_values ?? two?.num_values ?? 0;
    const levels = two === undefined
      ? 0
      : sum(two.definition_levels_byte_length, two.repetition_levels_byte_length);
    const counts = [count, levels, two?.num_nulls ?? 0, two?.num_rows ?? 0, dictionary?.num_values ?? 0];
    const fits = count + values <= Number(num_values) && levels <= length && (two?.num_nulls ?? 0) <= count &&
      (dictionary?.num_values ?? 0) <= page.uncompressed_page_size;
    if (!counts.every((each) => Number.isInteger(each) && each >= 0) || !fits) {
      return `a page says that it has ${counts.join(", ")} values, bytes of levels, nulls, rows and words`;
    }
    values += count;
    reader.offset += length;
  }
  return values === Number(num_values)
    ? undefined
    : `${values} values in the pages of a column of ${num_values}`;
}

function isCount(value: unknown): value is bigint {
  return typeof value === "bigint" && value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

/** Lengths, of which one that is negative makes the sum so. */
function sum(a: number, b: number): number {
  return a >= 0 && b >= 0 ? a + b : -1;
}
