import assert from "node:assert/strict";
import { join } from "node:path";
import { GraphDraft } from "../../../datasets/knowledge_graph/graph_draft.ts";
import { readGraphFile, writeGraphFile } from "../../../datasets/knowledge_graph/graph_file.ts";
import type { NodeFeatures } from "../../../datasets/knowledge_graph/node_features.ts";
import { messageOf, withFolder } from "../readers/data_files.ts";

function smallGraph() {
  const draft = new GraphDraft();
  const nodes = [["drug", "DB1"], ["gene/protein", "207"], ["gene/protein", "5728"]].map(([type, id]) =>
    draft.addNode({ type, id, name: `the "${id}", ü`, source: "test" })
  );
  draft.link("drug_protein", nodes[0], nodes[1]);
  draft.link("protein_protein", nodes[1], nodes[2]);
  return draft.finish([{ name: "kg.csv", bytes: 7, sha256: "ab" }]);
}

const features: NodeFeatures = {
  type: "gene/protein",
  file: "genes.csv",
  nodes: Uint32Array.of(1, 2),
  width: 3,
  values: Float32Array.of(1, 2, 3, 4, 5, 6),
};

Deno.test("readGraphFile() gives back what writeGraphFile() wrote", async () => {
  const stored = { graph: smallGraph(), features: [features] };
  await withFolder({}, async (folder) => {
    const path = join(folder, "graph.safetensors");
    await writeGraphFile(path, stored);
    assert.deepEqual(await readGraphFile(path), stored);
  });
});

Deno.test("readGraphFile() refuses a file that is cut, damaged, or no graph", async () => {
  await withFolder({}, async (folder) => {
    const path = join(folder, "graph.safetensors");
    await writeGraphFile(path, { graph: smallGraph(), features: [features] });
    const whole = await Deno.readFile(path);
    await Deno.writeFile(path, whole.slice(0, whole.length - 5));
    assert.match(await messageOf(folder, readGraphFile(path)), /cut|bytes.*prepare kg/);
    await Deno.writeFile(path, whole.slice(0, 6));
    assert.match(await messageOf(folder, readGraphFile(path)), /too few for a safetensors file/);
    const graph = smallGraph();
    graph.incoming.source[1] = 3;
    await writeGraphFile(path, { graph, features: [] });
    assert.equal(
      await messageOf(folder, readGraphFile(path)),
      "DIR/graph.safetensors: found 3 under incoming.source, place 1, expected less than 3; the file is damaged.",
    );
    const crooked = smallGraph();
    crooked.outgoing.starts[1] = 4;
    await writeGraphFile(path, { graph: crooked, features: [] });
    assert.match(
      await messageOf(folder, readGraphFile(path)),
      /outgoing\.starts does not cut 4 edges among 3 nodes/,
    );
    await Deno.writeTextFile(path, "hello, this is no graph file");
    assert.match(await messageOf(folder, readGraphFile(path)), /not a safetensors file/);
    assert.match(
      await messageOf(folder, readGraphFile(join(folder, "none"))),
      /does not exist; make it with `perturbine prepare kg`/,
    );
  });
});
