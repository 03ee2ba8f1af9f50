/**
 * Graph attention, its edge-shuffled control, the MLP, neighbours in the graph and all free baselines on a prepared folder of the layout
 * `knowledge-graph`: means over seeds, intervals over drugs, apart for drugs whose target or mechanism was trained on.
 *
 *   deno run -A bench/knowledge_graph/real_slices.ts FOLDER SPLIT SEEDS EPOCHS [MECHANISMS] [OUT.json]
 *
 * MECHANISMS: the Drug Repurposing Hub's table, for the mechanisms. Written to OUT.json and printed.
 */
import { evaluate } from "../../datasets/evaluation/evaluate.ts";
import type { Prediction } from "../../datasets/evaluation/types.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import { normalisedName } from "../../datasets/knowledge_graph/read_targets.ts";
import type { KnowledgeInputs } from "../../datasets/layouts/knowledge_graph/inputs.ts";
import { knowledgeGraph } from "../../datasets/layouts/knowledge_graph/layout.ts";
import { targetsOfDrugs } from "../../datasets/layouts/knowledge_graph/targets.ts";
import { makeSplit } from "../../datasets/splits/make_split.ts";
import type { SplitRule } from "../../datasets/splits/split_rule.ts";
import type { Split } from "../../datasets/types.ts";
import { Engine } from "../../engine/mod.ts";
import { freeBaselines, modelNamed } from "../../models/registry.ts";

const [folder, rule, seedCount, epochs, mechanismFile, out] = Deno.args;
const seeds = Array.from({ length: Number(seedCount) }, (_, k) => 1 + k);
const engine = await Engine.open(navigator.gpu);
const read = (settings: object) =>
  knowledgeGraph.read(folder, knowledgeGraph.settings.parse(settings), { identity: "parent" });
const data: Dataset<KnowledgeInputs> = await read({});
const split = await makeSplit({ rule, number: 0 } as SplitRule, data);

/** One training; what it says of the test rows. */
async function trained(name: string, on: Dataset<KnowledgeInputs>, seed: number): Promise<Float32Array> {
  const model = modelNamed(name), [preset] = Object.values(model.presets);
  const training = preset.training &&
    { ...preset.training, epochs: Number(epochs), patience: 5, batchSize: 96, learningRate: 3e-3 };
  await using predictor = await model.open({
    data: on,
    split,
    // An untreated profile is here the noise of one well: the change is no easier than the profile.
    settings: training ? { ...preset.settings, predicts: "profile" } : preset.settings,
    training,
    seed,
    engine: () => Promise.resolve(engine),
  });
  await predictor.fit({});
  return await predictor.predict(split.test);
}

/** Trainings of all seeds as one prediction. */
async function entry(
  name: string,
  role: Prediction["role"],
  model: string,
  on: (seed: number) => Promise<Dataset<KnowledgeInputs>>,
): Promise<Prediction> {
  const values: Float32Array[] = [];
  for (const seed of seeds) {
    const began = performance.now();
    values.push(await trained(model, await on(seed), seed));
    console.error(`${name}, seed ${seed}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  const [first, ...repeats] = values;
  return { name, role, description: name, values: first, ...(repeats.length > 0 ? { repeats } : {}) };
}

const same = () => Promise.resolve(data);
const predictions: Prediction[] = [
  await entry("KG-GAT", "model", "kg-gat", same),
  await entry(
    "KG-GAT, edges shuffled",
    "model",
    "kg-gat",
    (seed) => read({ shuffleEdges: 1, graphSeed: seed }),
  ),
  await entry("KG-MLP", "model", "kg-mlp", same),
];
for (const baseline of freeBaselines(data)) {
  predictions.push({
    name: baseline.title,
    role: baseline.role === "negative" ? "negative" : "baseline",
    description: baseline.summary,
    values: await trained(baseline.name, data, 1),
  });
}

/** Which test drugs have a target or mechanism that a training drug has too. */
async function seenDrugs({ train, test }: Split): Promise<Set<number>> {
  const targets = targetsOfDrugs(data);
  const mechanisms = new Map<string, string[]>();
  const text = mechanismFile ? new TextDecoder("latin1").decode(await Deno.readFile(mechanismFile)) : "";
  for (const line of text.split("\n").filter((line) => !line.startsWith("!"))) {
    const [name, , moa] = line.split("\t");
    if (moa) mechanisms.set(normalisedName(name), moa.split("|"));
  }
  const terms = (unit: number) => [
    ...targets[unit],
    ...mechanisms.get(normalisedName(data.drug.names[unit])) ?? [],
  ];
  const units = (rows: Uint32Array) => [...new Set(Array.from(rows, (row) => data.drug.of[row]))];
  const trainedTerms = new Set(units(train).flatMap(terms));
  return new Set(units(test).filter((unit) => terms(unit).some((term) => trainedTerms.has(term))));
}

const seen = await seenDrugs(split);
const columns = data.outputs.names.length;
const groups = {
  "all test rows": (_unit: number) => true,
  "target or mechanism trained on": (unit: number) => seen.has(unit),
  "neither trained on": (unit: number) => !seen.has(unit),
};
const report = Object.entries(groups).flatMap(([group, holds]) => {
  const places = [...split.test.keys()].filter((place) => holds(data.drug.of[split.test[place]]));
  if (places.length === 0) return [];
  const rows = Uint32Array.from(places, (place) => split.test[place]);
  const pick = (values: Float32Array) =>
    Float32Array.from(
      places.flatMap((place) => [...values.subarray(place * columns, (place + 1) * columns)]),
    );
  const { predictions: scored, verdict } = evaluate({
    data,
    rows,
    train: split.train,
    unit: "drug",
    predictions: predictions.map(({ values, repeats, ...own }) => ({
      ...own,
      values: pick(values),
      ...(repeats ? { repeats: repeats.map(pick) } : {}),
    })),
  });
  const drugs = new Set(Array.from(rows, (row) => data.drug.of[row])).size;
  console.log(
    `\n${data.name}, ${split.name}: ${group}, ${rows.length} rows of ${drugs} drugs. ${verdict.sentence}`,
  );
  for (const { name, metrics, deviations, lead } of scored) {
    const interval = lead
      ? `${lead.value.toFixed(3)} [${lead.low?.toFixed(3) ?? "-"}, ${lead.high?.toFixed(3) ?? "-"}]`
      : "";
    console.log(
      `${name.padEnd(34)} MSE ${metrics.mse.toFixed(3)}${
        deviations?.mse ? ` (${deviations.mse.toFixed(3)})` : ""
      }  Pearson ${metrics.pearson?.toFixed(3)}  ${interval}`,
    );
  }
  return [{ group, rows: rows.length, drugs, verdict, scored }];
});
if (out) {
  await Deno.writeTextFile(
    out,
    JSON.stringify({ folder: data.name, split: split.name, seeds, epochs: Number(epochs), report }, null, 1),
  );
}
engine.dispose();
