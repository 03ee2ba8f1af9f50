import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failureMessage } from "../../cli/failure_message.ts";
import { FailedTrainingError } from "../../runs/errors.ts";
import { GpuError } from "../../engine/errors.ts";
import { NonFiniteError } from "../../models/training_task.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { inWorkspace, perturbine, quick } from "./in_process.ts";

/** Turns the columns of a CSV file around. */
async function reverseColumns(path: string): Promise<void> {
  const lines = (await Deno.readTextFile(path)).split("\n");
  await Deno.writeTextFile(path, lines.map((line) => line.split(",").reverse().join(",")).join("\n"));
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await Deno.copyFile(join(from, name), join(to, name));
}

Deno.test("bad input ends with one sentence and exit code 1, a bad command line with 2", async () => {
  await inWorkspace(async (folder) => {
    const pre = join(folder, "pre"), fine = join(folder, "fine");
    const out = ["--out", join(folder, "never")];
    const train = ["train", "csg2a", "--data", pre];
    const cases: [number, RegExp, string[]][] = [
      [2, /Did you mean train\?/, ["trian"]],
      [2, /Did you mean csg2a\?/, ["train", "csg2b"]],
      [2, /Did you mean --data\?/, ["train", "csg2a", "--dta", "x"]],
      [2, /'x' is invalid\. Expected one of rowsum, matmul/, [...train, "--variant", "x"]],
      [2, /'0\.5' is invalid\. Expected a whole number of at least 1/, [...train, "--epochs", "0.5"]],
      [2, /Expected a number above 0/, [...train, "--lr", "0"]],
      [2, /at least 0 and below 1/, [...train, "--dropout", "1"]],
      [2, /0 to 4294967295/, [...train, "--seed", "99999999999"]],
      [2, /--split blind: .* it is called drug-blind now/, [...train, "--split", "blind"]],
      [2, /--split drugblind: .* did you mean drug-blind\?/, [...train, "--split", "drugblind"]],
      [2, /--config settles all that --preset would/, [...train, "--config", "c.json", "--preset", "small"]],
      [2, /--folds all and --fold 1 contradict/, [...train, "--folds", "all", "--fold", "1"]],
      [2, /--simulator has no meaning with --data/, [...train, "--simulator", "genes=100"]],
      [2, /"genes" is no name with a number/, ["train", "csg2a", "--simulator", "genes"]],
      [2, /Allowed choices are drug-removed/, [...train, "--control", "removed"]],
      [2, /--out <file>' not specified/, ["predict", "run", "in.csv"]],
      [2, /MAT width must be a multiple of its heads/, [...train, "--mat-width", "10", ...out]],
      [2, /Fold 10 of 10: expected 0 to 9/, [...train, "--split", "random-folds", "--fold", "10", ...out]],
      [2, /A split by condition has no folds/, [...train, "--split", "condition", "--fold", "1", ...out]],
      [2, /Ridge is fitted in closed form: 2 trainings of it would be one/, [
        "train",
        "ridge",
        "--data",
        pre,
        "--seeds",
        "2",
        ...out,
      ]],
      [2, /Nothing to judge/, ["evaluate"]],
      [2, /--control nothing: expected drug-removed/, ["evaluate", "x", "--control", "nothing"]],
      [2, /A run knows its own rows/, ["evaluate", "x", "--split", "random"]],
      [2, /either a CSV file of conditions, or --drugs/, ["predict", "run", "--out", "x.csv"]],
      [2, /--doses, --times and --cells belong to --drugs/, [
        "predict",
        "r",
        "in.csv",
        "--doses",
        "1",
        "--out",
        "x",
      ]],
      [1, /does not exist/, ["train", "csg2a", "--data", join(folder, "nowhere"), ...out]],
      [1, /fine/, ["train", "csg2a", "--data", fine, ...out]],
      [1, /none of the 160 genes .* occurs/, [...train, "--ppi", join(folder, "odd.csv"), ...out]],
      [1, /holds no run/, ["resume", folder]],
      [1, /there is no such run folder/, ["evaluate", join(folder, "nowhere")]],
      [1, /bad\.json says no format, expected "perturbine run 2"/, [
        "train",
        "csg2a",
        "--config",
        join(folder, "bad.json"),
        ...out,
      ]],
      [1, /no such parameter/, [...train, "--from", join(folder, "w.safetensors"), ...out]],
    ];
    await Deno.writeTextFile(join(folder, "odd.csv"), "source,target\nx1,x2\n");
    await Deno.writeTextFile(join(folder, "bad.json"), "{}");
    const header = new TextEncoder().encode('{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}  ');
    const weights = new Uint8Array(8 + header.length);
    weights.set([header.length]);
    weights.set(header, 8);
    await Deno.writeFile(join(folder, "w.safetensors"), weights);
    for (const [code, message, args] of cases) {
      const { code: found, err, out } = await perturbine(...args, "--json");
      assert.match(err, message, args.join(" "));
      assert.equal(found, code, `${args.join(" ")}: ${err}`);
      assert.ok(!/^\s+at /m.test(err), `no stack: ${err}`);
      // Machines are told as well, whoever refused.
      assert.equal(JSON.parse(out).status, "failed");
      assert.match(JSON.parse(out).error, message);
    }
    await assert.rejects(
      Deno.stat(join(folder, "never")),
      Deno.errors.NotFound,
      "no failure leaves a folder",
    );
  });
});

Deno.test("every command explains itself with examples", async () => {
  const commands = [
    ...[
      "train csg2a",
      "train badger",
      "train ridge",
      "finetune csg2a",
      "demo",
      "resume",
      "evaluate",
      "predict",
      "compare",
    ],
    ...[
      "explain",
      "rank",
      "screen",
      "study",
      "models",
      "prepare badger",
      "convert",
      "doctor",
      "profile",
      "tune",
    ],
  ];
  for (const command of commands) {
    const { code, out } = await perturbine(...command.split(" "), "--help");
    assert.equal(code, 0);
    assert.match(out, /Examples?:\n {2}perturbine/, command);
  }
  const { code, out } = await perturbine("--help");
  assert.equal(code, 0);
  assert.match(out, /Start here:/);
});

deviceTest(
  "genes in another order than the model's are put in its order, never taken for other genes",
  async () => {
    await inWorkspace(async (folder) => {
      const pre = join(folder, "pre"), run = join(folder, "run"), turned = join(folder, "turned");
      await copyFolder(pre, turned);
      await reverseColumns(`${turned}/gex_DMSO.csv`);
      await reverseColumns(`${turned}/gex_comp.csv`);
      assert.equal((await perturbine("train", "csg2a", "--data", pre, ...quick, "--out", run)).code, 0);
      const genes = await Deno.readTextFile(join(run, "genes.txt"));

      const outputs: string[] = [];
      for (const data of [pre, turned]) {
        const out = `${run}-${outputs.length}`;
        const { code, err } = await perturbine(
          ...["train", "csg2a", "--from", run, "--data", data, ...quick, "--out", out],
        );
        assert.equal(code, 0, err);
        assert.equal(await Deno.readTextFile(join(out, "genes.txt")), genes);
        outputs.push(await Deno.readTextFile(join(out, "predictions.csv")));
      }
      assert.equal(outputs[0], outputs[1]);

      const table = `${turned}/gex_DMSO.csv`, other = `${turned}/gex_comp.csv`;
      for (const path of [table, other]) {
        await Deno.writeTextFile(
          path,
          (await Deno.readTextFile(path)).replace(genes.split("\n")[1], "STRANGE"),
        );
      }
      const unknown = await perturbine("evaluate", run, "--data", turned);
      assert.equal(unknown.code, 1);
      assert.match(unknown.err, /1 gene unknown to the model \("STRANGE"\)/);
    });
  },
);

Deno.test("a configuration is taken over with what the command line changes", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run"), pre = join(folder, "pre"), next = `${run}-2`;
    const folds = ["--split", "random", "--folds", "4", "--fold", "1"];
    assert.equal((await perturbine("train", "ridge", "--data", pre, ...folds, "--out", run)).code, 0);
    const config = ["--config", join(run, "config.json"), "--fold", "2", "--quiet", "--out", next];
    const again = await perturbine("train", "ridge", ...config);
    assert.equal(again.code, 0, again.err);
    const { split } = JSON.parse(await Deno.readTextFile(join(next, "config.json")));
    assert.deepEqual(split, { rule: "random-folds", folds: 4, fold: 2, number: 42 });

    // The rows of a run, for another model.
    const same = ["--data", pre, "--split", join(next, "split.json"), "--out", `${run}-3`, "--json"];
    const third = await perturbine("train", "training-mean", ...same);
    assert.equal(third.code, 0, third.err);
    const kept = JSON.parse(await Deno.readTextFile(join(next, "results.json")));
    assert.equal(JSON.parse(third.out).split.checksum, kept.split.checksum);
  });
});

