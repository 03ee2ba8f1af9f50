import { resolve } from "node:path";
import { ppiFromEdges } from "../../readers/ppi_graph.ts";
import { readPpiEdges } from "../../readers/read_ppi_edges.ts";
import type { PpiGraph } from "../../types.ts";
import { UserError } from "../../user_error.ts";
import type { ProfileSettings } from "./settings.ts";
import { system } from "../../../host/system.ts";

/** Edges among genes, where they came from and what to say about it. */
export interface Interactions {
  readonly graph: PpiGraph;
  readonly file?: string;
  readonly note: string;
}

/** Where the released layout keeps its edges, from the data folder. */
const places = ["", "..", "../../csg2a"];

/**
 * The interactions that the settings ask for.
 *
 * @param folder where `auto` looks for STRING_edges.csv: in it, above it, and where the released layout keeps it.
 * @param simulated the simulator's own graph, which `auto` takes then.
 * @throws {UserError} when `auto` finds no file, the file is faulty, or settings contradict each other.
 */
export async function interactions(
  { ppi, ppiIdentity: identity, minScore, ppiAliases: aliases }: ProfileSettings,
  genes: readonly string[],
  folder: string,
  simulated?: PpiGraph,
): Promise<Interactions> {
  if (ppi === "identity" && !identity) {
    throw new UserError(
      "The interactions are to be the identity, and the identity is switched off; for P = 0 say none.",
    );
  }
  if (ppi === "none" || ppi === "identity") {
    const own = ppi === "identity";
    return {
      graph: ppiFromEdges(genes, [], { identity: own }),
      note: `No PPI edges: P is ${own ? "the identity" : "zero"}.`,
    };
  }
  if (ppi === "auto" && simulated) {
    const graph = identity ? simulated : withoutDiagonal(simulated);
    return { graph, note: `${countEdges(graph)} interactions of the simulator.` };
  }
  const file = ppi === "auto" ? await foundEdges(folder) : ppi;
  const graph = await readPpiEdges(file, genes, { identity, minScore, aliases });
  const { edgesInside, edgesOutside, edgesBelow } = graph;
  return {
    graph,
    file,
    note: [
      `${edgesInside} interactions among the ${genes.length} genes, ${edgesOutside} rows of ${file} lie outside` +
      (minScore === null ? "." : `, ${edgesBelow} have a score below ${minScore}.`),
      ...graph.notes,
    ].join(" "),
  };
}

async function foundEdges(folder: string): Promise<string> {
  for (const place of places) {
    const path = resolve(folder, place, "STRING_edges.csv");
    if (await system.stat(path).then((stat) => stat.isFile, () => false)) return path;
  }
  throw new UserError(
    `${folder}: no STRING_edges.csv in it, above it or in ../../csg2a; name the file with --ppi FILE, ` +
      "or train without interactions with --ppi none.",
  );
}

function withoutDiagonal({ genes, indptr, indices }: PpiGraph): PpiGraph {
  const edges: [number, number][] = [];
  for (let row = 0; row < genes.length; row++) {
    for (const column of indices.subarray(indptr[row], indptr[row + 1])) {
      if (column !== row) edges.push([row, column]);
    }
  }
  return ppiFromEdges(genes, edges, { identity: false });
}

/** Undirected edges, the diagonal not counted. */
function countEdges({ genes, indptr, indices }: PpiGraph): number {
  let count = 0;
  for (let row = 0; row < genes.length; row++) {
    for (const column of indices.subarray(indptr[row], indptr[row + 1])) if (column > row) count++;
  }
  return count;
}
