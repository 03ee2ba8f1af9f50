import {
  CheckpointError,
  openSafetensors,
  saveSafetensorsPieces,
  toFloat32,
} from "../../host/checkpoint/mod.ts";
import { type OpenFileSync, system } from "../../host/system.ts";
import { type Matrix, matrixOf } from "../dataset.ts";
import { piecesOf } from "../matrix.ts";
import type { ExpressionTable } from "../types.ts";
import { UserError } from "../user_error.ts";
import { tableGenes } from "./table_genes.ts";
import { RowError, type RowPlace } from "./row_error.ts";
import { jsonOfText } from "../../host/json_text.ts";

/** Name of the tensor of profiles. */
export const storedTensor = "profiles";

/** Name of the text that names its columns. */
const geneKey = "genes";

/** Whether a table of profiles is stored as numbers, not as text. */
export function isStoredTable(path: string): boolean {
  return /\.safetensors$/i.test(path);
}

/**
 * Writes a table of profiles as a safetensors file: one tensor `profiles`, float32, rows x genes, and the text `genes`, a JSON list of
 * its columns; atomically, with its own SHA-256, a few megabytes in memory.
 *
 * @throws {UserError} when the file cannot be written.
 */
export async function writeStoredTable(
  path: string,
  { genes, values }: Pick<ExpressionTable, "genes" | "values">,
): Promise<void> {
  const pieces = function* () {
    for (const piece of piecesOf(values)) {
      yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    }
  };
  const shape = [values.rows, values.columns];
  await saveSafetensorsPieces(path, new Map([[storedTensor, { dtype: "F32", shape, pieces }]]), {
    [geneKey]: JSON.stringify(genes),
  });
}

/**
 * Opens a table that {@link writeStoredTable} wrote. Rows stay in the file and are read by their place in it when asked for; it is read
 * through once, for its SHA-256 and for values that are no numbers.
 *
 * @param badRow takes rows with such a value instead of an exception.
 * @throws {UserError} when the file is damaged, or is no table of profiles.
 */
export async function openStoredTable(
  path: string,
  badRow?: (error: RowError, place: RowPlace) => void,
): Promise<ExpressionTable> {
  const { rows, begin, names, all } = await headerOf(path);
  const { genes, notes } = tableGenes(path, names);
  const values = all ? matrixOf(all, names.length) : storedMatrix(path, begin, rows, names.length);
  requireFinite(path, values, genes, badRow);
  return { file: path, genes, rows, values, ...(notes.length > 0 ? { notes } : {}) };
}

/** Where the profiles lie; all of them where a system cannot read without waiting. */
async function headerOf(path: string): Promise<{
  readonly rows: number;
  readonly begin: number;
  readonly names: readonly string[];
  readonly all?: Float32Array<ArrayBuffer>;
}> {
  try {
    using file = await openSafetensors(path);
    const entry = file.entries.find(({ name }) => name === storedTensor);
    const names = genesOf(file.metadata.get(geneKey));
    const [rows, columns] = entry?.shape ?? [];
    const fits = entry?.dtype === "F32" && entry.shape.length === 2 && rows > 0 && columns === names?.length;
    if (entry && names && fits) {
      const place = { rows, begin: entry.begin, names };
      return system.openSync ? place : { ...place, all: toFloat32(await file.read(storedTensor)) };
    }
    throw new UserError(
      `${path}: expected a table of profiles (a tensor "${storedTensor}", float32, rows x genes, and their names as the text "${geneKey}"), ` +
        `found ${
          file.entries.length === 0
            ? "no tensor"
            : file.entries.slice(0, 3).map(({ name, dtype, shape }) =>
              `${name} (${dtype}, ${shape.join(" x ")})`
            ).join(", ")
        }; prepare the folder again.`,
    );
  } catch (error) {
    if (error instanceof CheckpointError) throw new UserError(error.message, { cause: error });
    throw error;
  }
}

/** A list of texts, in JSON. */
function genesOf(text: string | undefined): readonly string[] | undefined {
  try {
    const read = jsonOfText(text ?? "");
    return Array.isArray(read) && read.every((name) => typeof name === "string") ? read : undefined;
  } catch {
    return undefined;
  }
}

/** float32 rows that lie one after the other in a file from a byte on. */
function storedMatrix(path: string, begin: number, rows: number, columns: number): Matrix {
  const width = 4 * columns;
  const state = (file: OpenFileSync) => {
    const { size, mtime, ino } = file.statSync();
    return `${size} ${mtime?.getTime()} ${ino}`;
  };
  const stateBefore = () => {
    using file = open(path);
    return state(file);
  };
  const before = stateBefore();
  return {
    rows,
    columns,
    take(wanted) {
      const values = new Float32Array(wanted.length * columns), bytes = new Uint8Array(values.buffer);
      // Opened anew each time: nothing is to be closed, and a file that was replaced is seen.
      using file = open(path);
      if (state(file) !== before) {
        throw new UserError(`${path}: the file was changed while it was in use; start the command again.`);
      }
      for (let at = 0; at < wanted.length;) {
        let end = at + 1;
        while (end < wanted.length && wanted[end] === wanted[end - 1] + 1) end++;
        file.seekSync(begin + wanted[at] * width, 0);
        for (let filled = at * width; filled < end * width;) {
          const read = file.readSync(bytes.subarray(filled, end * width));
          if (read === null) {
            throw new UserError(`${path}: the file ends too early; prepare the folder again.`);
          }
          filled += read;
        }
        at = end;
      }
      return values;
    },
  };
}

function open(path: string): OpenFileSync {
  try {
    return system.openSync!(path);
  } catch (error) {
    throw new UserError(
      `${path}: the file cannot be read any more (${
        (error as Error).message
      }); put it back, and start again.`,
    );
  }
}

function requireFinite(
  path: string,
  values: Matrix,
  genes: readonly string[],
  badRow?: (error: RowError, place: RowPlace) => void,
): void {
  let first = 0;
  for (const piece of piecesOf(values)) {
    for (let at = 0; at < piece.length; at++) {
      if (Number.isFinite(piece[at])) continue;
      const within = Math.floor(at / values.columns), row = first + within + 1;
      const error = new RowError(
        `${path}, row ${row}, column ${genes[at % values.columns]}: found ${
          piece[at]
        }, expected a finite number; mend or remove the profile.`,
      );
      if (!badRow) throw error;
      badRow(error, { file: path, row });
      // On to the next row.
      at = (within + 1) * values.columns - 1;
    }
    first += piece.length / values.columns;
  }
}
