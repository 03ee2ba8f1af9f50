import assert from "node:assert/strict";
import {
  degreeFeatures,
  randomisedFeatures,
  shuffledEdges,
  withoutEdges,
  withoutRelations,
} from "../../../datasets/knowledge_graph/disturb_graph.ts";
import { edgeList, type KnowledgeGraph, relationCounts } from "../../../datasets/knowledge_graph/graph.ts";
import { GraphDraft } from "../../../datasets/knowledge_graph/graph_draft.ts";
import { simulateGraph } from "../../../datasets/knowledge_graph/simulate_graph.ts";
import { UserError } from "../../../datasets/mod.ts";

const { graph } = simulateGraph({ genes: 163, drugs: 7, decoys: 3, cells: 2 });

/** Edges of every node and relation, in both directions. */
function degrees({ relations, ids, incoming, outgoing }: KnowledgeGraph) {
  return ids.map((_, node) => {
    const own = relations.map(() => [0, 0]);
    for (let at = incoming.starts[node]; at < incoming.starts[node + 1]; at++) {
      own[incoming.relation[at]][0]++;
    }
    for (let at = outgoing.starts[node]; at < outgoing.starts[node + 1]; at++) {
      own[incoming.relation[outgoing.slot[at]]][1]++;
    }
    return own;
  });
}

function texts(graph: KnowledgeGraph): string[] {
  const { source, destination, relation } = edgeList(graph);
  return Array.from(source, (from, edge) => `${from} ${relation[edge]} ${destination[edge]}`);
}

/** Edges whose mirror is not there as often. */
function unmirrored(graph: KnowledgeGraph): number {
  const { source, destination, relation } = edgeList(graph);
  const balance = new Map<string, number>();
  source.forEach((from, edge) => {
    const { name } = graph.relations[relation[edge]];
    const [a, b] = [from, destination[edge]].sort((x, y) => x - y);
    const key = `${name} ${a} ${b}`;
    balance.set(key, (balance.get(key) ?? 0) + (from === a ? 1 : -1));
  });
  return balance.values().filter((value) => value !== 0).toArray().length;
}

Deno.test("shuffledEdges() keeps every degree of every relation and both directions, and moves edges", () => {
  assert.equal(unmirrored(graph), 0);
  const shuffled = shuffledEdges(graph, 1, 5);
  assert.deepEqual(degrees(shuffled), degrees(graph));
  assert.equal(unmirrored(shuffled), 0);
  const before = new Set(texts(graph));
  const moved = texts(shuffled).filter((edge) => !before.has(edge)).length;
  // Dense relations of few nodes find old partners again.
  assert.ok(moved > 0.6 * before.size, `${moved} of ${before.size} moved`);
  const loops =
    edgeList(shuffled).source.filter((from, edge) => from === edgeList(shuffled).destination[edge]).length;
  assert.equal(loops, 0);
  assert.deepEqual(texts(shuffledEdges(graph, 1, 5)), texts(shuffled));
  assert.notDeepEqual(texts(shuffledEdges(graph, 1, 6)), texts(shuffled));
});

Deno.test("shuffledEdges() moves the share that it is told, none for 0", () => {
  assert.equal(shuffledEdges(graph, 0, 1), graph);
  const before = new Set(texts(graph));
  const moved = texts(shuffledEdges(graph, 0.25, 1)).filter((edge) => !before.has(edge)).length / before.size;
  assert.ok(moved > 0.12 && moved < 0.26, `${moved}`);
});

Deno.test("withoutRelations() leaves both directions out and refuses a name that is not there", () => {
  const fewer = withoutRelations(graph, ["drug_drug", "drug_protein"]);
  relationCounts(fewer).forEach((count, number) => {
    const { name } = graph.relations[number];
    assert.equal(count, /^drug_(drug|protein)$/.test(name) ? 0 : relationCounts(graph)[number], name);
  });
  assert.throws(
    () => withoutRelations(graph, ["drug_drugs"]),
    (error) =>
      error instanceof UserError && /no relation "drug_drugs".*did you mean "drug_drug"/.test(error.message),
  );
  assert.equal(withoutEdges(graph).incoming.starts.at(-1), 0);
});

Deno.test("randomisedFeatures() keeps means and deviations, or deals rows to other nodes", () => {
  const values = Float32Array.from(
    { length: 400 * 3 },
    (_, at) => at % 3 === 0 ? 7 : Math.sin(at) * (at % 3),
  );
  const own = {
    type: "gene/protein",
    file: "f",
    nodes: Uint32Array.from({ length: 400 }, (_, k) => k),
    width: 3,
    values,
  };
  const [noise] = randomisedFeatures([own], "gaussian", 3);
  const column = (values: Float32Array, k: number) => values.filter((_, at) => at % 3 === k);
  for (const k of [0, 1, 2]) {
    const [a, b] = [column(values, k), column(noise.values, k)];
    const mean = (list: Float32Array) => list.reduce((sum, value) => sum + value, 0) / list.length;
    const deviation = (list: Float32Array) => Math.sqrt(mean(list.map((value) => (value - mean(list)) ** 2)));
    assert.ok(Math.abs(mean(a) - mean(b)) < 0.25, `${mean(b)}`);
    assert.ok(Math.abs(deviation(a) - deviation(b)) < 0.2, `${deviation(b)}`);
  }
  const [dealt] = randomisedFeatures([own], "permuted", 3);
  assert.notDeepEqual(dealt.values, values);
  assert.deepEqual(dealt.values.toSorted(), values.toSorted());
});

Deno.test("degreeFeatures() counts the edges of each relation that reach a node", () => {
  const draft = new GraphDraft();
  const [a, b, c] = ["A", "B", "C"].map((id) =>
    draft.addNode({ type: "gene/protein", id, name: id, source: "" })
  );
  const drug = draft.addNode({ type: "drug", id: "D", name: "D", source: "" });
  draft.addNode({ type: "exposure", id: "E", name: "E", source: "" });
  for (const gene of [a, b]) draft.link("drug_protein", drug, gene);
  draft.link("drug_protein", drug, a);
  draft.link("protein_protein", a, c);
  const features = degreeFeatures(draft.finish());
  const of = (type: string) => features.find((one) => one.type === type)!;
  const logs = (...counts: number[]) => Float32Array.from(counts, (count) => Math.log1p(count));
  assert.deepEqual(of("gene/protein").values, logs(2, 1, 1, 0, 0, 1));
  assert.deepEqual(of("drug").values, logs(3));
  assert.deepEqual(of("exposure").values, logs(0));
});