Deno.test("an output that cannot be written is refused before the work, and never replaces the input", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run"), input = join(folder, "in.csv");
    await perturbine("train", "ridge", "--data", join(folder, "pre"), "--out", run);
    const genes = (await Deno.readTextFile(join(run, "genes.txt"))).trimEnd().split("\n");
    const row = (smiles: string) => `${smiles},10,24,${genes.map(() => 1).join(",")}\n`;
    await Deno.writeTextFile(input, `smiles,dose,time,${genes.join(",")}\n${row("CCO")}${row("C1CC")}`);
    const kept = await Deno.readTextFile(input);
    const cases: [RegExp, string[]][] = [
      [/would replace the input/, ["predict", run, input, "--out", input]],
      [/: a folder; name the file/, ["predict", run, input, "--out", folder]],
      [/does not exist; make it first/, [
        "predict",
        run,
        input,
        "--out",
        join(folder, "no", "out.csv"),
      ]],
      [/: a folder; name the file/, ["evaluate", run, "--report", folder]],
      [/does not exist; make it first/, [
        "evaluate",
        run,
        "--report",
        join(folder, "no", "r.html"),
      ]],
      [/does not exist; make it first/, [
        "convert",
        run,
        join(folder, "no", "w.pt"),
      ]],
    ];
    for (const [message, args] of cases) {
      const { code, err } = await perturbine(...args);
      assert.equal(code, 1, args.join(" "));
      assert.match(err, message);
      assert.ok(!/^\s+at /m.test(err), `no stack: ${err}`);
    }
    assert.equal(await Deno.readTextFile(input), kept);

    const output = join(folder, "out.csv");
    assert.equal((await perturbine("predict", run, input, "--out", output, "--skip-bad")).code, 0);
    await Deno.stat(`${output}.skipped.json`);
    await Deno.writeTextFile(input, kept.replace("C1CC", "CC"));
    assert.equal((await perturbine("predict", run, input, "--out", output)).code, 0);
    await assert.rejects(
      Deno.stat(`${output}.skipped.json`),
      Deno.errors.NotFound,
      "no list of an older file",
    );
  });
});

