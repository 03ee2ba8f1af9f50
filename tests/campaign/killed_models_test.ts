import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { watchDisk } from "../../host/disk_step.ts";
import { models } from "../../models/registry.ts";
import { inWorkspace, perturbine, smallRanker, tiny, withSignatures } from "../cli/in_process.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { longTests } from "../support/long_tests.ts";
import { Draws } from "./random.ts";

/** Every model of the house, in the long form alone; `PERTURBINE_CAMPAIGN=MODEL,...` takes some. By default `tests/cli` kills two. */
const chosen = Deno.env.get("PERTURBINE_CAMPAIGN")?.split(",");
const script = fileURLToPath(new URL("killed_command.ts", import.meta.url));
/** Files that say when, where, or by which command a run was made; all others are equal byte for byte. */
const ofTheMoment = ["command.txt", "adapters.txt", "results.json", "report.html", "timings.jsonl", ".lock"];
/** Of so many kinds of steps to the disk a model is stopped before one: before each kind a third of the models are. */
const share = 3;
/** Of so many copies of a run one is stopped in its resume too. */
const again = 3;
/** Real kills at moments that nothing tells. */
const randomKills = 3;

/** What makes a model small; those of a knowledge graph learn from the simulator's. */
function words(model: string, layout: string, folder: string, signatures: string): string[] {
  const brief = ["--epochs", "2", "--save-every", "3", "--quiet"];
  const graphs = [...brief, "--simulator", "genes=160,cells=2,drugs=9,decoys=1", "--patience", "0"];
  const small: Record<string, string[]> = {
    "csg2a": [...tiny, ...brief, "--patience", "0"],
    "csg2a-response": [...tiny, ...brief, "--patience", "0"],
    ...Object.fromEntries(
      ["badger", "badger-light", "deepce", "ciger", "mlp", "knn"].map((
        name,
      ) => [name, [...smallRanker, ...brief]]),
    ),
    "kg-gat": [...graphs, "--width", "8", "--heads", "2", "--head-width", "8"],
    "kg-gatv2": [...graphs, "--width", "8", "--heads", "2", "--head-width", "8"],
    "kg-mlp": [...graphs, "--hidden", "16"],
  };
  const data = { profiles: join(folder, "pre"), response: join(folder, "fine"), signatures }[layout];
  return ["train", model, ...data ? ["--data", data] : [], ...small[model] ?? ["--quiet"]];
}

/** The files of a finished run that are the same whenever it is made; those of the moment are there. */
async function filesOf(run: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name } of [...Deno.readDirSync(run)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const bytes = await Deno.readFile(join(run, name));
    found.set(name, ofTheMoment.includes(name) ? "" : new TextDecoder("latin1").decode(bytes));
  }
  return found;
}

/** Runs a command line, and calls `before` ahead of every step to the disk with its number and what it does to which file. */
async function watched(
  line: readonly string[],
  before: (step: number, what: string) => void,
): Promise<{ code: number; err: string }> {
  let step = 0;
  watchDisk((kind, path) => before(step++, `${kind} ${basename(path)}`));
  return await perturbine(...line).finally(() => watchDisk(undefined));
}

/** A run as it lies on the disk now: all that a process leaves that is killed. */
function copyOf(run: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isFile } of Deno.readDirSync(run)) {
    assert.ok(isFile, `${name}: a run holds files alone`);
    Deno.copyFileSync(join(run, name), join(to, name));
  }
}

/** Runs a command line in a process that is killed before a step to the disk. @returns whether it came so far */
async function killedAt(step: number, line: readonly string[]): Promise<boolean> {
  const { signal } = await started(step, line).output();
  return signal === "SIGKILL";
}

/** Runs a command line in a process that is killed after so many milliseconds. @returns whether it was still running */
async function killedAfter(milliseconds: number, line: readonly string[]): Promise<boolean> {
  const child = started(Infinity, line).spawn();
  const timer = setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has just ended.
    }
  }, milliseconds);
  const { signal } = await child.status;
  clearTimeout(timer);
  return signal === "SIGKILL";
}

