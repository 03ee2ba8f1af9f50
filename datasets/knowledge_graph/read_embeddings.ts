import { textLines } from "../formats/text_lines.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { toFloat32 } from "../../host/checkpoint/stored_tensor.ts";
import { isParquet, readParquetColumns } from "../readers/parquet_columns.ts";
import { numberCell } from "../readers/cell_readers.ts";
import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { closestName } from "../readers/closest_name.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import type { GraphDraft } from "./graph_draft.ts";
import type { NodeFeatures } from "./node_features.ts";
import { readNpy } from "./read_npy.ts";
import { system } from "../../host/system.ts";

/** Vectors by the id or name of a node. */
interface NamedVectors {
  readonly names: readonly string[];
  readonly width: number;
  readonly values: Float32Array<ArrayBuffer>;
}

/** A file of vectors for nodes of one type. */
export interface EmbeddingFile {
  readonly type: string;
  readonly file: string;
}

/**
 * Reads vectors of nodes: a CSV or Parquet table whose first column is the id or name of a node, or a matrix (.npy, or .safetensors
 * with one tensor) with the ids a line in FILE.ids.txt.
 *
 * @param skipUnknown leave vectors of nodes out that the graph does not have.
 * @throws {UserError} for a node that is not there or comes twice, ids and rows that differ in number, a value that is not finite.
 */
export async function readEmbeddings(
  { type, file }: EmbeddingFile,
  draft: GraphDraft,
  skipUnknown = false,
): Promise<{ features: NodeFeatures; unknown: number }> {
  const { byId, byName, count } = nodesOfType(draft, type);
  if (count === 0) {
    throw new UserError(
      `${file}: the graph has no node of the type ${
        quoteValue(type)
      }, expected one; name it as the graph does.`,
    );
  }
  const { names, width, values } = await namedVectors(file);
  const rowOf = new Map<number, number>();
  let unknown = 0;
  names.forEach((name, row) => {
    const node = byId.get(name) ?? byName.get(name);
    if (node === undefined) {
      unknown++;
      if (skipUnknown) return;
      const near = closestName(name, byName.keys().take(20_000));
      throw new UserError(
        `${file}, row ${row + 1}: found a vector for ${
          quoteValue(name)
        }, which is no ${type} of the graph by id or name${
          near ? ` (nearest: ${quoteValue(near)})` : ""
        }; remove it, or leave such rows out with --skip-unknown.`,
      );
    }
    const earlier = rowOf.get(node);
    if (earlier !== undefined) {
      throw new UserError(
        `${file}, row ${row + 1}: found a second vector for ${quoteValue(name)} (row ${
          earlier + 1
        } is its first), expected one a node.`,
      );
    }
    rowOf.set(node, row);
  });
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new UserError(
      `${file}, row ${Math.floor(bad / width) + 1}: found ${values[bad]}, expected finite numbers.`,
    );
  }
  if (rowOf.size === 0) {
    throw new UserError(`${file}: found a vector of no ${type} of the graph; check ids and names.`);
  }
  const nodes = Uint32Array.from([...rowOf.keys()].sort((a, b) => a - b));
  const own = new Float32Array(nodes.length * width);
  nodes.forEach((node, at) => {
    const row = rowOf.get(node)!;
    own.set(values.subarray(row * width, (row + 1) * width), at * width);
  });
  return { features: { type, file, nodes, width, values: own }, unknown };
}

/** Ids and names of the nodes of a type; where several share one the first. */
function nodesOfType(draft: GraphDraft, type: string) {
  const byId = new Map<string, number>(), byName = new Map<string, number>();
  let count = 0;
  for (let node = 0; node < draft.nodes; node++) {
    if (draft.typeOf(node) !== type) continue;
    count++;
    if (!byId.has(draft.idOf(node))) byId.set(draft.idOf(node), node);
    if (!byName.has(draft.nameOf(node))) byName.set(draft.nameOf(node), node);
  }
  return { byId, byName, count };
}

async function namedVectors(file: string): Promise<NamedVectors> {
  if (!await system.stat(file).then(({ isFile }) => isFile, () => false)) {
    throw new UserError(`${file}: the file does not exist; check the path.`);
  }
  if (/\.npy$/i.test(file)) {
    const { rows, columns, values } = await readNpy(file);
    return { names: await idLines(file, rows), width: columns, values };
  }
  if (/\.safetensors$/i.test(file)) {
    const tensors = [...readSafetensors(await system.readFile(file), file)];
    if (tensors.length !== 1 || tensors[0][1].shape.length !== 2) {
      throw new UserError(
        `${file}: found the tensors ${
          tensors.map(([name, { shape }]) => `${name} [${shape.join(", ")}]`).join(", ")
        }, expected one matrix.`,
      );
    }
    const [[, tensor]] = tensors;
    return { names: await idLines(file, tensor.shape[0]), width: tensor.shape[1], values: toFloat32(tensor) };
  }
  return await isParquet(file) ? await fromParquet(file) : await fromCsv(file);
}

/** The ids of the rows of a matrix, from the file beside it. */
async function idLines(file: string, rows: number): Promise<string[]> {
  const path = `${file}.ids.txt`;
  if (!await system.stat(path).then(({ isFile }) => isFile, () => false)) {
    throw new UserError(
      `${path}: the file does not exist, expected the id or name of each of the ${rows} rows of ${file}, one a line.`,
    );
  }
  const names = await Array.fromAsync(textLines(path), (line) => line.trim());
  if (names.length === rows) return names;
  throw new UserError(`${path}: found ${names.length} lines, expected ${rows}, one a row of ${file}.`);
}

async function fromCsv(file: string): Promise<NamedVectors> {
  const names: string[] = [], values: number[] = [];
  let header: readonly string[] = [];
  await readCsv(file, {
    unnamedFirst: true,
    header: (columns) => {
      header = columns;
      if (columns.length < 2) {
        throw new UserError(`${file}, header: found one column, expected an id and at least one number.`);
      }
    },
    row(cells, place) {
      const name = cells[0].trim();
      if (name === "") {
        throw new RowError(`${placeText(place)}: found no id in the first column, expected one.`);
      }
      names.push(name);
      for (let k = 1; k < cells.length; k++) {
        values.push(numberCell(cells[k], header[k], "a finite number", place));
      }
    },
  });
  return { names, width: header.length - 1, values: Float32Array.from(values) };
}

async function fromParquet(file: string): Promise<NamedVectors> {
  const table = await readParquetColumns(file);
  const [id, ...numbers] = table.columns;
  const names = new Array<string>(table.rows), width = numbers.length;
  const values = new Float32Array(table.rows * width);
  await table.read(table.columns, (column, start, own) => {
    const at = numbers.indexOf(column);
    for (let k = 0; k < own.length; k++) {
      if (column === id) names[start + k] = String(own[k]);
      else values[(start + k) * width + at] = own[k] === null ? NaN : Number(own[k]);
    }
  });
  return { names, width, values };
}
