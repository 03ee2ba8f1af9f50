import assert from "node:assert/strict";
import type { Dataset } from "../../datasets/mod.ts";
import { UserError } from "../../datasets/mod.ts";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { explainKgGat } from "../../models/kg_gat/explain.ts";
import { HostNetwork } from "../../models/kg_gat/host_network.ts";
import { networkNodes } from "../../models/kg_gat/nodes.ts";
import { initialKgGatValues, kgGatSpecs } from "../../models/kg_gat/parameter_specs.ts";
import { auroc, trace } from "../../models/kg_gat/paths.ts";
import type { KgGatConfig, Scoring } from "../../models/kg_gat/config.ts";
import { smallSettings } from "../../models/kg_gat/settings.ts";
import { KgGatTask } from "../../models/kg_gat/task.ts";
import { conditions } from "../../models/knowledge_graph/conditions.ts";
import type { NamedTensors } from "../../models/training_task.ts";
import { renderExplainPage } from "../../report/explain_page.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";
import { simulatedDataset } from "./simulated_dataset.ts";

const data: Dataset<KnowledgeInputs> = await simulatedDataset("knowledge-graph");
const settings = { ...smallSettings, width: 8, heads: 2, headWidth: 6, dropout: 0, attentionDropout: 0 };

/** A network with starting values, changed key by key. */
function network(scoring: Scoring, change: (key: string, values: Float32Array) => void, layers = 2) {
  const nodes = networkNodes(data.inputs, layers);
  const config: KgGatConfig = {
    ...settings,
    layers,
    scoring,
    genes: 160,
    types: nodes.types,
    relations: nodes.relations,
  };
  const specs = kgGatSpecs(config);
  const parameters: NamedTensors = new Map(specs.map((spec) => {
    const values = initialKgGatValues(spec, specs, 5);
    change(spec.key, values);
    return [spec.key, { shape: spec.shape, dtype: "F32", data: values }];
  }));
  return new HostNetwork(config, nodes, parameters);
}

/** Output 7 of a row, and the tree of messages into its drug for it. */
function ofRow(own: HostNetwork, row: number) {
  const place = (node: number) => own.nodes.placeOf.get(node)!;
  const drug = place(data.inputs.drugNodeOfRow[row]);
  const { change, gradient } = own.head(
    drug,
    place(data.inputs.cellNodeOfRow[row]),
    data.basal!.take([row]),
    conditions(data).take([row]),
  );
  const weights = change.map((_, gene) => Number(gene === 7));
  return { output: change[7], traced: trace(own, drug, gradient(weights).drug) };
}

Deno.test("contributions of paths are the derivative of the output by the size of their messages", () => {
  // Without attention vectors attention is that of the relation biases, another one a head, and scaling a layer's projection scales
  // its messages alone; without the last layer's path to itself all of the first layer's messages arrive over paths of two steps.
  const changed = (scale: Record<string, number>) => (key: string, values: Float32Array) => {
    if (/att_|^self\.1\.weight/.test(key)) values.fill(0);
    if (/relation_bias/.test(key)) values.forEach((_, k) => values[k] = Math.sin(7 * k));
    for (const [name, factor] of Object.entries(scale)) {
      if (key === name) values.forEach((value, k) => values[k] = value * factor);
    }
  };
  for (const row of [0, 23]) {
    const { paths } = ofRow(network("gat", changed({})), row).traced;
    for (const length of [1, 2]) {
      const key = `conv.${2 - length}.lin.weight`, step = 1e-3;
      const [up, down] = [1 + step, 1 - step].map((factor) =>
        ofRow(network("gat", changed({ [key]: factor })), row).output
      );
      const sum = paths.filter(({ edges }) => edges.length === length).reduce(
        (total, path) => total + path.contribution,
        0,
      );
      const difference = (up - down) / (2 * step);
      assert.ok(
        Math.abs(sum - difference) < 1e-3 * Math.abs(difference),
        `${length} steps: ${sum}, ${difference}`,
      );
      assert.ok(Math.abs(difference) > 1e-5, "there is something to compare");
    }
  }
});

Deno.test("attention of every node and head adds up to one, and a deleted edge takes no part", () => {
  for (const scoring of ["gat", "gatv2"] as const) {
    const own = network(scoring, () => {});
    const { traced } = ofRow(own, 0);
    const [{ edges: [first] }] = traced.paths;
    const node = own.nodes.destination[first];
    const sums = [0, 0];
    own.attention(2, node).weights.forEach((weight, at) => sums[at % 2] += weight);
    for (const sum of sums) assert.ok(Math.abs(sum - 1) < 1e-12);
    const less = own.without(new Set([first]));
    assert.ok(!less.attention(2, node).edges.includes(first));
    assert.notEqual(ofRow(less, 0).output, ofRow(own, 0).output);
  }
});

Deno.test("auroc() counts pairs in order, ties by half", () => {
  assert.equal(auroc([3, 1, 2, 0], [true, false, true, false]), 1);
  assert.equal(auroc([0, 1], [true, false]), 0);
  assert.equal(auroc([1, 1, 2], [true, false, false]), 0.25);
  assert.ok(Number.isNaN(auroc([1], [true])));
});

gpuTest(
  "an explanation holds paths, kinds, deletions and the planted truth, and its page draws them",
  async (engine) => {
    const task = new KgGatTask(engine, {
      scoring: "gat",
      settings: { ...settings, variant: "typed" },
      training: { seed: 3, weightDecay: 0, clipNorm: null, batchSize: 7 },
      data,
    });
    const explanation = await explainKgGat(task, data, Uint32Array.of(0));
    const graph = explanation.graph!;
    assert.ok(
      graph.paths.length > 0 &&
        graph.paths.every(({ nodes }) => nodes[0].name === data.drug.names[data.drug.of[0]]),
    );
    assert.ok(Math.abs(graph.kinds.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    assert.deepEqual(graph.fidelity.map(({ edges }) => edges), [1, 3, 10]);
    assert.ok(graph.fidelity.every(({ strongest, random }) => strongest > 0 && random >= 0));
    assert.ok(graph.truth!.targets.length > 0 && graph.truth!.auroc >= 0 && graph.truth!.auroc <= 1);
    const named = await explainKgGat(task, data, Uint32Array.of(0), data.outputs.names[5]);
    assert.equal(named.graph!.gene, data.outputs.names[5]);
    assert.notDeepEqual(named.graph!.paths, graph.paths);
    const page = await renderExplainPage({
      model: "KG-GAT",
      run: "runs/x",
      outputs: { kind: "profile", unit: "z-score" },
      cell: "LINE01",
      drug: { name: "one", smiles: data.structures[data.drug.of[0]] },
      explanation: named,
    });
    for (
      const expected of [
        /Paths through the graph/,
        /predicted change of/,
        /same for every cell line and every gene/,
        /What deleting says/,
        /AUROC/,
      ]
    ) {
      assert.match(page, expected);
    }
    await assert.rejects(
      explainKgGat(task, data, Uint32Array.of(0), "DUSP7"),
      (error) =>
        error instanceof UserError &&
        /--gene "DUSP7": the run does not predict it; did you mean DUSP6/.test(error.message),
    );
    await assert.rejects(explainKgGat(task, data, Uint32Array.of(0, 65)), /several drugs or cell lines/);
    task.dispose();
  },
  ["software"],
);

releaseEngines();