const started = (step: number, line: readonly string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", script, String(step), ...line],
    stdout: "null",
    stderr: "null",
  });

for (const model of models) {
  if (!longTests || (chosen && !chosen.includes(model.name))) continue;
  deviceTest(
    `${model.name}: stopped before steps of every kind to the disk, killed at random moments and in its resume, it ends in the same bytes`,
    async () => {
      await inWorkspace((folder) =>
        withSignatures(async (_, signatures) => {
          const line = words(model.name, model.layouts[0], folder, signatures);
          const whole = join(folder, "whole"), run = join(folder, "run");
          const steps: string[] = [], begun = performance.now();
          const undisturbed = await watched([...line, "--out", whole], (_, what) => void steps.push(what));
          const took = performance.now() - begun;
          assert.equal(undisturbed.code, 0, undisturbed.err);
          const expected = await filesOf(whole);
          assert.ok(expected.size >= 6, [...expected.keys()].join());
          const onward = async (place: string) =>
            await exists(join(place, "config.json"))
              ? ["resume", place, "--quiet"]
              : [...line, "--out", place, "--force"];
          /** Goes on until done; @returns a copy of the run as it lay before a step of that, if it has so many. */
          const goesOn = async (place: string, said: string, copyAt?: number) => {
            const copy = `${place} again`;
            const ended = await watched(
              await onward(place),
              (step) => step === copyAt && copyOf(place, copy),
            );
            assert.equal(ended.code, 0, `${said}: ${ended.err}`);
            assert.deepEqual(await filesOf(place), expected, said);
            return copyAt !== undefined && await exists(copy) ? copy : undefined;
          };

          // Of all steps of one kind to one file the middle one: the run is copied before it.
          const alike = [...Map.groupBy(steps.keys(), (at) => steps[at]).values()]
            .filter((_, kind) => kind % share === models.indexOf(model) % share);
          const at = new Map(alike.map((all) => [all[all.length >> 1], `copy ${all[0]}`]));
          const copied = await watched([...line, "--out", run], (step) => {
            if (at.has(step)) copyOf(run, join(folder, at.get(step)!));
          });
          assert.equal(copied.code, 0, copied.err);
          let copies = 0, copiesOfResumes = 0;
          for (const [step, name] of at) {
            const place = join(folder, name), said = `stopped before step ${step} (${steps[step]})`;
            const copyAt = copies++ % again === 0 ? Math.floor(copies / again) % 23 : undefined;
            const copy = await goesOn(place, said, copyAt);
            if (copy !== undefined) {
              await goesOn(copy, `${said}, again before step ${copyAt} of its resume`);
              copiesOfResumes++;
              await Deno.remove(copy, { recursive: true });
            }
            await Deno.remove(place, { recursive: true });
          }

          let kills = 0;
          const draws = new Draws(model.name, 0);
          for (let kill = 0; kill < 3 + randomKills; kill++) {
            await Deno.remove(run, { recursive: true }).catch(() => {});
            const fresh = [...line, "--out", run];
            const step = [7, Math.floor(steps.length / 3), Math.floor(2 * steps.length / 3)][kill];
            const after = draws.next() * 2 * took;
            const struck = step === undefined ? await killedAfter(after, fresh) : await killedAt(step, fresh);
            assert.ok(struck || step === undefined, `not killed before step ${step} of ${steps.length}`);
            if (struck) kills++;
            // The first steps of a resume: the log is cut, the first save.
            const config = await exists(join(run, "config.json"));
            if (await killedAt(config ? 2 + kill : 9, await onward(run))) kills++;
            await goesOn(run, step === undefined ? `killed after ${after} ms` : `killed before step ${step}`);
          }
          console.log(
            `${model.name}: ${steps.length} steps to the disk, ${copies} kinds of them and ${copiesOfResumes} of ` +
              `resumes gone on from, ${kills} kills, ${expected.size} files`,
          );
        })
      );
    },
  );
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
