import { UserError } from "../user_error.ts";
import { system } from "../../host/system.ts";

/** A matrix of numbers. */
export interface NpyMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/**
 * Reads a matrix in NumPy's npy format: two axes in C order, little-endian float16, float32 or float64.
 *
 * @throws {UserError} when it is cut, or of another kind.
 */
export async function readNpy(path: string): Promise<NpyMatrix> {
  const bytes = await system.readFile(path);
  const view = new DataView(bytes.buffer);
  const expected = "expected a matrix of <f2, <f4 or <f8 in C order; save it by numpy.save";
  if (bytes.length < 12 || new TextDecoder("latin1").decode(bytes.subarray(1, 6)) !== "NUMPY") {
    throw new UserError(`${path}: found no npy file, ${expected}.`);
  }
  const [length, start] = bytes[6] === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const header = new TextDecoder("latin1").decode(bytes.subarray(start, start + length));
  const [, type] = header.match(/'descr':\s*'([^']*)'/) ?? [];
  const [, rows, columns] = header.match(/'shape':\s*\((\d+),\s*(\d+)\)/) ?? [];
  const width = { "<f2": 2, "<f4": 4, "<f8": 8 }[type ?? ""];
  if (width === undefined || rows === undefined || /'fortran_order':\s*True/.test(header)) {
    throw new UserError(`${path}: found ${header.trim()}, ${expected}.`);
  }
  const count = Number(rows) * Number(columns), content = bytes.slice(start + length);
  if (content.length !== count * width) {
    throw new UserError(
      `${path}: found ${content.length} bytes of values, expected ${
        count * width
      } for [${rows}, ${columns}]; it has been cut.`,
    );
  }
  const arrays = { 2: Float16Array, 4: Float32Array, 8: Float64Array } as const;
  return {
    rows: Number(rows),
    columns: Number(columns),
    values: Float32Array.from(
      new arrays[width as 2 | 4 | 8](content.buffer) as Iterable<number> & ArrayLike<number>,
    ),
  };
}
