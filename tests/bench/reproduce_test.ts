import assert from "node:assert/strict";
import { join } from "node:path";
import { badgerCosts } from "../../bench/reproduce/badger_costs.ts";
import { blankGeneTable } from "../../bench/reproduce/blank_gene_table.ts";
import type { ReferenceRun } from "../../bench/reproduce/reference_run.ts";
import { referenceRuns } from "../../bench/reproduce/reference_runs.ts";
import { repeatRun } from "../../bench/reproduce/repeat_run.ts";
import { readBadgerFolder } from "../../datasets/badger/read_badger_folder.ts";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import { inWorkspace } from "../cli/in_process.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { runCommand } from "../support/run_command.ts";

const figures = {
  predictions: [{ name: "model", metrics: { mse: 0 } }, { name: "Zero", metrics: { mse: 4.5 } }],
  bestEpoch: 13,
};

const run: ReferenceRun = {
  name: "R1",
  title: "a run",
  data: "a slice",
  words: ["finetune", "csg2a"],
  epochs: 20,
  seeds: [5, 6, 7],
  pretraining: { words: ["train", "csg2a"], data: "another slice" },
  metrics: [
    {
      name: "test MSE",
      unit: "",
      field: "mse",
      published: { 1: [9], 20: [4, 0.25] },
      baselines: { Zero: 4.51, Ridge: 4 },
    },
    { name: "best epoch", unit: "", field: "bestEpoch", published: {} },
  ],
  source: "a paper",
};

/** Repeats `run` with runs that only write a result: test MSE 3, 4, 5 by seed. */
async function repeated(
  options: { readonly epochs?: number; readonly seeds?: number; readonly fails?: boolean },
) {
  const folder = await Deno.makeTempDir({ prefix: "perturbine_bench_" });
  const commands: string[] = [];
  try {
    const lines = await repeatRun(run, {
      data: "fine",
      pretrainingData: "pre",
      ppi: "edges.csv",
      folder,
      ...options,
      async command(words) {
        const out = words[words.indexOf("--out") + 1];
        commands.push(words.join(" ").replaceAll(`${folder}/`, ""));
        const mse = Number(words[words.indexOf("--seed") + 1]) - 2;
        const predictions = [{ name: "model", metrics: { mse } }, figures.predictions[1]];
        await Deno.mkdir(out);
        await Deno.writeTextFile(`${out}/results.json`, JSON.stringify({ ...figures, predictions }));
        return options.fails ? 1 : 0;
      },
    });
    return { lines, commands };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a run is repeated once a seed on top of one pretraining, and stands beside the published figure", async () => {
  const { lines, commands } = await repeated({});
  assert.deepEqual(commands, [
    "train csg2a --data pre --ppi edges.csv --out R1-pretraining",
    ...[5, 6, 7].map((seed) =>
      `finetune csg2a --data fine --from R1-pretraining --epochs 20 --seed ${seed} --out R1-seed-${seed}`
    ),
  ]);
  const [model, zero, ridge, best] = lines;
  assert.deepEqual([model.published, model.here, model.source], [4, 4, "a paper"]);
  assert.equal(model.note, "3 seeds, ± 1.000; published ± 0.25; inside the band of ± 1.655");
  assert.deepEqual([zero.what, zero.published, zero.here], ["test MSE of Zero", 4.51, 4.5]);
  assert.deepEqual([ridge.published, ridge.here], [4, null]);
  assert.deepEqual([best.published, best.here, best.source], [null, 13, undefined]);
});

Deno.test("other epochs have the figure that was published for them, or are called a trial", async () => {
  const { lines: [first] } = await repeated({ epochs: 1, seeds: 1 });
  assert.deepEqual([first.what, first.published, first.note], ["test MSE after epoch 1", 9, "1 seed"]);
  const { lines: [seventh] } = await repeated({ epochs: 7, seeds: 2 });
  assert.equal(seventh.published, 4);
  assert.match(
    seventh.note!,
    /^2 seeds, ± 0\.707; published ± 0\.25; a trial: the published figure is of a whole run$/,
  );
});

Deno.test("a run that does not finish is told by its name", async () => {
  await assert.rejects(repeated({ fails: true }), /R1: the run R1-pretraining did not finish; see above\./);
});

Deno.test("every figure of a reference run says where it was published", () => {
  for (const { name, source, epochs, metrics, words, seeds } of referenceRuns) {
    assert.match(source, /^(reference-runs|csg2a)\.md /, name);
    assert.ok(metrics[0].published[epochs], `${name} has nothing beside it`);
    const capped = words.indexOf("--epochs");
    if (capped >= 0) assert.equal(words[capped + 1], String(epochs), name);
    assert.ok(seeds.length >= 3 || name.startsWith("notebook"), name);
  }
});

