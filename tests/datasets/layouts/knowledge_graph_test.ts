import assert from "node:assert/strict";
import type { Dataset } from "../../../datasets/mod.ts";
import { edgeList } from "../../../datasets/knowledge_graph/graph.ts";
import type { KnowledgeInputs } from "../../../datasets/layouts/knowledge_graph/inputs.ts";
import { knowledgeGraph } from "../../../datasets/layouts/knowledge_graph/layout.ts";
import { targetsOfDrugs } from "../../../datasets/layouts/knowledge_graph/targets.ts";
import { simulatedDrugs } from "../../../datasets/simulator/simulator_drugs.ts";

const small = { genes: 163, cells: 3, drugs: 7, decoys: 3, doses: [0.5, 10], times: [24], replicates: 1 };

async function simulated(settings: Record<string, unknown> = {}): Promise<Dataset<KnowledgeInputs>> {
  return await knowledgeGraph.simulate(small, knowledgeGraph.settings.parse(settings), {
    identity: "parent",
  });
}

Deno.test("the simulated graph holds the targets of every drug, PrimeKG's types and relations, and hubs", async () => {
  const data = await simulated();
  const { graph, drugNodeOfRow, cellNodeOfRow } = data.inputs;
  const targets = targetsOfDrugs(data);
  data.drug.names.forEach((name, unit) => {
    const drug = simulatedDrugs.find((one) => one.name === name);
    const found = Array.from(targets[unit], (node) => graph.names[node]);
    if (drug) assert.deepEqual(found.sort(), [...drug.targets].sort(), name);
    else assert.ok(found.length <= 1, name);
  });
  data.drug.of.forEach((unit, row) => {
    assert.equal(graph.names[drugNodeOfRow[row]], data.drug.names[unit]);
    assert.equal(graph.names[cellNodeOfRow[row]], data.cell.names[data.cell.of[row]]);
  });
  assert.equal(new Set(graph.relations.map(({ name }) => name)).size, 30);
  assert.equal(graph.types.length, 11);
  const degree = graph.ids.map((_, node) => graph.incoming.starts[node + 1] - graph.incoming.starts[node]);
  assert.ok(Math.max(...degree) > 10 * degree.reduce((sum, own) => sum + own, 0) / degree.length);
  assert.ok(
    data.inputNotes!.some((note) => /8 of the 10 drugs of the rows have edges/.test(note)),
    data.inputNotes!.join("\n"),
  );
});

Deno.test("settings of the layout disturb the graph, and its fingerprint tells", async () => {
  const whole = await simulated();
  const none = await simulated({ edges: "none" });
  assert.equal(none.inputs.graph.incoming.source.length, 0);
  assert.notEqual(none.fingerprint, whole.fingerprint);
  assert.deepEqual(none.truth!.take([3]), whole.truth!.take([3]));
  const dropped = await simulated({ dropRelation: ["drug_protein"] });
  assert.equal(targetsOfDrugs(dropped).every(({ length }) => length === 0), true);
  const degree = await simulated({ degreeOnly: true });
  assert.equal(degree.inputs.features.length, 11);
  assert.equal(degree.inputs.features.every(({ file }) => file === "degree"), true);
  const noise = await simulated({ randomiseFeatures: "gaussian" });
  assert.notDeepEqual(noise.inputs.features[0].values, whole.inputs.features[0].values);
  const again = await simulated();
  assert.equal(again.fingerprint, whole.fingerprint);
});

Deno.test("controls give rows another node, a node without edges, or another graph", async () => {
  const data = await simulated();
  const rows = Uint32Array.from({ length: 20 }, (_, place) => 3 * place);
  const disturb = (name: string) => {
    const shown = knowledgeGraph.controls.find((control) => control.name === name)!.disturb(data, rows, 3);
    assert.ok(typeof shown !== "string");
    return shown.inputs;
  };
  const removed = disturb("drug-removed");
  const [lonely] = removed.drugNodeOfRow;
  assert.equal(lonely, data.inputs.graph.ids.length);
  assert.equal(removed.graph.incoming.starts.at(-1), removed.graph.incoming.starts[lonely]);
  assert.equal(removed.features.some(({ nodes }) => nodes.includes(lonely)), false);
  assert.equal(removed.drugNodeOfRow[1], data.inputs.drugNodeOfRow[1]);
  const permuted = disturb("drug-permuted");
  assert.equal(permuted.graph.ids.length, data.inputs.graph.ids.length);
  rows.forEach((row) => assert.notEqual(permuted.drugNodeOfRow[row], data.inputs.drugNodeOfRow[row]));
  const cells = disturb("cell-permuted");
  const ofCells = rows.filter((row) => cells.cellNodeOfRow[row] === data.inputs.cellNodeOfRow[row]);
  assert.equal(
    ofCells.length,
    new Set(Array.from(rows, (row) => data.cell.of[row])).size === 1 ? rows.length : 0,
  );
  assert.notDeepEqual(edgeList(disturb("edges-shuffled").graph).source, edgeList(data.inputs.graph).source);
  assert.notDeepEqual(disturb("features-permuted").features[0].values, data.inputs.features[0].values);
});

Deno.test("asked drugs that the graph knows are its nodes, others become nodes without edges that have a structure", async () => {
  const data = await simulated();
  const run = await Deno.makeTempDir();
  try {
    await knowledgeGraph.keep(run, data);
    const known = simulatedDrugs[0];
    const { data: asked } = await knowledgeGraph.query({
      grid: {
        drugs: [{ name: "known", smiles: known.smiles }, { name: "new", smiles: "CCOc1ccccc1" }],
        cells: [data.cell.names[1]],
      },
      skipBad: false,
    }, {
      run,
      settings: knowledgeGraph.settings.parse({}),
      identity: "parent",
      own: () => Promise.resolve(data),
    });
    const { graph, drugNodeOfRow, cellNodeOfRow, features } = asked.inputs;
    assert.equal(graph.names[drugNodeOfRow[0]], known.name);
    assert.equal(drugNodeOfRow[1], data.inputs.graph.ids.length);
    assert.equal(graph.names[cellNodeOfRow[0]], data.cell.names[1]);
    const bits = features.find(({ type }) => type === "drug")!;
    assert.equal(bits.nodes.at(-1), drugNodeOfRow[1]);
    assert.ok(bits.values.subarray(-bits.width).some((bit) => bit === 1));
    assert.equal(asked.layout, "knowledge-graph");
  } finally {
    await Deno.remove(run, { recursive: true });
  }
});
