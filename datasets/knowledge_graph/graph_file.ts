import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import {
  readSafetensors,
  readSafetensorsMetadata,
  safetensorsChunks,
} from "../../host/checkpoint/safetensors.ts";
import type { StoredTensor, TensorMap } from "../../host/checkpoint/stored_tensor.ts";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";
import { UserError } from "../user_error.ts";
import type { SourceFile } from "../dataset.ts";
import type { DirectedRelation, KnowledgeGraph } from "./graph.ts";
import type { NodeFeatures } from "./node_features.ts";
import { system } from "../../host/system.ts";
import { jsonOfText } from "../../host/json_text.ts";

/** Name of the graph in a data folder. */
export const graphFile = "graph.safetensors";

const format = "perturbine graph 1";

/** A graph with what is known of its nodes beyond their edges. */
export interface StoredGraph {
  readonly graph: KnowledgeGraph;
  readonly features: readonly NodeFeatures[];
}

/** What joins texts in the file: no name of a CSV file holds it. */
const separator = "\0";

/**
 * Writes a graph as one file that opens in a second: a safetensors file with both indices of the edges, relation numbers, nodes
 * and features, and in its header the SHA-256 of every file that the graph was made of.
 *
 * @throws {UserError} when the file cannot be written; nothing is left half-written.
 */
export async function writeGraphFile(path: string, { graph, features }: StoredGraph): Promise<void> {
  const { incoming, outgoing } = graph;
  const tensors = new Map<string, StoredTensor>([
    ["node.type", bytes(graph.typeOf)],
    ["node.id", texts(graph.ids)],
    ["node.name", texts(graph.names)],
    ["node.source", texts(graph.sources)],
    ["incoming.starts", words(incoming.starts)],
    ["incoming.source", words(incoming.source)],
    ["incoming.relation", bytes(incoming.relation)],
    ["outgoing.starts", words(outgoing.starts)],
    ["outgoing.destination", words(outgoing.destination)],
    ["outgoing.slot", words(outgoing.slot)],
  ]);
  features.forEach(({ nodes, values, width }, at) => {
    tensors.set(`features.${at}.nodes`, words(nodes));
    tensors.set(`features.${at}.values`, { dtype: "F32", shape: [nodes.length, width], data: values });
  });
  await writeFileAtomic(
    path,
    safetensorsChunks(tensors, {
      format,
      types: JSON.stringify(graph.types),
      relations: JSON.stringify(
        graph.relations.map(({ source, name, destination }) => [source, name, destination]),
      ),
      features: JSON.stringify(features.map(({ type, file }) => [type, file])),
      files: JSON.stringify(graph.files),
    }),
  );
}

const words = (data: Uint32Array<ArrayBuffer>): StoredTensor => ({
  dtype: "U32",
  shape: [data.length],
  data,
});
const bytes = (data: Uint8Array<ArrayBuffer>): StoredTensor => ({ dtype: "U8", shape: [data.length], data });
const texts = (list: readonly string[]): StoredTensor =>
  bytes(new TextEncoder().encode(list.join(separator)));

/**
 * Opens a graph file.
 *
 * @throws {UserError} when it is missing, cut, or no graph file, or an index in it points nowhere.
 */
export async function readGraphFile(path: string): Promise<StoredGraph> {
  let content: Uint8Array<ArrayBuffer>;
  try {
    content = await system.readFile(path);
  } catch (error) {
    if (!(error instanceof system.errors.NotFound)) throw error;
    throw new UserError(`${path}: the graph file does not exist; make it with \`perturbine prepare kg\`.`);
  }
  try {
    return graphOf(path, readSafetensors(content, path), readSafetensorsMetadata(content, path));
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new UserError(`${error.message} Make the graph again with \`perturbine prepare kg\`.`);
  }
}