deviceTest("damaged files of a run are named in a sentence", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run");
    await perturbine("train", "csg2a", "--data", join(folder, "pre"), ...quick, "--out", run);
    const metrics = await Deno.readTextFile(join(run, "metrics.jsonl"));
    await Deno.writeTextFile(join(run, "metrics.jsonl"), metrics.replace("{", "?"));
    const damaged = await perturbine("resume", run, "--quiet");
    assert.equal(damaged.code, 1);
    assert.match(damaged.err, /metrics\.jsonl, line 1: not JSON/);
    assert.ok(!/^\s+at /m.test(damaged.err));

    await Deno.writeTextFile(join(run, "genes.txt"), "A\nA\n");
    assert.match((await perturbine("evaluate", run)).err, /genes\.txt: expected every gene/);
  });
});

Deno.test("a run whose data changed goes on with nothing, nor is it judged or compared", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run"), other = join(folder, "other"), pre = join(folder, "pre");
    for (const out of [run, other]) {
      const { code, err } = await perturbine("train", "ridge", "--data", pre, "--out", out);
      assert.equal(code, 0, err);
    }
    const folds = ["train", "ridge", "--data", pre, "--split", "random", "--folds", "2", "--fold", "all"];
    assert.equal((await perturbine(...folds, "--out", join(folder, "folds"))).code, 0);
    const table = join(pre, "gex_comp.csv");
    const lines = (await Deno.readTextFile(table)).split("\n");
    lines[5] = lines[5].replace(/^[^,]+/, "0.125");
    await Deno.writeTextFile(table, lines.join("\n"));
    for (
      const words of [
        ["resume", run],
        ["evaluate", run],
        ["evaluate", run, "--data", pre],
        ["compare", run, other],
        [...folds, "--out", join(folder, "folds")],
      ]
    ) {
      const { code, err } = await perturbine(...words);
      assert.equal(code, 1, words.join(" "));
      assert.match(
        err,
        /pre: the data have changed since the run .* began \(other content: gex_comp\.csv\)/,
        words.join(" "),
      );
    }
  });
});

