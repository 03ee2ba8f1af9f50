import { placeText, readCsv, RowError } from "./csv.ts";
import { listNames, requireColumn } from "./named_columns.ts";
import { ppiFromEdges, type PpiOptions } from "./ppi_graph.ts";
import type { PpiGraph } from "../types.ts";
import { UserError } from "../user_error.ts";

/** A PPI graph and what was left of the file. */
export interface PpiFromFile extends PpiGraph {
  /** The edge file. */
  readonly file: string;
  /** Distinct undirected edges among the genes, self loops not counted. */
  readonly edgesInside: number;
  /** Rows of the file with at least one end outside the genes. */
  readonly edgesOutside: number;
}

/**
 * Reads undirected edges (`STRING_edges.csv`: `source`, `target`, gene symbols; further columns are ignored) and keeps those
 * among `genes` (csg2a.md 6.7).
 *
 * @throws {UserError} when the file is missing or faulty, or none of the genes occurs in it.
 */
export async function readPpiEdges(
  path: string,
  genes: readonly string[],
  options: PpiOptions = {},
): Promise<PpiFromFile> {
  const position = new Map(genes.map((gene, index) => [gene, index]));
  const edges: [number, number][] = [];
  const symbolsOutside = new Set<string>();
  let source = 0, target = 0, edgesOutside = 0, met = false;
  const rows = await readCsv(path, {
    header(columns) {
      source = requireColumn(path, columns, "source");
      target = requireColumn(path, columns, "target");
    },
    row(cells, place) {
      const ends = [cells[source].trim(), cells[target].trim()];
      if (ends.includes("")) {
        throw new RowError(
          `${placeText(place)}, column ${
            ends[0] === "" ? "source" : "target"
          }: found "", expected a gene symbol; ` +
            `mend or remove the row.`,
        );
      }
      const [from, to] = ends.map((gene) => position.get(gene));
      met ||= from !== undefined || to !== undefined;
      if (from !== undefined && to !== undefined) {
        edges.push([from, to]);
        return;
      }
      edgesOutside++;
      if (symbolsOutside.size < 3) ends.forEach((gene) => position.has(gene) || symbolsOutside.add(gene));
    },
  });
  if (rows === 0) {
    throw new UserError(
      `${path}: the file holds a header but no edges, expected one a row; export it again, or train without edges.`,
    );
  }
  if (!met) {
    throw new UserError(
      `${path}: none of the ${genes.length} genes (${listNames(genes, 3)}) occurs in its ${rows} edges ` +
        `(${
          listNames([...symbolsOutside], 3)
        }), expected the same kind of gene symbols in both; check that this is the ` +
        `right edge file.`,
    );
  }
  const graph = ppiFromEdges(genes, edges, options);
  let diagonal = 0;
  for (let row = 0; row < genes.length; row++) {
    if (graph.indices.subarray(graph.indptr[row], graph.indptr[row + 1]).includes(row)) diagonal++;
  }
  return { ...graph, file: path, edgesInside: (graph.indices.length - diagonal) / 2, edgesOutside };
}
