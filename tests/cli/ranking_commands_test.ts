/** The commands of the models that rank genes, on a small simulated folder and this machine's device. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { openSafetensors } from "../../host/checkpoint/open_safetensors.ts";
import { models } from "../../models/registry.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { perturbine, smallRanker, withSignatures } from "./in_process.ts";

const aspirin = "CC(=O)Oc1ccccc1C(=O)O";
const rankers = models.filter(({ role, layouts }) => role === "model" && layouts.includes("signatures"));

async function replaceInFile(path: string, change: (text: string) => string): Promise<void> {
  await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
}

/** One sentence on the error stream, no stack, and the exit code. */
async function assertRefused(
  expected: number,
  words: readonly string[],
  ...patterns: RegExp[]
): Promise<void> {
  const { code, err } = await perturbine(...words);
  for (const pattern of patterns) assert.match(err, pattern);
  assert.equal(code, expected, `${words.join(" ")}\n${err}`);
  assert.ok(!/\n\s+at /.test(err), err);
}

deviceTest("every ranking model trains, is evaluated to the same figures, and ranks genes", async () => {
  await withSignatures(async (folder, data) => {
    assert.equal(rankers.length, 6);
    for (const { name } of rankers) {
      const run = join(folder, name);
      const words = ["train", name, "--data", data, "--split", "random", ...smallRanker, "--epochs", "2"];
      const trained = await perturbine(...words, "--out", run, "--json");
      assert.equal(trained.code, 0, trained.err);
      const result = JSON.parse(trained.out);
      const names = result.predictions.map((one: { name: string }) => one.name);
      for (const other of ["Zero", "Drug mean", "Ridge", "Nearest drugs"]) {
        assert.ok(names.includes(other), `${name}: ${other}`);
      }
      for (const control of ["drug-removed", "drug-permuted", "cell-permuted"]) {
        assert.ok(names.some((one: string) => one.endsWith(`, ${control}`)), `${name}: ${control}`);
      }
      // CIGER's loss fixes no scale, so that its error means nothing.
      assert.equal("rmse" in result.predictions[0].metrics, name !== "ciger", name);
      for (const file of ["report.html", "results.json", "predictions.csv", "per_drug.csv", "per_cell.csv"]) {
        assert.ok((await Deno.stat(join(run, file))).size > 0);
      }
      const config = JSON.parse(await Deno.readTextFile(join(run, "config.json")));
      assert.equal(config.training.patienceKind, "cumulative");
      assert.equal(config.reading.lastPathway, "released");

      const evaluated = await perturbine("evaluate", run, "--json");
      assert.deepEqual(
        JSON.parse(evaluated.out).predictions,
        result.predictions,
        `${name}: ${evaluated.err}`,
      );

      const out = join(folder, `${name}-ranking`);
      const ranked = await perturbine(
        "rank",
        run,
        "--drug",
        aspirin,
        "--cell",
        "LINE01",
        "--out",
        out,
        "--json",
      );
      assert.equal(ranked.code, 0, ranked.err);
      const { genes } = JSON.parse(ranked.out);
      assert.equal(genes.length, 37);
      const scores = genes.map(({ score }: { score: number }) => score);
      assert.deepEqual(scores, scores.toSorted((a: number, b: number) => b - a));
      assert.equal((await Deno.readTextFile(`${out}.csv`)).trimEnd().split("\n").length, 38);
    }
    await explains(folder);
    await screens(folder, data);
    await refusesBadQueries(folder);
    await predictsSignatures(folder);
  });
});

