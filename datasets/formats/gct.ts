import { isMissing } from "../readers/missing.ts";
import { parseNumber } from "../readers/parse_number.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { checkIds } from "./check_ids.ts";
import { type Axis, type MatrixFile, matrixValue, metadataText } from "./matrix_file.ts";
import { textLines } from "./text_lines.ts";

/**
 * Opens a GCT file, version 1.2 or 1.3, plain or gzip.
 *
 * Text holds features as lines, so the whole matrix is read here (4 bytes a value); `read` hands out samples. Source: the format's
 * description at the Broad Institute and cmapPy, `parse_gct.py`.
 *
 * @throws {UserError} when the file is missing or is no GCT, a line has another number of cells than its header, a value is no number, or an
 * id occurs twice; the message names line and column.
 */
export async function openGct(path: string): Promise<MatrixFile> {
  const lines = textLines(path);
  let number = 0;
  const next = async (what: string): Promise<string[]> => {
    const { value, done } = await lines.next();
    if (done) {
      throw new UserError(
        `${path}: the file ends after line ${number}, expected ${what}; it was cut, copy it again.`,
      );
    }
    number++;
    return value.split("\t");
  };
  try {
    return await readGct(path, next, () => number);
  } finally {
    await lines.return(undefined);
  }
}

async function readGct(
  path: string,
  next: (what: string) => Promise<string[]>,
  line: () => number,
): Promise<MatrixFile> {
  const version = (await next("#1.2 or #1.3"))[0].trim();
  if (version !== "#1.2" && version !== "#1.3") {
    throw new UserError(
      `${path}, line 1: found ${quoteValue(version)}, expected #1.2 or #1.3; the file is no GCT.`,
    );
  }
  const { rows, columns, rowFields, columnFields } = sizesOf(path, await next("the sizes"), version);
  const values = allocate(path, rows, columns);
  // Version 1.2 has one metadata column, the description, and does not count it.
  const before = 1 + (version === "#1.2" ? 1 : rowFields);
  const header = (await next("the header")).slice(0, before + columns);
  requireWidth(path, line(), header, before + columns);
  const sampleIds = header.slice(before).map((id) => id.trim());
  const samples: Axis = {
    ids: checkIds(`${path}, line 3`, sampleIds),
    fields: await columnMetadata(path, next, line, columnFields, before, columns),
  };
  const names = header.slice(1, before).map((name) => name.trim());
  const featureIds: string[] = [];
  const fields = names.map(() => [] as string[]);
  for (let row = 0; row < rows; row++) {
    const cells = await next(`${rows} lines of values (row ${row + 1})`);
    requireWidth(path, line(), cells, before + columns);
    featureIds.push(cells[0].trim());
    names.forEach((_, field) => fields[field].push(metadataText(cells[1 + field])));
    for (let column = 0; column < columns; column++) {
      const cell = cells[before + column];
      const value = parseNumber(cell);
      if (value !== value && !isMissing(cell)) {
        throw new UserError(
          `${path}, line ${line()}, column ${sampleIds[column]}: found ${
            quoteValue(cell)
          }, expected a number or NaN; mend the value.`,
        );
      }
      values[row * columns + column] = matrixValue(value);
    }
  }
  return {
    path,
    format: `GCT ${version.slice(1)}`,
    samples,
    features: {
      ids: checkIds(`${path}, first column`, featureIds),
      fields: new Map(names.map((name, index) => [name, fields[index]])),
    },
    read(begin, end, wanted) {
      const chosen = wanted ?? featureIds.map((_, index) => index);
      const part = new Float32Array((end - begin) * chosen.length);
      chosen.forEach((feature, at) => {
        for (let sample = begin; sample < end; sample++) {
          part[(sample - begin) * chosen.length + at] = values[feature * columns + sample];
        }
      });
      return part;
    },
    [Symbol.dispose]() {},
  };
}

function sizesOf(path: string, cells: readonly string[], version: string) {
  const counts = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  const wanted = version === "#1.2" ? 2 : 4;
  const numbers = counts.map((count) => /^\d{1,9}$/.test(count) ? Number(count) : NaN);
  if (numbers.length !== wanted || numbers.some(Number.isNaN)) {
    throw new UserError(
      `${path}, line 2: found ${quoteValue(counts.join(" "))}, expected ${
        wanted === 2
          ? "two counts: rows and columns"
          : "four counts: rows, columns, row fields and column fields"
      }; export the file again.`,
    );
  }
  const [rows, columns, rowFields = 0, columnFields = 0] = numbers;
  return { rows, columns, rowFields, columnFields };
}

async function columnMetadata(
  path: string,
  next: (what: string) => Promise<string[]>,
  line: () => number,
  count: number,
  before: number,
  columns: number,
): Promise<Map<string, readonly string[]>> {
  const fields = new Map<string, readonly string[]>();
  for (let field = 0; field < count; field++) {
    const cells = await next(`${count} lines of sample metadata`);
    requireWidth(path, line(), cells, before + columns);
    fields.set(cells[0].trim(), cells.slice(before, before + columns).map(metadataText));
  }
  return fields;
}

/** Tabs may follow the last cell: version 1.2 is often saved by a spreadsheet. */
function requireWidth(path: string, line: number, cells: readonly string[], width: number): void {
  if (
    cells.length === width || (cells.length > width && cells.slice(width).every((cell) => cell.trim() === ""))
  ) return;
  throw new UserError(
    `${path}, line ${line}: found ${cells.length} cells, expected ${width} as lines 2 and 3 say; the line was cut, or the sizes are wrong.`,
  );
}

function allocate(path: string, rows: number, columns: number): Float32Array {
  // The format stores at least two characters a value, so larger sizes than this cannot be true of any file that is read whole.
  if (rows * columns > 1 << 30) {
    throw new UserError(
      `${path}, line 2: found ${rows} x ${columns} values, expected at most ${
        1 << 30
      } in a text file; use its GCTX form.`,
    );
  }
  return new Float32Array(rows * columns);
}