Deno.test("a blank gene table has the width asked for, and the rest of the folder is unchanged", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perturbine_bench_" });
  try {
    const [source, copy] = [join(folder, "source"), join(folder, "copy")];
    await writeBadgerFolder(source, { simulator: { genes: 160, cells: 2, drugs: 3, decoys: 1 } });
    await blankGeneTable(source, copy, 7);
    const [before, after] = [await readBadgerFolder(source), await readBadgerFolder(copy)];
    assert.equal(after.geneTable?.width, 7);
    assert.ok(after.geneTable.values.every((value) => value === 0));
    assert.deepEqual([after.signatureIds, after.labels], [before.signatureIds, before.labels]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

deviceTest("BADGER's cost table: what is counted here agrees with the published cost model", async () => {
  const lines = await badgerCosts.lines(navigator.gpu, true);
  const counted = lines.filter(({ published }) => published !== null);
  assert.equal(counted.length, 13);
  for (const { what, published, here, note } of counted) {
    // Fused additive attention keeps its tables too, and counts five operations a pair and channel, not four.
    const slack = /additive, fused|pathway to gene/.test(what) ? 0.15 : 0.05;
    assert.ok(here !== null && Math.abs(here / published! - 1) < slack, `${what}: ${here}, ${note}`);
  }
  const memory = lines.filter(({ what }) => /^measured peak memory, additive/.test(what));
  assert.equal(memory.length, 2);
  for (const { here, note } of memory) {
    assert.ok(here! > 5, note!);
    assert.match(note!, /cost model: tanh tensor [\d.]+ MB$/);
  }
  const times = lines.filter(({ what }) => /^measured time/.test(what));
  assert.ok(times.length === 4 && times.every(({ here }) => here! > 0));
});

deviceTest("F1 trains on what its pretraining leaves, and prints nothing but the table", async () => {
  await inWorkspace(async (folder) => {
    const data = ["--data", join(folder, "fine"), "--pretraining-data", join(folder, "pre")];
    const { code, out, err } = await runCommand(
      ...["bench", "reproduce", "f1", ...data, "--epochs", "1", "--seeds", "1", "--json"],
    );
    assert.equal(code, 0, err);
    const [{ name, command, lines }] = JSON.parse(out).reproductions;
    assert.equal(name, "F1");
    assert.match(
      command,
      /^perturbine bench reproduce F1 --data \S+ --pretraining-data \S+ --seeds 1 --epochs 1$/,
    );
    assert.deepEqual([lines[0].what, lines[0].published], ["test RMSE after epoch 1", 2.29]);
    assert.ok(lines[0].here > 0);
    assert.match(lines[0].note, /a trial: the published figure/);
    assert.ok(
      lines.some(({ what, here }: { what: string; here: number }) => /Training mean/.test(what) && here > 0),
    );
  });
});

deviceTest("B3 trains CIGER with a gene table as wide as the original's", async () => {
  const folder = await Deno.makeTempDir({ prefix: "perturbine_bench_" });
  try {
    const [data, kept] = [join(folder, "data"), join(folder, "kept")];
    await writeBadgerFolder(data, { simulator: { genes: 160, cells: 2, drugs: 12, decoys: 1 } });
    const { code, out, err } = await runCommand(
      ...["bench", "reproduce", "B3", "--data", data, "--keep", kept, "--epochs", "1", "--seeds", "1"],
    );
    assert.equal(code, 0, err);
    assert.match(out, /^ciger on set U .*\n[\s\S]*NDCG down after epoch 1 .*0\.63 [\s\S]*\nPublished: /);
    const { parameters } = JSON.parse(await Deno.readTextFile(join(kept, "B3-seed-0", "results.json")));
    assert.ok(parameters > 128 * 1107, `${parameters} parameters`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, "long");

Deno.test("missing data are told in a sentence, before anything is run", async () => {
  const cases: [string[], number, RegExp][] = [
    [["B3"], 2, /^error: B3 needs --data: set U \(A375 at 3\.33 and 10 uM\) as a BADGER folder/],
    [["F1", "--data", "."], 2, /^error: F1 needs --pretraining-data: the skbr3 slice in the CSG2A layout\.$/],
    [["C1", "--data", ".", "--pretraining-data", "."], 2, /^error: C1 takes no other run over; leave/],
    [["C1", "--data", "none"], 1, /^error: none: --data of C1 must be a folder with the skbr3 slice/],
    [["F9"], 2, /There is no table called "F9", only csg2a-costs, badger-costs, C1, /],
  ];
  for (const [words, expected, message] of cases) {
    const { code, err } = await runCommand("bench", "reproduce", ...words);
    assert.match(err, message);
    assert.equal(code, expected, words.join(" "));
  }
});
