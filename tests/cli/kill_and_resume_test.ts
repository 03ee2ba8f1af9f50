import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deviceTest } from "../support/gpu_test.ts";
import { inWorkspace, perturbine, smallRanker, tiny, withSignatures } from "./in_process.ts";

/** What a run that never stopped and one that did must share. */
const files = [
  "checkpoint.safetensors",
  "optimizer.safetensors",
  "state.json",
  "predictions.csv",
  "metrics.jsonl",
];

/** Steps that a run has saved so far. */
async function stepOf(run: string): Promise<number> {
  return await Deno.readTextFile(join(run, "state.json")).then((text) => JSON.parse(text).step, () => 0);
}

/** Runs the words in a process of its own and ends it as soon as a state of `step` is saved. */
async function killAt(
  step: number,
  run: string,
  words: readonly string[],
  signal: Deno.Signal = "SIGKILL",
): Promise<boolean> {
  const entry = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-all", entry, ...words, "--quiet"],
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const status = child.status.then(() => ended = true);
  while (!ended && await stepOf(run) < step) await new Promise((wake) => setTimeout(wake, 5));
  const killed = !ended;
  if (killed) child.kill(signal);
  await status;
  return killed;
}

async function assertSameBytes(killed: string, whole: string): Promise<void> {
  for (const name of files) {
    assert.deepEqual(await Deno.readFile(join(killed, name)), await Deno.readFile(join(whole, name)), name);
  }
}

deviceTest("a run that is killed by SIGKILL twice and resumed ends in the same bytes", async () => {
  await inWorkspace(async (folder) => {
    const whole = join(folder, "whole"), killed = join(folder, "killed");
    const train = [
      ...["train", "csg2a", "--data", join(folder, "pre"), ...tiny, "--batch", "7", "--epochs", "5"],
      ...["--patience", "0", "--save-every", "3"],
    ];
    const undisturbed = await perturbine(...train, "--quiet", "--out", whole);
    assert.equal(undisturbed.code, 0, undisturbed.err);
    assert.ok(await killAt(3, killed, [...train, "--out", killed]), "killed before the end");
    assert.ok(await killAt(19, killed, ["resume", killed]), "killed again");
    const resumed = await perturbine("resume", killed, "--quiet");
    assert.equal(resumed.code, 0, resumed.err);
    await assertSameBytes(killed, whole);
  });
});

deviceTest("a killed run of a ranking model ends in the bytes of one that never stopped", async () => {
  await withSignatures(async (folder, data) => {
    const whole = join(folder, "whole"), killed = join(folder, "killed");
    const words = [
      ...["train", "mlp", "--data", data, "--split", "random", ...smallRanker],
      ...["--epochs", "60", "--save-every", "1"],
    ];
    const undisturbed = await perturbine(...words, "--out", whole);
    assert.equal(undisturbed.code, 0, undisturbed.err);
    assert.ok(await killAt(1, killed, [...words, "--out", killed]), "killed before the end");
    const resumed = await perturbine("resume", killed, "--quiet");
    assert.equal(resumed.code, 0, resumed.err);
    await assertSameBytes(killed, whole);
  });
});

deviceTest("a closed session (SIGHUP) saves as Ctrl-C does, at the step under way", async () => {
  if (Deno.build.os === "windows") return console.log("skipped: Windows sends no such signal to a child");
  await withSignatures(async (folder, data) => {
    const run = join(folder, "run");
    const words = [
      ...["train", "mlp", "--data", data, "--split", "random", ...smallRanker],
      ...["--epochs", "3000", "--read-every", "1", "--batch", "3"],
    ];
    assert.ok(await killAt(1, run, [...words, "--out", run], "SIGHUP"), "stopped before the end");
    const { batch } = JSON.parse(await Deno.readTextFile(join(run, "state.json")));
    const whole = await Deno.readTextFile(join(run, "metrics.jsonl"));
    // Without the signal only whole epochs are saved: either it was saved inside one, or just at its end.
    assert.ok(batch > 0 || /"type":"epoch"[^\n]*\n$/.test(whole), whole.slice(-200));
    assert.match(await Deno.readTextFile(join(run, "state.json")), /"step": \d+/);
  });
});
