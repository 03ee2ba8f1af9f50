import type { SourceFile } from "../dataset.ts";
import { UserError } from "../user_error.ts";
import { type DirectedRelation, indexEdges, type KnowledgeGraph } from "./graph.ts";

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

  /** Numbers the nodes anew: the first of `order` becomes node 0. */
  reorder(order: readonly number[]): void {
    const place = new Uint32Array(order.length);
    order.forEach((node, at) => place[node] = at);
    for (const ends of [this.#source, this.#destination]) {
      for (let edge = 0; edge < this.#edges; edge++) ends[edge] = place[ends[edge]];
    }
    const types = this.#typeOf.slice();
    order.forEach((node, at) => this.#typeOf[at] = types[node]);
    for (const list of [this.#ids, this.#names, this.#sources]) {
      const before = list.slice();
      order.forEach((node, at) => list[at] = before[node]);
    }
  }

  /** Edges that leave each node, less those that reach it. */
  balance(): Int32Array {
    const balance = new Int32Array(this.nodes);
    for (let edge = 0; edge < this.#edges; edge++) {
      balance[this.#source[edge]]++;
      balance[this.#destination[edge]]--;
    }
    return balance;
  }

  /** The graph of what was added. The draft is done then. */
  finish(files: readonly SourceFile[] = []): KnowledgeGraph {
    const nodes = this.nodes;
    // By name, so that a graph does not depend on which node a file mentions first.
    const types = this.#typeNames.toSorted();
    const typeNumbers = this.#typeNames.map((type) => types.indexOf(type));
    return {
      ids: this.#ids,
      names: this.#names,
      sources: this.#sources,
      types,
      typeOf: this.#typeOf.slice(0, nodes).map((type) => typeNumbers[type]),
      relations: this.#relationList,
      ...indexEdges(nodes, {
        source: this.#source.subarray(0, this.#edges),
        destination: this.#destination.subarray(0, this.#edges),
        relation: this.#relation.subarray(0, this.#edges),
      }),
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