async function explains(folder: string): Promise<void> {
  for (const model of ["badger", "badger-light"]) {
    const out = join(folder, `${model}-explanation`);
    const words = ["explain", join(folder, model), "--drug", aspirin, "--cell", "LINE02", "--out", out];
    const { code, err, out: text } = await perturbine(...words, "--routes", "7", "--json");
    assert.equal(code, 0, err);
    const { fragments, routes } = JSON.parse(text);
    assert.ok(fragments.length > 1);
    assert.ok(fragments.every(({ effect }: { effect: number }) => effect >= 0));
    assert.equal(routes.length, 7);
    // Every atom of the molecule belongs to at most one fragment, and most belong to one.
    const atoms = fragments.flatMap(({ atoms }: { atoms: number[] }) => atoms);
    assert.equal(new Set(atoms).size, atoms.length);
    assert.ok(atoms.length >= 10, String(atoms));
    using file = await openSafetensors(join(out, "attention.safetensors"));
    const shapes = Object.fromEntries(file.entries.map(({ name, shape }) => [name, shape.join("x")]));
    assert.equal(shapes["gene_sab.1"], "2x37x37");
    if (model === "badger") {
      assert.match(shapes["sign_mab.1"], /^2x37x\d+$/);
      // An unmasked softmax: rows of every head sum to 1.
      const { data: weights } = await file.read("gene_sab.1");
      const row = Array.from(weights.subarray(0, 37), Number).reduce((sum, weight) => sum + weight, 0);
      assert.ok(Math.abs(row - 1) < 1e-4, String(row));
    } else assert.match(shapes["xros_mab.1"], /^2x37x\d+$/);
    assert.match(await Deno.readTextFile(join(out, "explanation.html")), /<h1/);
  }
}

async function screens(folder: string, data: string): Promise<void> {
  const ranked = (await Deno.readTextFile(join(folder, "badger-ranking.csv"))).trimEnd().split("\n").slice(1);
  const genes = ranked.map((line) => line.split(",")[0]);
  const signature = join(folder, "signature.csv"), library = join(folder, "library.csv");
  await Deno.writeTextFile(
    signature,
    ["gene,value", "NOTAGENE,3", ...genes.map((gene, k) => `${gene},${k - 18}`)].join("\n") + "\n",
  );
  await Deno.writeTextFile(library, `name,smiles\naspirin,${aspirin}\nethanol,CCO\nbenzene,c1ccccc1\n`);
  const screened = await perturbine(
    ...["screen", join(folder, "mlp"), "--cell", "LINE01", "--library", library, "--signature", signature],
    ...["--out", join(folder, "screen"), "--json"],
  );
  assert.equal(screened.code, 0, screened.err);
  const { drugs, unknown } = JSON.parse(screened.out);
  assert.equal(drugs.length, 3);
  assert.deepEqual(unknown, ["NOTAGENE"]);
  assert.ok(drugs[0].reversal >= drugs[2].reversal);

  // A new cell line from its profile: that of a known one gives the known one's ranking.
  const [header, ...controls] = (await Deno.readTextFile(join(data, "cell_ctl_exp.csv"))).trimEnd().split(
    "\n",
  );
  const row = controls.find((line) => line.startsWith("LINE03"))!.split(",");
  const profile = join(folder, "profile.csv");
  const lines = header.split(",").slice(1).map((gene, k) => `${gene},${row[k + 1]}`);
  await Deno.writeTextFile(profile, `gene,value\n${lines.join("\n")}\n`);
  const rank = ["rank", join(folder, "badger"), "--drug", aspirin, "--json", "--out", join(folder, "new")];
  const known = JSON.parse((await perturbine(...rank, "--cell", "LINE03")).out);
  const fresh = JSON.parse((await perturbine(...rank, "--profile", profile)).out);
  known.genes.forEach(({ score }: { score: number }, k: number) =>
    assert.ok(Math.abs(score - fresh.genes[k].score) < 1e-3, `${score} ${fresh.genes[k].score}`)
  );
}

async function refusesBadQueries(folder: string): Promise<void> {
  const run = join(folder, "badger"), out = ["--out", join(folder, "never")];
  const drug = ["--drug", aspirin];
  await assertRefused(
    1,
    ["rank", run, ...drug, "--cell", "LINE0l", ...out],
    /"LINE0l"/,
    /did you mean LINE01\?/,
  );
  await assertRefused(
    1,
    ["rank", run, ...drug, "--cell", "LINE01", "--gene", "TP5", ...out],
    /--gene TP5: not among the 37 genes/,
  );
  await assertRefused(2, ["rank", run, ...drug, ...out], /Which cell line\?/);
  await assertRefused(1, ["rank", run, "--drug", "C1CC", "--cell", "LINE01", ...out], /neither a SMILES/);
  await assertRefused(
    1,
    ["explain", join(folder, "mlp"), ...drug, "--cell", "LINE01", ...out],
    /MLP has no attention to explain/,
  );
  const library = join(folder, "bad.csv"), signature = join(folder, "signature.csv");
  await Deno.writeTextFile(library, `name,smiles\naspirin,${aspirin}\nnothing,\n`);
  const screen = ["screen", run, "--cell", "LINE01", "--library", library, "--signature", signature, ...out];
  await assertRefused(1, screen, /bad\.csv, row 2 .*found "", a missing value, expected a SMILES/);
  assert.equal((await perturbine(...screen, "--skip-bad")).code, 0);
  await Deno.writeTextFile(signature, "gene,value\nNOTAGENE,1\n");
  await assertRefused(
    1,
    [...screen, "--skip-bad"],
    /0 of its 1 genes are known to the model, expected at least 10/,
  );
}

