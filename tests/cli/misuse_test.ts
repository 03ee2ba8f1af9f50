import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failureMessage } from "../../cli/failure_message.ts";
import { NonFiniteError } from "../../models/training_task.ts";
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

Deno.test("genes in another order than the model's are put in its order, never taken for other genes", async () => {
  await inWorkspace(async (folder) => {
    const pre = join(folder, "pre"), run = join(folder, "run"), turned = join(folder, "turned");
    await copyFolder(pre, turned);
    await reverseColumns(`${turned}/gex_DMSO.csv`);
    await reverseColumns(`${turned}/gex_comp.csv`);
    assert.equal((await perturbine("train", "csg2a", "--data", pre, ...quick, "--out", run)).code, 0);
    const genes = await Deno.readTextFile(join(run, "genes.txt"));

    const scores = async (data: string) => {
      const { code, out, err } = await perturbine("evaluate", run, "--data", data, "--json");
      assert.equal(code, 0, err);
      return JSON.parse(out).scores;
    };
    assert.deepEqual(await scores(turned), await scores(pre));

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

    // Also when their columns were reordered between stop and resume: the data are the same.
    await reverseColumns(`${pre}/gex_DMSO.csv`);
    await reverseColumns(`${pre}/gex_comp.csv`);
    const predictions = await Deno.readTextFile(join(run, "predictions.csv"));
    assert.equal((await perturbine("resume", run, "--quiet")).code, 0);
    assert.equal(await Deno.readTextFile(join(run, "predictions.csv")), predictions);

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
});

Deno.test("options that contradict each other or lie outside their range are refused with exit code 2", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run");
    const train = ["train", "csg2a", "--data", join(folder, "pre"), "--out", run];
    const finetune = ["finetune", "csg2a", "--data", join(folder, "fine"), "--out", run];
    const cases: [RegExp, string[]][] = [
      [/--config settles all that --preset would/, [...train, "--config", "c.json", "--preset", "small"]],
      [/--folds and --fold need --split/, [...train, "--split", "random", "--folds", "3"]],
      [/--ppi identity and --no-ppi-identity/, [...train, "--ppi", "identity", "--no-ppi-identity"]],
      [/--frozen-mode has no meaning/, [...finetune, "--unfrozen", "--frozen-mode", "eval"]],
      [/Expected a number above 0/, [...train, "--lr", "0"]],
      [/at least 0 and below 1/, [...train, "--dropout", "1"]],
      [/0 to 4294967295/, [...train, "--seed", "99999999999"]],
      [/Fold 3 of 3: expected 0 to 2/, [...train, "--split", "mixed", "--folds", "3", "--fold", "3"]],
    ];
    for (const [message, args] of cases) {
      const { code, err, out } = await perturbine(...args, "--json");
      assert.equal(code, 2, `${args.join(" ")}: ${err}`);
      assert.match(err, message);
      // Commander's own refusals too.
      assert.match(JSON.parse(out).error, message);
      assert.equal(JSON.parse(out).status, "failed");
    }
    await assert.rejects(Deno.stat(run), Deno.errors.NotFound);

    const folds = ["--split", "mixed", "--folds", "4", "--fold", "1"];
    assert.equal((await perturbine(...train, ...quick, ...folds)).code, 0);
    const next = `${run}-2`;
    const config = ["--config", join(run, "config.json"), "--fold", "2", "--quiet", "--out", next];
    const again = await perturbine("train", "csg2a", ...config);
    assert.equal(again.code, 0, again.err);
    const { split } = JSON.parse(await Deno.readTextFile(join(next, "config.json")));
    assert.deepEqual(split, { kind: "folds", setting: "mixed", folds: 4, fold: 2, number: 42 });
  });
});

Deno.test("an output that cannot be written is refused before the work, and never replaces the input", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run"), input = join(folder, "in.csv");
    await perturbine("train", "csg2a", "--data", join(folder, "pre"), ...quick, "--out", run);
    const genes = (await Deno.readTextFile(join(run, "genes.txt"))).trimEnd().split("\n");
    const row = (smiles: string) => `${smiles},10,24,${genes.map(() => 1).join(",")}\n`;
    await Deno.writeTextFile(input, `smiles,dose,time,${genes.join(",")}\n${row("CCO")}${row("C1CC")}`);
    const kept = await Deno.readTextFile(input);
    const cases: [RegExp, string[]][] = [
      [/would replace the input/, ["predict", run, input, "--out", input]],
      [/: a folder; name the file/, ["predict", run, input, "--out", folder]],
      [/does not exist; make it first/, ["predict", run, input, "--out", join(folder, "no", "out.csv")]],
      [/: a folder; name the file/, ["evaluate", run, "--report", folder]],
      [/does not exist; make it first/, ["evaluate", run, "--report", join(folder, "no", "r.html")]],
      [/does not exist; make it first/, ["convert", run, join(folder, "no", "w.pt")]],
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

Deno.test("damaged files of a run are named in a sentence", async () => {
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
    await Deno.remove(join(run, "genes.txt"));
    assert.match((await perturbine("evaluate", run)).err, /has no genes\.txt yet/);
  });
});

Deno.test("a run does not go on with, nor is it tested on, other data than it began with", async () => {
  await inWorkspace(async (folder) => {
    const run = join(folder, "run"), pre = join(folder, "pre");
    await perturbine("train", "csg2a", "--data", pre, ...quick, "--out", run);
    const table = join(pre, "gex_comp.csv");
    const lines = (await Deno.readTextFile(table)).split("\n");
    lines[5] = lines[5].replace(/^[^,]+/, "0.125");
    await Deno.writeTextFile(table, lines.join("\n"));
    for (const command of ["resume", "evaluate"]) {
      const { code, err } = await perturbine(command, run);
      assert.equal(code, 1);
      assert.match(err, /pre: the data have changed since the run .* began/);
    }
    const asOther = await perturbine("evaluate", run, "--data", pre);
    assert.equal(asOther.code, 1, "the baselines need the run's own training rows");
  });
});

Deno.test("what the operating system refuses, and a value that is not finite, read as sentences", async () => {
  const full = Object.assign(new Error("No space left on device (os error 28): write"), { code: "ENOSPC" });
  assert.match(failureMessage(full), /^No space left on device.*the space on the disk\.$/);
  const fault = await Deno.readTextFile("/nowhere/x").catch((error) => error);
  assert.match(failureMessage(fault), /^No such file or directory.*check the path/);
  assert.match(failureMessage(new RangeError("a bug")), /\n\s+at /, "a fault of the program keeps its stack");
  const nan = new NonFiniteError("the validation loss after epoch 3 is NaN.", 11, undefined);
  assert.equal(
    failureMessage(nan),
    "Training went bad: the validation loss after epoch 3 is NaN. The state saved before it is intact.",
  );
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
