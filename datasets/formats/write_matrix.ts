import type { Group } from "h5wasm";
import { float32Text } from "../readers/float32_text.ts";
import { hdf5Bytes } from "./hdf5.ts";
import type { Axis } from "./matrix_file.ts";

/** A matrix to write: samples x features, row-major, with what is known of both. */
export interface WritableMatrix {
  /** Rows. */
  readonly samples: Axis;
  /** Columns. */
  readonly features: Axis;
  /** `samples * features` values; NaN where there is none. */
  readonly values: Float32Array;
}

/** A code that every reader of these formats knows for missing metadata. */
const none = "-666";

/** @throws {RangeError} when the values are not samples x features, or a field has another length than its axis. */
function check({ samples, features, values }: WritableMatrix): void {
  if (values.length !== samples.ids.length * features.ids.length) {
    throw new RangeError(
      `${values.length} values, expected ${samples.ids.length} samples x ${features.ids.length} features.`,
    );
  }
  for (const axis of [samples, features]) {
    for (const [name, field] of axis.fields) {
      if (field.length !== axis.ids.length) {
        throw new RangeError(`The field ${name} has ${field.length} values, expected ${axis.ids.length}.`);
      }
    }
  }
}

/** Cells of the text form: a tab or a line end inside one would shift everything after it. */
function cell(text: string): string {
  return text === "" ? none : text.replace(/[\t\r\n]+/g, " ");
}

/**
 * The lines of a GCT 1.3 file.
 *
 * @throws {RangeError} when sizes do not agree.
 */
export function* gctLines(matrix: WritableMatrix): Generator<string> {
  check(matrix);
  const { samples, features, values } = matrix;
  const width = features.ids.length;
  yield "#1.3\n";
  yield `${width}\t${samples.ids.length}\t${features.fields.size}\t${samples.fields.size}\n`;
  const line = (cells: Iterable<string>) => [...cells].map(cell).join("\t") + "\n";
  yield line(["id", ...features.fields.keys(), ...samples.ids]);
  for (const [name, field] of samples.fields) {
    yield line([name, ...Array.from(features.fields.keys(), () => ""), ...field]);
  }
  for (let feature = 0; feature < width; feature++) {
    const numbers = samples.ids.map((_, sample) => {
      const value = values[sample * width + feature];
      return Number.isNaN(value) ? "NaN" : float32Text(value);
    });
    const described = Array.from(features.fields.values(), (field) => cell(field[feature]));
    yield [cell(features.ids[feature]), ...described, ...numbers].join("\t") + "\n";
  }
}

/** Values a chunk: as cmapR writes them, large enough that chunks cost little and small enough to read a few samples. */
const chunkValues = 1 << 14;

function chunks(rows: number, columns: number): [number, number] {
  return [Math.max(1, Math.min(rows, Math.floor(chunkValues / Math.max(1, columns)))), Math.max(1, columns)];
}

function writeMatrix(group: Group, name: string, { samples, features, values }: WritableMatrix): void {
  const shape = [samples.ids.length, features.ids.length];
  // HDF5 cannot chunk what is empty.
  const packed = values.length === 0 ? {} : { chunks: chunks(shape[0], shape[1]), compression: 6 };
  group.create_dataset({ name, data: values, shape, dtype: "<f", ...packed });
}

/**
 * The bytes of a GCTX file, as cmapPy and cmapR read it: matrix chunked and gzip, metadata as texts.
 *
 * @throws {RangeError} when sizes do not agree.
 */
export async function gctxBytes(matrix: WritableMatrix, source: string): Promise<Uint8Array<ArrayBuffer>> {
  check(matrix);
  return await hdf5Bytes((root) => {
    root.create_attribute("version", "GCTX1.0");
    root.create_attribute("src", source);
    const top = root.create_group("0");
    writeMatrix(top.create_group("DATA").create_group("0"), "matrix", matrix);
    const meta = top.create_group("META");
    for (const [name, axis] of [["COL", matrix.samples], ["ROW", matrix.features]] as const) {
      const group = meta.create_group(name);
      group.create_dataset({ name: "id", data: [...axis.ids] });
      for (const [field, texts] of axis.fields) {
        group.create_dataset({ name: field, data: texts.map((text) => text === "" ? none : text) });
      }
    }
  });
}

/**
 * The bytes of an h5ad file, as anndata 0.8 and later read it: dense `X`, `obs` for samples, `var` for features.
 *
 * @throws {RangeError} when sizes do not agree, or a field is called like the index.
 */
export async function h5adBytes(matrix: WritableMatrix): Promise<Uint8Array<ArrayBuffer>> {
  check(matrix);
  return await hdf5Bytes((root) => {
    encode(root, "anndata", "0.1.0");
    writeMatrix(root, "X", matrix);
    encode(root.get("X") as unknown as Group, "array", "0.2.0");
    for (const [name, axis] of [["obs", matrix.samples], ["var", matrix.features]] as const) {
      const table = root.create_group(name);
      encode(table, "dataframe", "0.2.0");
      table.create_attribute("_index", "_index");
      // An array of no texts cannot be an attribute of HDF5 here; readers take an absent order for that of the names.
      if (axis.fields.size > 0) table.create_attribute("column-order", [...axis.fields.keys()]);
      else table.create_attribute("column-order", new Float64Array(0));
      for (const [field, texts] of [["_index", axis.ids], ...axis.fields] as const) {
        if (field === "_index" && texts !== axis.ids) {
          throw new RangeError("A field may not be called _index.");
        }
        table.create_dataset({ name: field, data: [...texts] });
        encode(table.get(field) as unknown as Group, "string-array", "0.2.0");
      }
    }
    for (const name of ["layers", "obsm", "varm", "obsp", "varp", "uns"]) {
      encode(root.create_group(name), "dict", "0.1.0");
    }
  });
}

function encode(entity: Group, type: string, version: string): void {
  entity.create_attribute("encoding-type", type);
  entity.create_attribute("encoding-version", version);
}
