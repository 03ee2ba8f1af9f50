import assert from "node:assert/strict";
import type { Dataset } from "../../datasets/mod.ts";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { knowledgeGraph } from "../../datasets/layouts/knowledge_graph/layout.ts";
import { simulatedDrugs } from "../../datasets/simulator/simulator_drugs.ts";
import { makeSplit } from "../../datasets/splits/make_split.ts";
import { fitBaseline } from "./fit_baseline.ts";

const options = { genes: 160, cells: 2, drugs: 24, decoys: 2, doses: [1, 10], times: [24], replicates: 1 };
const read = (settings: object): Promise<Dataset<KnowledgeInputs>> =>
  knowledgeGraph.simulate(options, knowledgeGraph.settings.parse(settings), { identity: "parent" });

Deno.test("graph-neighbours predicts the mean of the training drug that shares most targets, in the same cell line", async () => {
  const data = await read({});
  const split = await makeSplit({ rule: "drug-blind", number: 1 }, data);
  const { prediction } = await fitBaseline("graph-neighbours", data, split, {
    neighbours: [1],
    temperatures: [0.2],
  });
  const targetsOf = (row: number) =>
    simulatedDrugs.find(({ name }) => name === data.drug.names[data.drug.of[row]])?.targets ?? [];
  const columns = data.outputs.names.length;
  let checked = 0;
  split.test.forEach((row, at) => {
    const own = new Set(targetsOf(row));
    const share = (other: number) => {
      const theirs = targetsOf(other);
      const common = theirs.filter((gene) => own.has(gene)).length;
      return common / (own.size + theirs.length - common || 1);
    };
    const best = Math.max(...Array.from(split.train, share));
    const drugs = new Set(
      Array.from(split.train.filter((other) => share(other) === best), (other) => data.drug.of[other]),
    );
    if (best === 0 || drugs.size > 1) return;
    const rows = split.train.filter((other) =>
      drugs.has(data.drug.of[other]) && data.cell.of[other] === data.cell.of[row]
    );
    const truth = data.truth!.take(rows);
    for (const gene of [0, 57, columns - 1]) {
      const mean = Array.from(rows, (_, k) =>
        truth[k * columns + gene]).reduce((sum, value) => sum + value, 0) / rows.length;
      assert.ok(Math.abs(prediction[at * columns + gene] - mean) < 1e-5);
    }
    checked++;
  });
  assert.ok(checked > 0, "some test drug shares a target with one training drug");
});

Deno.test("graph-neighbours falls back to the cell mean for drugs that share no target, and for all without those edges", async () => {
  const bare = await read({ dropRelation: ["drug_protein"] });
  const split = await makeSplit({ rule: "drug-blind", number: 1 }, bare);
  const neighbours = await fitBaseline("graph-neighbours", bare, split),
    cell = await fitBaseline("cell-mean", bare, split);
  neighbours.prediction.forEach((value, k) => assert.ok(Math.abs(value - cell.prediction[k]) < 1e-5));
});
