import { Dataset, Group } from "h5wasm";
import { UserError } from "../user_error.ts";
import { checkIds } from "./check_ids.ts";
import { childOf, guarded, type Hdf5File, namesOf, numbersOf, textsOf } from "./hdf5.ts";
import { type Axis, type MatrixFile, matrixValue, metadataText, pickColumns } from "./matrix_file.ts";

/**
 * The matrix of an h5ad file (AnnData, as scanpy writes it): `X` dense or sparse, `obs` are the samples, `var` the features.
 *
 * Source: the on-disk format of anndata 0.8 to 0.12 (`encoding-type`, `_index`, categoricals as codes and categories). Layers, `raw` and
 * `obsm` are left alone.
 *
 * @throws {UserError} when the file is damaged, or written by anndata older than 0.7.
 */
export function h5adOf(file: Hdf5File): MatrixFile {
  const samples = axisOf(file, "obs");
  const features = axisOf(file, "var");
  const rows = readerOf(file, samples.ids.length, features.ids.length);
  return {
    path: file.path,
    format: "h5ad",
    samples,
    features,
    read: (begin, end, wanted) => pickColumns(rows(begin, end), features.ids.length, wanted),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}

type Rows = (begin: number, end: number) => Float32Array<ArrayBuffer>;

function readerOf(file: Hdf5File, samples: number, width: number): Rows {
  const place = `${file.path}, /X`;
  const x = guarded(file, place, () => file.root.get("X"));
  const check = (shape: readonly number[]) => {
    if (shape.length === 2 && shape[0] === samples && shape[1] === width) return;
    throw new UserError(
      `${place}: found the shape ${
        shape.join(" x ")
      }, expected ${samples} (obs) x ${width} (var); the file was cut or put together wrongly.`,
    );
  };
  if (x instanceof Dataset) {
    check(x.shape ?? []);
    return (begin, end) =>
      begin === end || width === 0
        ? new Float32Array(0)
        : Float32Array.from(numbersOf(file, x, [[begin, end], [0, width]]), matrixValue);
  }
  if (!(x instanceof Group)) {
    throw new UserError(
      `${place}: found nothing, expected the matrix X; write the file again with its matrix in X.`,
    );
  }
  const kind = attribute(file, x, "encoding-type");
  const shape = guarded(
    file,
    place,
    () => Array.from((x.attrs["shape"]?.value ?? []) as ArrayLike<number | bigint>, Number),
  );
  check(shape);
  const pointers = numbersOf(file, childOf(file, x, "indptr", "dataset"));
  const indices = childOf(file, x, "indices", "dataset"), data = childOf(file, x, "data", "dataset");
  const stored = indices.shape?.[0] ?? 0;
  const lines = kind === "csc_matrix" ? width : samples;
  checkPointers(place, pointers, lines, stored);
  if (kind === "csr_matrix") {
    return (begin, end) => {
      const values = new Float32Array((end - begin) * width);
      const first = pointers[begin], last = pointers[end];
      if (first === last) return values;
      const columns = numbersOf(file, indices, [[first, last]]),
        found = numbersOf(file, data, [[first, last]]);
      for (let row = begin; row < end; row++) {
        for (let at = pointers[row] - first; at < pointers[row + 1] - first; at++) {
          if (!(columns[at] < width)) throw outside(place, columns[at], width);
          values[(row - begin) * width + columns[at]] = matrixValue(found[at]);
        }
      }
      return values;
    };
  }
  if (kind === "csc_matrix") {
    const rows = numbersOf(file, indices), found = numbersOf(file, data);
    return (begin, end) => {
      const values = new Float32Array((end - begin) * width);
      for (let column = 0; column < width; column++) {
        for (let at = pointers[column]; at < pointers[column + 1]; at++) {
          if (!(rows[at] < samples)) throw outside(place, rows[at], samples);
          if (rows[at] >= begin && rows[at] < end) {
            values[(rows[at] - begin) * width + column] = matrixValue(found[at]);
          }
        }
      }
      return values;
    };
  }
  throw new UserError(
    `${place}: found the encoding ${
      JSON.stringify(kind)
    }, expected a dense array, csr_matrix or csc_matrix; write X as one of them.`,
  );
}

function checkPointers(place: string, pointers: ArrayLike<number>, lines: number, stored: number): void {
  let good = pointers.length === lines + 1 && pointers[0] === 0 && pointers[lines] === stored;
  for (let line = 0; good && line < lines; line++) good = pointers[line] <= pointers[line + 1];
  if (good) return;
  throw new UserError(
    `${place}/indptr: its ${pointers.length} pointers do not divide ${stored} stored values into ${lines} lines; the file is damaged.`,
  );
}

function outside(place: string, index: number, size: number): UserError {
  return new UserError(
    `${place}/indices: found the index ${index}, expected one below ${size}; the file is damaged.`,
  );
}

function axisOf(file: Hdf5File, name: "obs" | "var"): Axis {
  const group = guarded(file, `${file.path}, /${name}`, () => file.root.get(name));
  if (group instanceof Dataset) {
    throw new UserError(
      `${file.path}, /${name}: found one compound table, as anndata older than 0.7 wrote it; read and write the file again with a newer anndata.`,
    );
  }
  const table = childOf(file, file.root, name, "group");
  const indexName = attribute(file, table, "_index") ?? "_index";
  const ids = columnOf(file, table, indexName);
  checkIds(`${file.path}, /${name}/${indexName}`, ids);
  const fields = new Map<string, readonly string[]>();
  for (const field of namesOf(file, table)) {
    // `__categories` is where anndata 0.7 kept the levels of all its categoricals.
    if (field === indexName || field === "__categories") continue;
    const values = columnOf(file, table, field).map(metadataText);
    if (values.length !== ids.length) {
      throw new UserError(
        `${file.path}, /${name}/${field}: found ${values.length} values, expected ${ids.length}; the file is damaged.`,
      );
    }
    fields.set(field, values);
  }
  return { ids, fields };
}

/** A column of `obs` or `var`: plain, categorical, or with a mask of missing values. */
function columnOf(file: Hdf5File, table: Group, name: string): string[] {
  const column = guarded(file, `${file.path}, ${table.path}/${name}`, () => table.get(name));
  if (!(column instanceof Group)) {
    const dataset = childOf(file, table, name, "dataset");
    const inner = guarded(file, `${file.path}, ${table.path}/__categories`, () => {
      const levels = table.get("__categories");
      return levels instanceof Group ? levels.get(name) : null;
    });
    return inner instanceof Dataset
      ? decode(file, dataset, inner, `${file.path}, ${table.path}/${name}`)
      : textsOf(file, dataset);
  }
  const place = `${file.path}, ${column.path}`;
  if (namesOf(file, column).includes("codes")) {
    const codes = childOf(file, column, "codes", "dataset");
    return decode(file, codes, childOf(file, column, "categories", "dataset"), place);
  }
  const values = textsOf(file, childOf(file, column, "values", "dataset"));
  const mask = numbersOf(file, childOf(file, column, "mask", "dataset"));
  return values.map((value, index) => mask[index] ? "" : value);
}

function decode(file: Hdf5File, codes: Dataset, categories: Dataset, place: string): string[] {
  const levels = textsOf(file, categories);
  return Array.from(numbersOf(file, codes), (code) => {
    if (code < 0) return "";
    if (code < levels.length) return levels[code];
    throw new UserError(
      `${place}: found the code ${code}, expected one below ${levels.length}; the file is damaged.`,
    );
  });
}

function attribute(file: Hdf5File, group: Group, name: string): string | undefined {
  const value = guarded(file, `${file.path}, ${group.path}`, () => group.attrs[name]?.value);
  return typeof value === "string" ? value : Array.isArray(value) ? String(value[0]) : undefined;
}
