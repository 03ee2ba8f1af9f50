import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { watchDisk } from "../../host/disk_step.ts";
import { models } from "../../models/registry.ts";
import { inWorkspace, perturbine, smallRanker, tiny, withSignatures } from "../cli/in_process.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { longTests } from "../support/long_tests.ts";

/** Every model of the house, in the long form alone; `PERTURBINE_CAMPAIGN=MODEL,...` takes some. By default `tests/cli` kills two. */
const chosen = Deno.env.get("PERTURBINE_CAMPAIGN")?.split(",");
const script = fileURLToPath(new URL("killed_command.ts", import.meta.url));
const files = [
  "checkpoint.safetensors",
  "optimizer.safetensors",
  "state.json",
  "metrics.jsonl",
  "predictions.csv",
];

/** What makes a model small; those of a knowledge graph learn from the simulator's. */
function words(model: string, layout: string, folder: string, signatures: string): string[] {
  const brief = ["--epochs", "2", "--save-every", "3", "--quiet"];
  const small: Record<string, string[]> = {
    "csg2a": [...tiny, ...brief, "--patience", "0"],
    "csg2a-response": [...tiny, ...brief, "--patience", "0"],
    ...Object.fromEntries(
      ["badger", "badger-light", "deepce", "ciger", "mlp", "knn"].map((
        name,
      ) => [name, [...smallRanker, ...brief]]),
    ),
    ...Object.fromEntries(
      ["kg-gat", "kg-gatv2", "kg-mlp"].map((name) => [name, ["--epochs", "1", "--quiet"]]),
    ),
  };
  const data = { profiles: join(folder, "pre"), response: join(folder, "fine"), signatures }[layout];
  return ["train", model, ...data ? ["--data", data] : [], ...small[model] ?? ["--quiet"]];
}

async function filesOf(run: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of files) {
    const bytes = await Deno.readFile(join(run, name)).catch(() => undefined);
    if (bytes) found.set(name, new TextDecoder("latin1").decode(bytes));
  }
  return found;
}

/** Runs a command line in a process that is killed before a step to the disk. @returns whether it came so far */
async function killedAt(step: number, line: readonly string[]): Promise<boolean> {
  const { signal } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", script, String(step), ...line],
    stdout: "null",
    stderr: "null",
  }).output();
  return signal === "SIGKILL";
}

for (const model of models) {
  if (!longTests || (chosen && !chosen.includes(model.name))) continue;
  deviceTest(
    `${model.name}: killed at its start, in its middle and in its resume's first save, it ends in the same bytes`,
    async () => {
      await inWorkspace((folder) =>
        withSignatures(async (_, signatures) => {
          const line = words(model.name, model.layouts[0], folder, signatures);
          const whole = join(folder, "whole"), run = join(folder, "run");
          let steps = 0;
          watchDisk(() => void steps++);
          const undisturbed = await perturbine(...line, "--out", whole).finally(() => watchDisk(undefined));
          assert.equal(undisturbed.code, 0, undisturbed.err);
          const expected = await filesOf(whole);
          assert.ok(expected.size >= 3, [...expected.keys()].join());
          let kills = 0;
          for (const at of [7, Math.floor(steps / 3), Math.floor(2 * steps / 3)]) {
            await Deno.remove(run, { recursive: true }).catch(() => {});
            assert.ok(
              await killedAt(at, [...line, "--out", run]),
              `not killed before step ${at} of ${steps}`,
            );
            kills++;
            const begun = await Deno.stat(join(run, "config.json")).then(() => true, () => false);
            const onward = begun ? ["resume", run, "--quiet"] : [...line, "--out", run, "--force"];
            // The first steps of a resume: the lock's neighbours, the log cut, the first save.
            if (await killedAt(begun ? 2 : 9, onward)) kills++;
            const there = await Deno.stat(join(run, "config.json")).then(() => true, () => false);
            const ended = await perturbine(
              ...there ? ["resume", run, "--quiet"] : [...line, "--out", run, "--force"],
            );
            assert.equal(ended.code, 0, `${at} of ${steps}: ${ended.err}`);
            assert.deepEqual(await filesOf(run), expected, `killed before step ${at} of ${steps}`);
          }
          console.log(
            `${model.name}: ${steps} steps to the disk, ${kills} kills, ${expected.size} files equal`,
          );
        })
      );
    },
  );
}
