import { placeText, readCsv, RowError, type RowPlace } from "../readers/csv.ts";
import { closestName } from "../readers/closest_name.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { sourceFiles } from "../layouts/common/source_files.ts";
import type { KnowledgeGraph } from "./graph.ts";
import { GraphDraft, type NodeDraft } from "./graph_draft.ts";
import { primekgRelations } from "./primekg_relations.ts";
import { system } from "../../host/system.ts";

/** How far reading has come. */
export interface ReadProgress {
  readonly file: string;
  /** Read so far, and in all. */
  readonly bytes: number;
  readonly of: number;
  /** Below the header, so far. */
  readonly rows: number;
}

/** Columns of a node at one end of a row. */
interface EndColumns {
  readonly index: number;
  readonly id: number;
  readonly type: number;
  readonly name: number;
  readonly source: number;
}

/**
 * Reads PrimeKG's own files: `kg.csv`, or `nodes.csv` and `edges.csv`, which give the same graph where every node has an edge.
 *
 * Nodes are numbered in the order of `node_index`, edges of a node stay in the order of the file, parallel edges are kept
 * (kg-gat.md 3.2). Streamed: 8.1 million rows need a few hundred megabytes.
 *
 * @param files one file (`kg.csv`), or two in any order.
 * @throws {UserError} naming file and row: an unknown relation, ends of other types, an edge to a node that is not there, a node
 * index that stands for two nodes; a copy without index columns; edges without their mirror.
 */
export async function readPrimekg(
  files: readonly string[],
  onProgress?: (progress: ReadProgress) => void,
): Promise<KnowledgeGraph> {
  return (await draftOfPrimekg(files, onProgress)).finish(await sourceFiles("", files));
}

/** The same before its edges are sorted, so that nodes and edges can be added. */
export async function draftOfPrimekg(
  files: readonly string[],
  onProgress?: (progress: ReadProgress) => void,
): Promise<GraphDraft> {
  if (files.length < 1 || files.length > 2) {
    throw new UserError(
      `PrimeKG is one file (kg.csv) or two (nodes.csv, edges.csv), found ${files.length}; name them all.`,
    );
  }
  const headers = await Promise.all(files.map(headerOf));
  const reader = new Reader();
  if (files.length === 1) {
    requireIndices(files[0], headers[0]);
    await reader.readWhole(files[0], onProgress);
  } else {
    const nodes = headers.findIndex((header) => header.includes("node_index"));
    if (nodes < 0) {
      throw new UserError(
        `${
          files.join(" and ")
        }: found node_index in neither header, expected nodes.csv and edges.csv of PrimeKG.`,
      );
    }
    await reader.readNodes(files[nodes], onProgress);
    await reader.readEdges(files[1 - nodes], onProgress);
  }
  return reader.finish(files.at(-1)!);
}

/** @throws {UserError} for the copy that Therapeutics Data Commons hands out. */
function requireIndices(file: string, header: readonly string[]): void {
  if (header.includes("x_index") || !header.includes("x_id")) return;
  throw new UserError(
    `${file}, header: found x_id without x_index: this is the copy of PrimeKG that Therapeutics Data Commons hands out, in ` +
      "which nodes of one type and id cannot be told apart; take kg.csv from doi:10.7910/DVN/IXA7BM.",
  );
}

/** Column names of a CSV file; the file itself is checked when it is read. */
async function headerOf(path: string): Promise<readonly string[]> {
  let columns: readonly string[] = [];
  class Done extends Error {}
  try {
    await readCsv(path, {
      header(names) {
        columns = names;
        throw new Done();
      },
      row() {},
    });
  } catch (error) {
    if (!(error instanceof Done)) throw error;
  }
  return columns;
}

class Reader {
  readonly #draft = new GraphDraft();
  /** node_index -> node of the draft. */
  readonly #nodes = new Map<string, number>();
  /** Row of each node's first mention. */
  readonly #rows: number[] = [];
  /** `relation\tsource type\tdestination type` -> number, for rows like those before. */
  readonly #known = new Map<string, number>();