function graphOf(path: string, tensors: TensorMap, metadata: ReadonlyMap<string, string>): StoredGraph {
  if (metadata.get("format") !== format) {
    throw new UserError(
      `${path}: found the format ${JSON.stringify(metadata.get("format") ?? "")}, expected ${
        JSON.stringify(format)
      }; make the graph with \`perturbine prepare kg\`.`,
    );
  }
  const json = <Value>(key: string) => {
    try {
      return jsonOfText(metadata.get(key) ?? "[]") as Value;
    } catch (error) {
      throw new UserError(
        `${path}: its ${key} cannot be read: ${
          (error as Error).message
        }, so the file is damaged; make the graph again with ` +
          "`perturbine prepare kg`.",
      );
    }
  };
  const typed = <Data>(name: string, dtype: StoredTensor["dtype"]) => {
    const tensor = tensors.get(name);
    if (tensor?.dtype === dtype) return tensor.data as Data;
    throw new UserError(
      `${path}: found ${
        tensor ? `${tensor.dtype} values` : "nothing"
      } under ${name}, expected ${dtype} values.`,
    );
  };
  const wordsOf = (name: string) => typed<Uint32Array<ArrayBuffer>>(name, "U32");
  const bytesOf = (name: string) => typed<Uint8Array<ArrayBuffer>>(name, "U8");
  const typeOf = bytesOf("node.type");
  const textsOf = (name: string) => {
    const list = new TextDecoder().decode(bytesOf(name)).split(separator);
    if (list.length === typeOf.length || typeOf.length === 0) return typeOf.length === 0 ? [] : list;
    throw new UserError(
      `${path}: found ${list.length} texts under ${name}, expected ${typeOf.length}, one a node.`,
    );
  };
  const graph: KnowledgeGraph = {
    typeOf,
    ids: textsOf("node.id"),
    names: textsOf("node.name"),
    sources: textsOf("node.source"),
    types: json<string[]>("types"),
    relations: json<[string, string, string][]>("relations").map((
      [source, name, destination],
    ): DirectedRelation => ({
      source,
      name,
      destination,
    })),
    incoming: {
      starts: wordsOf("incoming.starts"),
      source: wordsOf("incoming.source"),
      relation: bytesOf("incoming.relation"),
    },
    outgoing: {
      starts: wordsOf("outgoing.starts"),
      destination: wordsOf("outgoing.destination"),
      slot: wordsOf("outgoing.slot"),
    },
    files: json<SourceFile[]>("files"),
  };
  requireSound(path, graph);
  const features = json<[string, string][]>("features").map(([type, file], at): NodeFeatures => {
    const nodes = wordsOf(`features.${at}.nodes`);
    requireBelow(path, `features.${at}.nodes`, nodes, typeOf.length);
    const values = typed<Float32Array<ArrayBuffer>>(`features.${at}.values`, "F32");
    return { type, file, nodes, width: nodes.length === 0 ? 0 : values.length / nodes.length, values };
  });
  return { graph, features };
}

/** @throws {UserError} when an index points nowhere, or a list is of another length. */
function requireSound(
  path: string,
  { ids, types, typeOf, relations, incoming, outgoing }: KnowledgeGraph,
): void {
  const nodes = ids.length, edges = incoming.source.length;
  requireBelow(path, "node.type", typeOf, types.length);
  for (
    const [name, starts] of [["incoming.starts", incoming.starts], [
      "outgoing.starts",
      outgoing.starts,
    ]] as const
  ) {
    const rising = starts.every((start, at) => start >= (at === 0 ? 0 : starts[at - 1])) && starts[0] === 0;
    if (starts.length === nodes + 1 && rising && starts[nodes] === edges) continue;
    throw new UserError(
      `${path}: ${name} does not cut ${edges} edges among ${nodes} nodes; the file is damaged.`,
    );
  }
  requireBelow(path, "incoming.source", incoming.source, nodes, edges);
  requireBelow(path, "incoming.relation", incoming.relation, relations.length, edges);
  requireBelow(path, "outgoing.destination", outgoing.destination, nodes, edges);
  requireBelow(path, "outgoing.slot", outgoing.slot, edges, edges);
}

function requireBelow(
  path: string,
  name: string,
  values: Uint32Array | Uint8Array,
  limit: number,
  length = values.length,
): void {
  if (values.length !== length) {
    throw new UserError(
      `${path}: found ${values.length} values under ${name}, expected ${length}; the file is damaged.`,
    );
  }
  // A plain loop: eight million calls of a function would take longer than reading the file.
  for (let at = 0; at < values.length; at++) {
    if (values[at] < limit) continue;
    throw new UserError(
      `${path}: found ${
        values[at]
      } under ${name}, place ${at}, expected less than ${limit}; the file is damaged.`,
    );
  }
}
