import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { ppiFromEdges } from "../../../datasets/readers/ppi_graph.ts";
import { ppiFromDense, ppiRowSums, ppiToDense } from "../../support/ppi_matrix.ts";
import { readPpiEdges } from "../../../datasets/readers/read_ppi_edges.ts";
import { messageOf, withFolder } from "./data_files.ts";

Deno.test("readPpiEdges() symmetrises, adds the identity once and counts what lies outside", async () => {
  const edges = "source,target\nA,B\nB,A\nC,C\nB,D\nX,Y\nA,B\nC,A\n";
  await withFolder({ "edges.csv": edges }, async (folder) => {
    const path = join(folder, "edges.csv");
    const graph = await readPpiEdges(path, ["A", "B", "C", "E"]);
    assert.deepEqual([...ppiToDense(graph)], [1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1]);
    assert.deepEqual([graph.edgesInside, graph.edgesOutside], [2, 2]);
    assert.deepEqual([...ppiRowSums(graph)], [3, 2, 2, 1]);
    const bare = await readPpiEdges(path, ["A", "B", "E"], { identity: false });
    assert.deepEqual([...ppiToDense(bare)], [0, 1, 0, 1, 0, 0, 0, 0, 0]);
    assert.equal(
      await messageOf(folder, readPpiEdges(path, ["ENSG1", "ENSG2"])),
      'DIR/edges.csv: none of the 2 genes ("ENSG1", "ENSG2") occurs in its 7 edges ("A", "B", "C"), expected ' +
        "the same kind of gene symbols in both; check that this is the right edge file.",
    );
  });
  await withFolder({ "edges.csv": "begin,finish\nA,B\n" }, async (folder) => {
    assert.match(
      await messageOf(folder, readPpiEdges(join(folder, "edges.csv"), ["A"])),
      /expected "source" or "protein1" or "node1" among them/,
    );
  });
});

Deno.test("a PPI graph is the same from edges, from a dense matrix and back", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 33 }), fc.infiniteStream(fc.nat()), (count, numbers) => {
    const genes = Array.from({ length: count }, (_, gene) => `G${gene}`);
    const next = () => numbers.next().value % count;
    const edges = Array.from({ length: count }, (): [number, number] => [next(), next()]);
    const graph = ppiFromEdges(genes, edges);
    const dense = ppiToDense(graph);
    assert.deepEqual(ppiFromDense(genes, dense), graph);
    for (let row = 0; row < count; row++) {
      assert.equal(dense[row * count + row], 1);
      for (let column = 0; column < count; column++) {
        assert.equal(dense[row * count + column], dense[column * count + row]);
      }
      const columns = graph.indices.subarray(graph.indptr[row], graph.indptr[row + 1]);
      assert.deepEqual([...columns], [...new Set(columns)].sort((a, b) => a - b));
    }
  }));
  assert.throws(() => ppiFromDense(["A"], [2]), {
    message: "PPI matrix, row 0, column 0: found 2, expected 0 or 1.",
  });
  assert.throws(() => ppiFromDense(["A", "B"], [1]), RangeError);
});
