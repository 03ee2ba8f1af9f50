import type { SourceFile } from "../dataset.ts";
import { UserError } from "../user_error.ts";
import { type DirectedRelation, edgeList, indexEdges, type KnowledgeGraph } from "./graph.ts";

/** A node that is being added. */
export interface NodeDraft {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  readonly source: string;
}

/** Types and relations are one byte each. */
const most = 256;

/** A graph while it is being made: nodes and edges are added, `finish` sorts them. */
export class GraphDraft {
  readonly #ids: string[] = [];
  readonly #names: string[] = [];
  readonly #sources: string[] = [];
  readonly #types = new Map<string, number>();
  readonly #typeNames: string[] = [];
  readonly #relations = new Map<string, number>();
  readonly #relationList: DirectedRelation[] = [];
  #typeOf = new Uint8Array(1024);
  #source = new Uint32Array(1024);
  #destination = new Uint32Array(1024);
  #relation = new Uint8Array(1024);
  #edges = 0;

  /** A draft that begins with the nodes and edges of a graph. */
  static from(graph: KnowledgeGraph): GraphDraft {
    const draft = new GraphDraft();
    graph.ids.forEach((id, node) =>
      draft.addNode({
        id,
        type: graph.types[graph.typeOf[node]],
        name: graph.names[node],
        source: graph.sources[node],
      })
    );
    const numbers = graph.relations.map(({ source, name, destination }) =>
      draft.relation(source, name, destination)
    );
    const { source, destination, relation } = edgeList(graph);
    for (let edge = 0; edge < source.length; edge++) {
      draft.addEdge(numbers[relation[edge]], source[edge], destination[edge]);
    }
    return draft;
  }

  /** Nodes so far. */
  get nodes(): number {
    return this.#ids.length;
  }

  /** Edges so far. */
  get edges(): number {
    return this.#edges;
  }

  /** Type of a node. */
  typeOf(node: number): string {
    return this.#typeNames[this.#typeOf[node]];
  }

  /** Id of a node, as written. */
  idOf(node: number): string {
    return this.#ids[node];
  }

  /** Name of a node. */
  nameOf(node: number): string {
    return this.#names[node];
  }

  /** Source of a node's id. */
  sourceOf(node: number): string {
    return this.#sources[node];
  }

  /** Adds a node. @returns its number. @throws {UserError} for a 257th type. */
  addNode({ type, id, name, source }: NodeDraft): number {
    const node = this.#ids.length;
    if (node === this.#typeOf.length) this.#typeOf = grown(this.#typeOf);
    let number = this.#types.get(type);
    if (number === undefined) {
      number = this.#typeNames.length;
      if (number === most) {
        throw new UserError(`found "${type}" as a ${most + 1}th type of nodes, expected at most ${most}.`);
      }
      this.#types.set(type, number);
      this.#typeNames.push(type);
    }
    this.#typeOf[node] = number;
    this.#ids.push(id);
    this.#names.push(name);
    this.#sources.push(source);
    return node;
  }

  /** Number of a directed relation, which is made if it is new. @throws {UserError} for a 257th. */
  relation(source: string, name: string, destination: string): number {
    const key = `${source}\t${name}\t${destination}`;
    const known = this.#relations.get(key);
    if (known !== undefined) return known;
    const number = this.#relationList.length;
    if (number === most) {
      throw new UserError(`found "${name}" as a ${most + 1}th directed relation, expected at most ${most}.`);
    }
    this.#relations.set(key, number);
    this.#relationList.push({ source, name, destination });
    return number;
  }

  /** Adds one directed edge. */
  addEdge(relation: number, source: number, destination: number): void {
    const edge = this.#edges++;
    if (edge === this.#source.length) {
      this.#source = grown(this.#source);
      this.#destination = grown(this.#destination);
      this.#relation = grown(this.#relation);
    }
    this.#source[edge] = source;
    this.#destination[edge] = destination;
    this.#relation[edge] = relation;
  }

  /** Adds an edge in both directions. */
  link(name: string, first: number, second: number): void {
    const [a, b] = [this.typeOf(first), this.typeOf(second)];
    this.addEdge(this.relation(a, name, b), first, second);
    this.addEdge(this.relation(b, name, a), second, first);
  }

  /** The graph of what was added; `order` numbers the nodes anew, the first of it being node 0. */
  finish(files: readonly SourceFile[] = [], order?: readonly number[]): KnowledgeGraph {
    const edges = {
      source: this.#source.slice(0, this.#edges),
      destination: this.#destination.slice(0, this.#edges),
      relation: this.#relation.slice(0, this.#edges),
    };
    const nodes = this.nodes;
    if (order) {
      const place = new Uint32Array(nodes);
      order.forEach((node, at) => place[node] = at);
      for (const ends of [edges.source, edges.destination]) {
        for (let edge = 0; edge < ends.length; edge++) ends[edge] = place[ends[edge]];
      }
    }
    const sorted = <Value>(values: readonly Value[]) =>
      order ? order.map((node) => values[node]) : [...values];
    // By name, so that a graph does not depend on which node a file mentions first.
    const types = this.#typeNames.toSorted();
    const typeNumbers = this.#typeNames.map((type) => types.indexOf(type));
    return {
      ids: sorted(this.#ids),
      names: sorted(this.#names),
      sources: sorted(this.#sources),
      types,
      typeOf: Uint8Array.from(
        sorted(Array.from(this.#typeOf.subarray(0, nodes))),
        (type) => typeNumbers[type],
      ),
      relations: [...this.#relationList],
      ...indexEdges(nodes, edges),
      files,
    };
  }
}

/** The same values with room for twice as many. */
function grown<Values extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(values: Values): Values {
  const larger = new (values.constructor as new (length: number) => Values)(2 * values.length);
  larger.set(values);
  return larger;
}
