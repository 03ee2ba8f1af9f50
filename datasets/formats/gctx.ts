import type { Group } from "h5wasm";
import { UserError } from "../user_error.ts";
import { checkIds } from "./check_ids.ts";
import { childOf, type Hdf5File, namesOf, numbersOf, textsOf } from "./hdf5.ts";
import { type Axis, type MatrixFile, matrixValue, metadataText, pickColumns } from "./matrix_file.ts";

/**
 * The matrix of an HDF5 file in the layout of GCTX: the HDF5 form of GCT, as LINCS publishes its levels 3 to 5.
 *
 * The matrix lies at `/0/DATA/0/matrix`, samples x features in C order (transposed with respect to the text form), ids and
 * metadata under `/0/META/COL` (samples) and `/0/META/ROW` (features). Source: cmapPy, `write_gctx.py`.
 *
 * @throws {UserError} when the file is damaged, or has another layout.
 */
export function gctxOf(file: Hdf5File): MatrixFile {
  const { path } = file;
  const root = childOf(file, file.root, "0", "group");
  const data = childOf(file, childOf(file, root, "DATA", "group"), "0", "group");
  const matrix = childOf(file, data, "matrix", "dataset");
  const meta = childOf(file, root, "META", "group");
  const samples = axisOf(file, childOf(file, meta, "COL", "group"));
  const features = axisOf(file, childOf(file, meta, "ROW", "group"));
  const shape = matrix.shape ?? [];
  if (shape.length !== 2 || shape[0] !== samples.ids.length || shape[1] !== features.ids.length) {
    throw new UserError(
      `${path}, /0/DATA/0/matrix: found the shape ${
        shape.join(" x ")
      }, expected ${samples.ids.length} samples x ` +
        `${features.ids.length} features as under /0/META; the file was cut or put together wrongly.`,
    );
  }
  const width = features.ids.length;
  return {
    path,
    format: "GCTX",
    samples,
    features,
    read(begin, end, wanted) {
      // Leading features alone are wanted of a LINCS file (its 978 measured genes of 12,328): only those columns are read.
      const columns = wanted === undefined ? width : wanted.reduce((last, at) => Math.max(last, at + 1), 0);
      if (begin === end || columns === 0) return new Float32Array(0);
      const values = Float32Array.from(numbersOf(file, matrix, [[begin, end], [0, columns]]), matrixValue);
      return pickColumns(values, columns, wanted);
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}

function axisOf(file: Hdf5File, group: Group): Axis {
  const ids = textsOf(file, childOf(file, group, "id", "dataset")).map((id) => id.trim());
  checkIds(`${file.path}, ${group.path}/id`, ids);
  const fields = new Map<string, readonly string[]>();
  for (const name of namesOf(file, group)) {
    if (name === "id") continue;
    const values = textsOf(file, childOf(file, group, name, "dataset")).map(metadataText);
    if (values.length !== ids.length) {
      throw new UserError(
        `${file.path}, ${group.path}/${name}: found ${values.length} values, expected ${ids.length}, one an id; export the file again.`,
      );
    }
    fields.set(name, values);
  }
  return { ids, fields };
}
