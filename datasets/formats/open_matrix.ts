import { Group } from "h5wasm";
import { UserError } from "../user_error.ts";
import { openGct } from "./gct.ts";
import { gctxOf } from "./gctx.ts";
import { h5adOf } from "./h5ad.ts";
import { type Hdf5File, namesOf, openHdf5 } from "./hdf5.ts";
import type { MatrixFile } from "./matrix_file.ts";
import { textLines } from "./text_lines.ts";
import { system } from "../../host/system.ts";

/** First bytes of every HDF5 file. */
const hdf5Magic = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** What a file holds, by its content: the name says nothing certain. */
export async function isHdf5(path: string): Promise<boolean> {
  using file = await system.open(path);
  const head = new Uint8Array(hdf5Magic.length);
  const read = await file.read(head) ?? 0;
  return read === head.length && hdf5Magic.every((byte, index) => head[index] === byte);
}

/**
 * Opens a matrix of samples x features in whichever of the field's formats it is: GCTX, h5ad, or GCT 1.2 and 1.3 (plain or gzip).
 *
 * @throws {UserError} when the file is missing, damaged, or of none of these formats.
 *
 * @example
 * ```ts
 * using file = await openMatrix("level3.gctx");
 * console.log(file.format, file.samples.ids.length, file.features.ids.length);
 * ```
 */
export async function openMatrix(path: string): Promise<MatrixFile> {
  if (await isHdf5(path).catch(() => false)) {
    const file = await openHdf5(path);
    try {
      const matrix = file.limited(0, () => matrixOf(file)), width = matrix.features.ids.length;
      return {
        ...matrix,
        read: (begin, end, features) =>
          file.limited(4 * (end - begin) * width, () => matrix.read(begin, end, features)),
      };
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
  }
  for await (const line of textLines(path)) {
    if (line.startsWith("#1.")) return await openGct(path);
    break;
  }
  throw new UserError(
    `${path}: found neither GCTX, h5ad nor GCT, expected one of them; export the matrix in one of these formats.`,
  );
}

/** The matrix of an HDF5 file in one of its layouts. */
function matrixOf(file: Hdf5File): MatrixFile {
  const names = namesOf(file, file.root);
  if (names.includes("0")) return gctxOf(file);
  if (names.includes("obs") && names.includes("var")) return h5adOf(file);
  const kinds = names.slice(0, 5).map((name) => `${name}${file.root.get(name) instanceof Group ? "/" : ""}`);
  throw new UserError(
    `${file.path}: found an HDF5 file with ${
      kinds.join(", ") || "nothing"
    } at its root, expected GCTX (/0/DATA) or h5ad (X, obs, var); export it in one of these.`,
  );
}
