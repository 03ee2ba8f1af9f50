import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DiskStep, watchDisk } from "../../host/disk_step.ts";
import { RunStore } from "../../models/run_store.ts";
import { trainLoop } from "../../models/train_loop.ts";
import { withFolder } from "../host/checkpoint_tensors.ts";
import { LinearTask } from "../models/linear_task.ts";
import { data, settings, split } from "../models/linear_training.ts";
import { longTests } from "../support/long_tests.ts";

/** Every step to the disk in the long form, one in so many by default; odd, so that all kinds are met. */
const stride = longTests ? 1 : 133;

const train = (folder: string) =>
  trainLoop(new LinearTask(data), split, data.y, { ...settings, store: new RunStore(folder) });

/** The files of a run by name. */
async function filesOf(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const { name } of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    files.set(name, new TextDecoder("latin1").decode(await Deno.readFile(join(folder, name))));
  }
  return files;
}

/** An undisturbed run: its files, and its steps to the disk. */
async function wholeRun(): Promise<{ files: Map<string, string>; steps: DiskStep[] }> {
  const steps: DiskStep[] = [];
  let files = new Map<string, string>();
  await withFolder(async (folder) => {
    watchDisk((step) => void steps.push(step));
    await train(folder).finally(() => watchDisk(undefined));
    files = await filesOf(folder);
  });
  return { files, steps };
}

Deno.test("a disk that fails at any step of a run, and at any step of its resume, leaves a run that ends in the same bytes", async () => {
  const { files, steps } = await wholeRun();
  assert.deepEqual(
    [...new Set(steps)].sort(),
    ["append", "create", "cut", "rename", "sync", "sync folder", "write"],
  );
  const count = new Map<DiskStep, number>();
  for (let at = 0; at < steps.length; at += stride) {
    await withFolder(async (folder) => {
      // The second fault hits the resume at its first steps: cutting the log, mending the result, the first save.
      for (const fault of [at, at % 23]) {
        let step = 0;
        watchDisk((kind) => {
          if (step++ !== fault) return;
          count.set(kind, (count.get(kind) ?? 0) + 1);
          throw new Error("No space left on device (os error 28)");
        });
        await assert.rejects(train(folder).finally(() => watchDisk(undefined)), /No space left/, `step ${at}`)
          .catch((error) => {
            // So late a fault that the resume has nothing left to write.
            if (fault === at) throw error;
          });
      }
      await train(folder);
      assert.deepEqual(await filesOf(folder), files, `after a fault at step ${at} (${steps[at]})`);
    });
  }
  console.log(
    `${steps.length} steps to the disk; faults at ${[...count].map((pair) => pair.join(" ")).join(", ")}`,
  );
});

Deno.test("a process killed before any step to the disk leaves a run that ends in the same bytes", async () => {
  const { files, steps } = await wholeRun();
  const script = fileURLToPath(new URL("killed_training.ts", import.meta.url));
  let kills = 0;
  for (let at = 3; at < steps.length; at += stride) {
    await withFolder(async (folder) => {
      const { signal } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-q", "-A", "--no-check", script, folder, String(at)],
        stdout: "null",
        stderr: "null",
      }).output();
      assert.equal(signal, "SIGKILL", `step ${at}`);
      kills++;
      await train(folder);
      assert.deepEqual(await filesOf(folder), files, `killed before step ${at} (${steps[at]})`);
    });
  }
  console.log(`${kills} kills, all resumed to the same bytes`);
});