  async readWhole(file: string, onProgress?: (progress: ReadProgress) => void): Promise<void> {
    let relation = 0, ends: EndColumns[] = [];
    await stream(file, onProgress, (columns) => {
      relation = requireColumn(file, columns, "relation");
      ends = ["x", "y"].map((end) => ({
        index: requireColumn(file, columns, `${end}_index`),
        id: requireColumn(file, columns, `${end}_id`),
        type: requireColumn(file, columns, `${end}_type`),
        name: requireColumn(file, columns, `${end}_name`),
        source: requireColumn(file, columns, `${end}_source`),
      }));
    }, (cells, place) => {
      const [x, y] = ends.map((end) => this.#node(cells, end, place));
      this.#edge(cells[relation], x, y, place);
    });
  }

  async readNodes(file: string, onProgress?: (progress: ReadProgress) => void): Promise<void> {
    let at: EndColumns | undefined;
    await stream(file, onProgress, (columns) => {
      at = {
        index: requireColumn(file, columns, "node_index"),
        id: requireColumn(file, columns, "node_id"),
        type: requireColumn(file, columns, "node_type"),
        name: requireColumn(file, columns, "node_name"),
        source: requireColumn(file, columns, "node_source"),
      };
    }, (cells, place) => {
      const index = cells[at!.index];
      const earlier = this.#nodes.get(index);
      if (earlier !== undefined) {
        throw new RowError(
          `${placeText(place)}: found node_index ${
            quoteValue(index)
          } again, expected every index once (it stands in row ${
            this.#rows[earlier]
          } too); remove one of the rows.`,
        );
      }
      this.#node(cells, at!, place);
    });
  }

  async readEdges(file: string, onProgress?: (progress: ReadProgress) => void): Promise<void> {
    let relation = 0, x = 0, y = 0;
    await stream(file, onProgress, (columns) => {
      relation = requireColumn(file, columns, "relation");
      x = requireColumn(file, columns, "x_index");
      y = requireColumn(file, columns, "y_index");
    }, (cells, place) => {
      const [first, second] = [[x, "x_index"], [y, "y_index"]].map(([column, name]) => {
        const node = this.#nodes.get(cells[column as number]);
        if (node !== undefined) return node;
        throw new RowError(
          `${placeText(place)}, column ${name}: found ${
            quoteValue(cells[column as number])
          }, which is no node_index of nodes.csv, expected one of its ${this.#nodes.size}; give the nodes.csv of the same release.`,
        );
      });
      this.#edge(cells[relation], first, second, place);
    });
  }

  /** @throws {UserError} when a node has more edges in one direction than in the other. */
  finish(file: string): GraphDraft {
    const draft = this.#draft;
    const indices = Array.from(this.#nodes.keys(), Number);
    draft.reorder(indices.map((_, node) => node).sort((a, b) => indices[a] - indices[b]));
    const balance = draft.balance();
    const node = balance.findIndex((more) => more !== 0);
    if (node < 0) return draft;
    throw new UserError(
      `${file}: the node ${quoteValue(draft.nameOf(node))} (${draft.idOf(node)}) has ${
        Math.abs(balance[node])
      } ${
        balance[node] > 0
          ? "more edges that leave it than edges that reach it"
          : "more edges that reach it than edges that leave it"
      }, expected as many of both, because PrimeKG writes every relationship in both directions; take an unchanged file.`,
    );
  }

  /** The node of a row, new or known. @throws {RowError} when its index stands for another node elsewhere. */
  #node(cells: readonly string[], at: EndColumns, place: RowPlace): number {
    const index = cells[at.index];
    const known = this.#nodes.get(index);
    if (known === undefined) return this.#addNode(index, cells, at, place);
    const draft = this.#draft;
    if (
      draft.idOf(known) === cells[at.id] && draft.typeOf(known) === cells[at.type] &&
      draft.nameOf(known) === cells[at.name] && draft.sourceOf(known) === cells[at.source]
    ) return known;
    throw new RowError(
      `${placeText(place)}: found the index ${quoteValue(index)} for ${quoteValue(cells[at.type])} ${
        quoteValue(cells[at.id])
      } (${quoteValue(cells[at.name])}), expected ${quoteValue(draft.typeOf(known))} ${
        quoteValue(draft.idOf(known))
      } (${quoteValue(draft.nameOf(known))}) as in row ${
        this.#rows[known]
      }: one index stands for two nodes; take an unchanged kg.csv.`,
    );
  }

  #addNode(index: string, cells: readonly string[], at: EndColumns, place: RowPlace): number {
    if (!/^\d{1,9}$/.test(index)) {
      throw new RowError(
        `${placeText(place)}: found the index ${quoteValue(index)}, expected a whole number of 0 or more.`,
      );
    }
    const node: NodeDraft = {
      id: cells[at.id],
      type: cells[at.type],
      name: cells[at.name],
      source: cells[at.source],
    };
    if (node.type === "" || node.id === "") {
      throw new RowError(
        `${placeText(place)}: found a node without ${node.type === "" ? "type" : "id"}, expected both.`,
      );
    }
    const number = this.#draft.addNode(node);
    this.#nodes.set(index, number);
    this.#rows.push(place.row);
    return number;
  }

  #edge(relation: string, x: number, y: number, place: RowPlace): void {
    const [from, to] = [this.#draft.typeOf(x), this.#draft.typeOf(y)];
    const key = `${relation}\t${from}\t${to}`;
    let number = this.#known.get(key);
    if (number === undefined) {
      this.#known.set(
        key,
        number = this.#draft.relation(from, checkedRelation(relation, from, to, place), to),
      );
    }
    this.#draft.addEdge(number, x, y);
  }
}

/** @throws {RowError} for a relation that PrimeKG does not have, or one between other types. */
function checkedRelation(name: string, from: string, to: string, place: RowPlace): string {
  const ends = Object.hasOwn(primekgRelations, name) ? primekgRelations[name] : undefined;
  if (!ends) {
    const near = closestName(name, Object.keys(primekgRelations));
    throw new RowError(
      `${placeText(place)}, column relation: found ${quoteValue(name)}, expected one of PrimeKG's ${
        Object.keys(primekgRelations).length
      } relations${near ? `; did you mean ${quoteValue(near)}?` : ", such as drug_protein."}`,
    );
  }
  if ((from === ends[0] && to === ends[1]) || (from === ends[1] && to === ends[0])) return name;
  throw new RowError(
    `${placeText(place)}: found ${name} between ${quoteValue(from)} and ${quoteValue(to)}, expected ${
      ends[0]
    } and ${ends[1]}; the row is damaged, take the file anew.`,
  );
}

async function stream(
  file: string,
  onProgress: ((progress: ReadProgress) => void) | undefined,
  header: (columns: readonly string[]) => void,
  row: (cells: readonly string[], place: RowPlace) => void,
): Promise<void> {
  const { size } = await system.stat(file).catch(() => ({ size: 0 }));
  let rows = 0;
  const total = await readCsv(file, {
    header,
    row(cells, place) {
      rows = place.row;
      row(cells, place);
    },
    progress: (bytes) => onProgress?.({ file, bytes, of: size, rows }),
  });
  if (total === 0) throw new UserError(`${file}: the file holds a header but no rows; export it again.`);
}
