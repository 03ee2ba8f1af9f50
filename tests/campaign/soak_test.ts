import assert from "node:assert/strict";
import { join } from "node:path";
import { writeBadgerFolder } from "../../datasets/badger/simulate_badger_folder.ts";
import { Engine } from "../../engine/mod.ts";
import { withFolder } from "../host/checkpoint_tensors.ts";
import { perturbine, smallRanker, tiny } from "../cli/in_process.ts";
import { deviceTest } from "../support/gpu_test.ts";

/** Training steps of a soak at least, of which the first are left to warm up: code is compiled, heaps take their size. */
const soak = 10_000, warmUp = 2_000;
/** Steps that are judged together, and between two looks at the memory. */
const stretch = 1_000, look = 20;
/** Resident memory of a stretch at most, over that of the first one behind the warm-up. */
const flat = 1.05;

/** Trains, and gives the median of the resident memory (bytes) of every whole stretch of training steps. */
async function medians(words: readonly string[]): Promise<number[]> {
  const stretches: number[][] = [], plans = new Set<unknown>();
  let steps = 0;
  Engine.onOpen = ({ device }) => {
    device.observer = {
      beforeReplay(plan) {
        if (!plan.dispatches.some(({ phase }) => phase === "update")) return; // a prediction
        plans.add(plan);
        if (steps % look === 0) {
          (stretches[Math.floor(steps / stretch)] ??= []).push(Deno.memoryUsage().rss);
        }
        steps++;
      },
    };
  };
  const begun = performance.now();
  const { code, err } = await perturbine(...words).finally(() => Engine.onOpen = undefined);
  assert.equal(code, 0, err);
  assert.ok(steps >= soak, `${steps} training steps, expected ${soak} at least`);
  const found = stretches.slice(0, Math.floor(steps / stretch))
    .map((sizes) => sizes.toSorted((a, b) => a - b)[sizes.length >> 1]);
  console.log(
    `${words.slice(0, 2).join(" ")}: ${steps} steps of ${plans.size} plans in ` +
      `${((performance.now() - begun) / 1000).toFixed(0)} s; resident MB a ${stretch} steps: ` +
      found.map((bytes) => (bytes / 1e6).toFixed(0)).join(" "),
  );
  return found;
}

/** After the warm-up no stretch lies above the first by more than is allowed. */
function requireFlat(sizes: readonly number[]): void {
  const later = sizes.slice(warmUp / stretch);
  const growth = Math.max(...later) / later[0];
  console.log(`at most ${(100 * (growth - 1)).toFixed(1)} % above the first stretch behind the warm-up`);
  assert.ok(growth <= flat, `memory grew by ${(100 * (growth - 1)).toFixed(1)} %`);
}

/** Thirty molecules of 5 to 60 atoms, four a step: hardly two steps are of the same size. */
deviceTest("memory stays flat over 10,000 steps of CSG2A with ragged molecules", async () => {
  await withFolder(async (folder) => {
    requireFlat(
      await medians([
        ...["train", "csg2a", "--simulator", "genes=160", ...tiny, "--batch", "4", "--epochs", "35"],
        ...["--patience", "none", "--quiet", "--out", join(folder, "run")],
      ]),
    );
  });
}, "long");

deviceTest("memory stays flat over 10,000 steps of BADGER", async () => {
  await withFolder(async (folder) => {
    const data = join(folder, "data");
    await writeBadgerFolder(data, { simulator: { genes: 160, cells: 24 }, pathwayWidth: 16 });
    requireFlat(
      await medians([
        ...["train", "badger", "--data", data, ...smallRanker, "--batch", "2", "--epochs", "116"],
        ...["--out", join(folder, "run")],
      ]),
    );
  });
}, "long");
