/** The commands of the ranking models on a small simulated folder, on this machine's device. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import { openSafetensors } from "../../host/checkpoint/open_safetensors.ts";
import { rankingFamilies } from "../../models/ranking_run_config.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { runCommand } from "../support/run_command.ts";

const size = ["--genes", "37", "--hidden", "16", "--patience", "0", "--lr", "1e-3", "--quiet"];
const aspirin = "CC(=O)Oc1ccccc1C(=O)O";

/** A simulated folder whose pathway embedding has 16 columns. */
async function withFolder(use: (folder: string, data: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const data = join(folder, "data");
    await writeBadgerFolder(data, {
      simulator: { genes: 160, cells: 6, drugs: 9, decoys: 1 },
      pathwayWidth: 16,
    });
    await use(folder, data);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function replaceInFile(path: string, change: (text: string) => string): Promise<void> {
  await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
}

/** One sentence on the error stream, no stack; exit code 1, or 2 where the command line itself is wrong. */
async function assertRefused(words: readonly string[], ...expected: RegExp[]): Promise<void> {
  const { code, err } = await runCommand(...words);
  assert.equal(
    code,
    words.some((word) => /^(colour|model\.colour|--fold)/.test(word)) ? 2 : 1,
    `${words.join(" ")}\n${err}`,
  );
  assert.ok(!/\n\s+at /.test(err), err);
  for (const pattern of expected) assert.match(err, pattern);
}

deviceTest("every ranking model trains, is evaluated to the same figures, and ranks genes", async () => {
  await withFolder(async (folder, data) => {
    for (const family of rankingFamilies) {
      const run = join(folder, family);
      const words = ["train", family, "--data", data, "--split", "random", ...size, "--epochs", "2"];
      const trained = await runCommand(...words, "--out", run, "--json");
      assert.equal(trained.code, 0, trained.err);
      const result = JSON.parse(trained.out);
      const names = result.scores.map(({ name }: { name: string }) => name);
      for (const name of ["zero", "drug mean", "ridge", "drug zeroed", "drug permuted", "cell permuted"]) {
        assert.ok(names.includes(name), `${family}: ${name}`);
      }
      assert.equal(
        result.verdict.standings.some(({ metric }: { metric: string }) => metric === "RMSE"),
        family !== "ciger",
      );
      for (const file of ["report.html", "results.json", "predictions.csv", "per_drug.csv", "per_cell.csv"]) {
        assert.ok((await Deno.stat(join(run, file))).size > 0);
      }
      const config = JSON.parse(await Deno.readTextFile(join(run, "config.json")));
      assert.equal(config.training.patienceKind, "cumulative");
      assert.equal(config.reading.lastPathway, "released");

      const evaluated = await runCommand("evaluate", run, "--json");
      assert.deepEqual(JSON.parse(evaluated.out).scores, result.scores, `${family}: ${evaluated.err}`);

      const out = join(folder, `${family}-ranking`);
      const ranked = await runCommand(
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
    await explainsAndScreens(folder, data);
    await refusesBadQueries(folder);
  });
});

async function explainsAndScreens(folder: string, data: string): Promise<void> {
  for (const family of ["badger", "badger-light"]) {
    const out = join(folder, `${family}-explanation`);
    const words = ["explain", join(folder, family), "--drug", aspirin, "--cell", "LINE02", "--out", out];
    const { code, err, out: text } = await runCommand(...words, "--routes", "7", "--json");
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
    if (family === "badger") {
      assert.match(shapes["sign_mab.1"], /^2x37x\d+$/);
      // An unmasked softmax: rows of every head sum to 1.
      const { data: weights } = await file.read("gene_sab.1");
      const row = Array.from(weights.subarray(0, 37), Number).reduce((sum, weight) => sum + weight, 0);
      assert.ok(Math.abs(row - 1) < 1e-4, String(row));
    } else assert.match(shapes["xros_mab.1"], /^2x37x\d+$/);
    assert.match(await Deno.readTextFile(join(out, "explanation.html")), /<svg class="flow"/);
  }
  const genes = (await Deno.readTextFile(join(folder, "badger", "genes.txt"))).trimEnd().split("\n");
  const signature = join(folder, "signature.csv"), library = join(folder, "library.csv");
  await Deno.writeTextFile(
    signature,
    ["gene,value", "NOTAGENE,3", ...genes.map((gene, k) => `${gene},${k - 18}`)].join("\n") + "\n",
  );
  await Deno.writeTextFile(library, `name,smiles\naspirin,${aspirin}\nethanol,CCO\nbenzene,c1ccccc1\n`);
  const out = join(folder, "screen");
  const words = [
    "screen",
    join(folder, "mlp"),
    "--cell",
    "LINE01",
    "--library",
    library,
    "--signature",
    signature,
  ];
  const screened = await runCommand(...words, "--out", out, "--json");
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
  const known = JSON.parse((await runCommand(...rank, "--cell", "LINE03")).out);
  const fresh = JSON.parse((await runCommand(...rank, "--profile", profile)).out);
  known.genes.forEach(({ score }: { score: number }, k: number) =>
    assert.ok(Math.abs(score - fresh.genes[k].score) < 1e-3, `${score} ${fresh.genes[k].score}`)
  );
}

async function refusesBadQueries(folder: string): Promise<void> {
  const run = join(folder, "badger"), out = ["--out", join(folder, "never")];
  const drug = ["--drug", aspirin];
  await assertRefused(
    ["rank", run, ...drug, "--cell", "LINE0l", ...out],
    /no cell line "LINE0l"/,
    /did you mean LINE01\?/,
  );
  await assertRefused(
    ["rank", run, ...drug, "--cell", "LINE01", "--gene", "TP5", ...out],
    /--gene TP5: not among the 37 genes/,
  );
  await assertRefused(["rank", run, "--drug", "C1CC", "--cell", "LINE01", ...out], /neither a SMILES/);
  await assertRefused(
    ["rank", join(folder, "ciger"), ...drug, "--profile", join(folder, "profile.csv"), ...out],
    /ciger knows cell lines by name alone/,
  );
  await assertRefused(
    ["explain", join(folder, "mlp"), ...drug, "--cell", "LINE01", ...out],
    /is a run of mlp/,
  );
  const library = join(folder, "bad.csv"), signature = join(folder, "signature.csv");
  await Deno.writeTextFile(library, `name,smiles\naspirin,${aspirin}\nnothing,\n`);
  const screen = ["screen", run, "--cell", "LINE01", "--library", library, "--signature", signature, ...out];
  await assertRefused(screen, /bad\.csv, row 2 .*no structure, expected a SMILES/);
  assert.equal((await runCommand(...screen, "--skip-bad")).code, 0);
  await Deno.writeTextFile(signature, "gene,value\nNOTAGENE,1\n");
  await assertRefused(
    [...screen, "--skip-bad"],
    /0 of its 1 genes are known to the model, expected at least 10/,
  );
  await assertRefused(["predict", run, library, ...out], /is a run of badger, which this command cannot use/);
}

deviceTest("faulty BADGER folders are refused with file, row and expectation", async () => {
  await withFolder(async (folder, data) => {
    const train = (...more: string[]) => [
      "train",
      "badger",
      "--data",
      data,
      "--split",
      "random",
      ...size,
      "--out",
      join(folder, "run"),
      ...more,
    ];
    await assertRefused(
      train("--hidden", "32"),
      /pathway_embedding_\w+\.csv.*16 numbers a pathway.*hidden width 32/,
    );
    const embedding = [...Deno.readDirSync(data)].find(({ name }) =>
      name.startsWith("pathway_embedding")
    )!.name;
    await replaceInFile(join(data, embedding), (text) =>
      text.replace("\nSIM_CELL_CYCLE,", "\nSIM_CELL_BICYCLE,"));
    await assertRefused(
      train(),
      /pathway_embedding_\w+\.csv, row \d+: found "SIM_CELL_BICYCLE", expected the \d+ pathways/,
    );
    await replaceInFile(join(data, embedding), (text) =>
      text.replace("SIM_CELL_BICYCLE,", "SIM_CELL_CYCLE,"));

    const table = [...Deno.readDirSync(data)].find(({ name }) =>
      name.startsWith("gene_features")
    )!.name;
    const whole = await Deno.readTextFile(join(data, table));
    await Deno.writeTextFile(
      join(data, table),
      whole.split("\n").map((line, k) =>
        k === 4 ? line + ",1" : line
      ).join("\n"),
    );
    await assertRefused(train(), /gene_features_\w+_160\.csv, row 5 .*expected 4\d/);
    await Deno.writeTextFile(join(data, table), whole.split("\n").slice(1).join("\n"));
    await assertRefused(train(), /gene_features_\w+_160\.csv: 159 rows, but none for the gene "/);
    await Deno.writeTextFile(join(data, table), whole);

    const smiles = join(data, "drug_smiles_badger.csv");
    const structures = await Deno.readTextFile(smiles);
    await Deno.writeTextFile(smiles, structures.replace(/\n(SIM-D002),[^,]*,/, "\n$1,,"));
    await assertRefused(train(), /SIM-D002.*SMILES/);
    await Deno.writeTextFile(smiles, structures);
    const similarity = join(data, "cell_embeddings_similarity.csv");
    await replaceInFile(similarity, (text) => text.replace("\nLINE02,", "\nLINE2,"));
    await assertRefused(train(), /LINE02.*(vector|cell)/);

    await assertRefused(["train", "mlp", "--data", join(folder, "absent"), "--quiet"], /absent/);
    await assertRefused(train("--set", "model.colour=1"), /colour/i);
    await assertRefused(train("--set", "colour=1"), /expected SECTION\.KEY=VALUE/);
    await assertRefused(train("--split", "cell", "--fold", "2"), /has no folds/);
  });
});

deviceTest("a killed run of a ranking model ends in the bytes of one that never stopped", async () => {
  await withFolder(async (folder, data) => {
    const words = [
      "train",
      "mlp",
      "--data",
      data,
      "--split",
      "random",
      ...size,
      "--epochs",
      "60",
      "--save-every",
      "1",
    ];
    const whole = join(folder, "whole"), killed = join(folder, "killed");
    assert.equal((await runCommand(...words, "--out", whole)).code, 0);
    const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "-q", main, ...words, "--out", killed],
      stdout: "null",
      stderr: "null",
    }).spawn();
    while (!await Deno.stat(join(killed, "state.json")).then(() => true, () => false)) {
      await new Promise((wake) => setTimeout(wake, 20));
    }
    child.kill("SIGKILL");
    await child.status;
    const { epoch } = JSON.parse(await Deno.readTextFile(join(killed, "state.json")));
    assert.ok(epoch < 60, "killed before the end");
    const resumed = await runCommand("resume", killed, "--quiet");
    assert.equal(resumed.code, 0, resumed.err);
    for (
      const file of ["checkpoint.safetensors", "optimizer.safetensors", "metrics.jsonl", "predictions.csv"]
    ) {
      assert.deepEqual(await Deno.readFile(join(killed, file)), await Deno.readFile(join(whole, file)), file);
    }
  });
});

deviceTest(
  "all folds are trained as runs of their own, and compare sets models beside one another",
  async () => {
    await withFolder(async (folder, data) => {
      const out = join(folder, "folds");
      const words = [
        "train",
        "mlp",
        "--data",
        data,
        "--split",
        "pert_id",
        ...size,
        "--epochs",
        "1",
        "--folds",
        "all",
      ];
      const { code, err, out: text } = await runCommand(...words, "--out", out, "--json");
      assert.equal(code, 0, err);
      const { folds, metrics } = JSON.parse(text);
      assert.equal(folds, 5);
      const pearson = await Promise.all(Array.from({ length: 5 }, async (_, fold) => {
        const results = JSON.parse(await Deno.readTextFile(join(out, `fold-${fold}`, "results.json")));
        assert.equal(results.config.split.fold, fold);
        return results.scores[0].pearson;
      }));
      const mean = pearson.reduce((sum, value) => sum + value, 0) / 5;
      assert.ok(Math.abs(metrics[0].mean - mean) < 1e-12);
      const started = performance.now();
      assert.deepEqual(JSON.parse((await runCommand(...words, "--out", out, "--json")).out).metrics, metrics);
      assert.ok(performance.now() - started < 2000, "finished folds are not trained again");

      const compared = await runCommand(
        ...["compare", "--data", data, "--split", "cell", ...size, "--epochs", "1", "--models", "mlp,ciger"],
        ...["--out", join(folder, "compare"), "--json"],
      );
      assert.equal(compared.code, 0, compared.err);
      const names = JSON.parse(compared.out).rows.map(({ name }: { name: string }) => name);
      for (const name of ["MLP", "CIGER", "zero", "training mean"]) assert.ok(names.includes(name), name);
      assert.match(await Deno.readTextFile(join(folder, "compare", "comparison.md")), /\| CIGER \| /);
      const other = await runCommand(
        ...["compare", "--data", data, "--split", "cell", ...size, "--epochs", "2", "--models", "mlp,ciger"],
        ...["--out", join(folder, "compare")],
      );
      assert.equal(other.code, 1);
      assert.match(
        other.err,
        /mlp holds a run with other settings .*; give another --out, or replace it with --force/,
      );
    });
  },
);