async function predictsSignatures(folder: string): Promise<void> {
  const drugs = join(folder, "drugs.csv"), out = join(folder, "signatures.csv");
  await Deno.writeTextFile(drugs, `name,smiles\naspirin,${aspirin}\nbroken,C1CC\nethanol,CCO\nodd,CC(\n`);
  const words = ["predict", join(folder, "mlp"), "--drugs", drugs, "--cells", "LINE01,LINE02", "--out", out];
  await assertRefused(1, words, /C1CC/, /CC\(/);
  const { code, err, out: text } = await perturbine(...words, "--skip-bad", "--json");
  assert.equal(code, 0, err);
  assert.equal(JSON.parse(text).rows, 4, "two drugs in two cell lines");
}

deviceTest("faulty BADGER folders are refused with file, row and expectation", async () => {
  await withSignatures(async (folder, data) => {
    const train = (...more: string[]) => [
      ...["train", "badger", "--data", data, "--split", "random", ...smallRanker],
      ...["--out", join(folder, "run"), ...more],
    ];
    await assertRefused(
      1,
      train("--hidden", "32"),
      /pathway_embedding_\w+\.csv.*16 numbers a pathway.*hidden width 32/,
    );
    const embedding = [...Deno.readDirSync(data)].find(({ name }) =>
      name.startsWith("pathway_embedding")
    )!.name;
    const swap = (from: string, to: string) =>
      replaceInFile(join(data, embedding), (text) => text.replace(`\n${from},`, `\n${to},`));
    await swap("SIM_CELL_CYCLE", "SIM_CELL_BICYCLE");
    await assertRefused(
      1,
      train(),
      /pathway_embedding_\w+\.csv, row \d+: found "SIM_CELL_BICYCLE", expected the \d+ pathways/,
    );
    await swap("SIM_CELL_BICYCLE", "SIM_CELL_CYCLE");

    const table = [...Deno.readDirSync(data)].find(({ name }) => name.startsWith("gene_features"))!.name;
    const whole = await Deno.readTextFile(join(data, table));
    await Deno.writeTextFile(
      join(data, table),
      whole.split("\n").map((line, k) => k === 4 ? line + ",1" : line).join("\n"),
    );
    await assertRefused(1, train(), /gene_features_\w+_160\.csv, row 5 .*expected 4\d/);
    await Deno.writeTextFile(join(data, table), whole.split("\n").slice(1).join("\n"));
    await assertRefused(1, train(), /gene_features_\w+_160\.csv: 159 rows, but none for the gene "/);
    await Deno.writeTextFile(join(data, table), whole);

    const smiles = join(data, "drug_smiles_badger.csv");
    const structures = await Deno.readTextFile(smiles);
    await Deno.writeTextFile(smiles, structures.replace(/\n(SIM-D002),[^,]*,/, "\n$1,,"));
    await assertRefused(1, train(), /SIM-D002.*SMILES/);
    await Deno.writeTextFile(smiles, structures);
    const similarity = join(data, "cell_embeddings_similarity.csv");
    await replaceInFile(similarity, (text) => text.replace("\nLINE02,", "\nLINE2,"));
    await assertRefused(1, train(), /LINE02.*(vector|cell)/);

    await assertRefused(1, ["train", "mlp", "--data", join(folder, "absent"), "--quiet"], /absent/);
    await assertRefused(2, train("--colour", "1"), /unknown option '--colour'/);
    await assertRefused(2, train("--split", "condition", "--fold", "2"), /has no folds/);
  });
});

deviceTest("compare sets models beside one another, trained now or finished", async () => {
  await withSignatures(async (folder, data) => {
    const out = join(folder, "compare");
    const words = [
      ...["compare", "--data", data, "--split", "random", ...smallRanker, "--epochs", "1"],
      ...["--models", "mlp,ciger,ridge", "--out", out],
    ];
    const { code, err, out: text } = await perturbine(...words, "--json");
    assert.equal(code, 0, err);
    const comparison = JSON.parse(text);
    const names = comparison.predictions.map(({ name }: { name: string }) => name);
    for (const name of ["MLP", "CIGER", "Ridge", "Zero", "Training mean"]) {
      assert.ok(names.includes(name), name);
    }
    assert.equal(comparison.runs.length, 3);
    assert.match(await Deno.readTextFile(join(out, "comparison.md")), /\| \*{0,2}CIGER/);
    const page = await Deno.readTextFile(join(out, "comparison.html"));
    assert.match(page, /href="mlp\/report\.html"/, "links to each report");

    const finished = await perturbine(
      "compare",
      join(out, "ridge"),
      join(out, "mlp"),
      "--out",
      `${out}-2`,
      "--json",
    );
    assert.equal(finished.code, 0, finished.err);
    const judged = JSON.parse(finished.out);
    const roles = new Map(judged.predictions.map(({ name, role }: Record<string, string>) => [name, role]));
    assert.deepEqual([roles.get("MLP"), roles.get("Ridge")], ["model", "baseline"], "whoever trained it");
    assert.equal(judged.predictions[0].name, "MLP");
    const other = await perturbine(...words.with(words.indexOf("--epochs") + 1, "2"));
    assert.equal(other.code, 1);
    assert.match(
      other.err,
      /mlp holds a run with other settings .*; give another --out, or replace it with --force/,
    );

    await assertRefused(2, ["compare", "--models", "csg2a,badger"], /they share no layout of data/);
    await assertRefused(
      2,
      ["compare", "--models", "mlp,ridge", "--mat-width", "8"],
      /--mat-width: none of mlp, ridge has/,
    );
    await assertRefused(
      2,
      ["compare", join(out, "mlp"), "--epochs", "1"],
      /--epochs has no meaning with finished runs/,
    );
    await assertRefused(
      2,
      ["compare", "--models", "mlp", "--epochs", "0.5"],
      /mlp: option '--epochs <n>' .*whole number/,
    );
    await assertRefused(1, ["compare", "--models", "mlpp"], /did you mean mlp\?/);
  });
});

Deno.test("study puts data sets, splits and models in one table, and leaves out what does not fit", async () => {
  await withSignatures(async (folder, data) => {
    const out = join(folder, "study");
    const words = [
      ...["study", "--data", data, "--splits", "random,drug-blind", "--models", "ridge,drug-mean,mlp,csg2a"],
      ...["--genes", "37", "--hidden", "8", "--epochs", "1", "--seeds", "2", "--out", out, "--json"],
    ];
    const { code, err, out: text } = await perturbine(...words);
    assert.equal(code, 0, err);
    const { sets, rows, notes } = JSON.parse(text);
    assert.deepEqual(sets.map(({ split }: { split: string }) => split.replace(/,.*/, "")).length, 2);
    const judged = rows.filter(({ role }: { role: string }) => role === "model");
    assert.deepEqual(judged.map(({ model }: { model: string }) => model), [
      "Ridge",
      "Drug mean",
      "MLP",
      "Ridge",
      "Drug mean",
      "MLP",
    ]);
    // Controls are made with every seed of their model; a closed form has one.
    for (const { model, seeds } of rows as { model: string; seeds: number }[]) {
      assert.equal(seeds, model.startsWith("MLP") ? 2 : 1, model);
    }
    assert.ok(
      notes.some((note: string) => /CSG2A does not take the layout signatures/.test(note)),
      notes.join("\n"),
    );
    for (const name of ["study.html", "study.md", "study.csv", "study.json"]) {
      await Deno.stat(join(out, name));
    }
    assert.equal((await perturbine(...words)).code, 0, "given again it keeps what is finished");
    await assertRefused(
      2,
      ["study", "--splits", "drug", "--models", "ridge"],
      /--splits drug: .* it is called drug-blind now/,
    );
  });
});