Deno.test("foreign predictions and other runs stand beside a run, with or without one", async () => {
  await inWorkspace(async (folder) => {
    const pre = join(folder, "pre"), ridge = join(folder, "ridge"), mean = join(folder, "mean");
    for (const [model, out] of [["ridge", ridge], ["drug-mean", mean]]) {
      const words = ["train", model, "--data", pre, "--split", "drug-blind", "--out", out];
      const { code, err } = await perturbine(...words);
      assert.equal(code, 0, err);
    }
    const mine = join(folder, "mine.csv");
    await Deno.copyFile(join(mean, "predictions.csv"), mine);
    interface Entry {
      readonly name: string;
      readonly metrics: { readonly mse: number };
    }
    const own = JSON.parse(await Deno.readTextFile(join(mean, "results.json"))).predictions[0].metrics.mse;
    const beside = await perturbine("evaluate", ridge, "--predictions", mine, "--json");
    assert.equal(beside.code, 0, beside.err);
    const found = JSON.parse(beside.out).predictions.find(({ name }: Entry) => name === "mine");
    assert.ok(Math.abs(found.metrics.mse - own) < 1e-6 * own, `${found.metrics.mse}, ${own}`);

    const rows = ["--data", pre, "--split", join(ridge, "split.json")];
    const alone = await perturbine("evaluate", "--predictions", mine, ...rows, "--json");
    assert.equal(alone.code, 0, alone.err);
    const report = JSON.parse(alone.out);
    assert.equal(report.model, "mine");
    assert.ok(["ahead", "level", "behind"].includes(report.verdict.standing));

    const lines = (await Deno.readTextFile(mine)).trimEnd().split("\n");
    await Deno.writeTextFile(mine, lines.slice(0, -2).join("\n") + "\n");
    const short = await perturbine("evaluate", ridge, "--predictions", mine);
    assert.equal(short.code, 1);
    assert.match(short.err, /mine\.csv/);
  });
});

Deno.test("what the operating system refuses, and a value that is not finite, read as sentences", async () => {
  const full = Object.assign(new Error("No space left on device (os error 28): write"), { code: "ENOSPC" });
  assert.match(failureMessage(full), /^No space left on device.*the space on the disk\.$/);
  const fault = await Deno.readTextFile("/nowhere/x").catch((error) => error);
  assert.match(failureMessage(fault), /^No such file or directory.*check the path/);
  assert.match(failureMessage(new RangeError("a bug")), /\n\s+at /, "a fault of the program keeps its stack");
  const nan = new NonFiniteError("the validation loss after epoch 3 is NaN.", 11, undefined);
  const bad = "Training went bad: the validation loss after epoch 3 is NaN.";
  assert.equal(failureMessage(nan), bad);
  // A state to go on from is promised only where there is one.
  assert.equal(
    failureMessage(new FailedTrainingError("runs/a", nan, true)),
    `${bad} The state saved before it is intact, but going on from it on this device comes to the same numbers: start anew, such ` +
      "as with a smaller --lr.",
  );
  assert.equal(
    failureMessage(new FailedTrainingError("runs/a", nan, false)),
    `${bad} No state had been saved yet; start the run anew with --force.`,
  );
  assert.equal(failureMessage(new GpuError("Lost.")), "The device failed: Lost.");
});

Deno.test("a program whose launcher was killed hears of it", async () => {
  if (Deno.build.os === "windows") return console.log("skipped: Windows keeps the parent's number");
  const launcher = fileURLToPath(new URL("../../cli/launch.ts", import.meta.url));
  const interrupt = new URL("../../cli/interrupt.ts", import.meta.url).href;
  const program = await Deno.makeTempFile({ suffix: ".ts" });
  const told = `${program}.told`;
  await Deno.writeTextFile(
    program,
    `import { listenForInterrupt } from ${JSON.stringify(interrupt)};
     const { signal } = listenForInterrupt();
     signal.addEventListener("abort", () => {
       Deno.writeTextFileSync(${JSON.stringify(told)}, "told");
       Deno.exit(0);
     });
     setTimeout(() => Deno.exit(9), 20_000);
     console.log("ready");`,
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", launcher, "run", "-q", "-A", program],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGKILL");
  await child.status;
  // The pipe ends with the program, which has inherited it.
  while (!(await reader.read()).done);
  assert.equal(await Deno.readTextFile(told), "told");
  await Deno.remove(program);
  await Deno.remove(told);
});
