import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { deviceTest } from "../support/gpu_test.ts";
import { inFolder } from "../runs/small_run.ts";
import { longTests } from "../support/long_tests.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The launchers of this machine, with what they need here: few cores, perhaps root. */
const launchers = [
  ["mpirun.openmpi", "--oversubscribe", "--allow-run-as-root"],
  ["mpirun.mpich"],
].filter(([program]) =>
  new Deno.Command("which", { args: [program], stdout: "null", stderr: "null" }).outputSync().success
);
const why = !longTests
  ? "(long form only)"
  : launchers.length < 2
  ? "(skipped: openmpi-bin and mpich not installed)"
  : "";

const tiny = [
  ...["csg2a", "--simulator", "genes=163,cells=2,drugs=7,decoys=1", "--mat-width", "8", "--mat-heads", "2"],
  ...[
    "--mat-layers",
    "1",
    "--hidden-width",
    "8",
    "--epochs",
    "2",
    "--patience",
    "0",
    "--batch",
    "23",
    "--quiet",
  ],
];

async function ranks(
  [program, ...options]: readonly string[],
  count: number,
  ...words: string[]
): Promise<string> {
  const { code, stderr } = await new Deno.Command(program, {
    args: [...options, "-n", String(count), "deno", "task", "-q", "perturbine", ...words],
    cwd: root,
    stdout: "null",
  }).output();
  const told = new TextDecoder().decode(stderr);
  return code === 0 ? "" : told;
}

(why === "" ? deviceTest : Deno.test.ignore)(
  `two ranks end in the same bytes under Open MPI and MPICH, and disagreement ends all of them ${why}`,
  async () => {
    await inFolder(async (folder) => {
      const results = [];
      for (const [k, launcher] of launchers.entries()) {
        const out = `${folder}/${k}`;
        assert.equal(await ranks(launcher, 2, "train", ...tiny, "--out", out), "");
        results.push(await Deno.readFile(`${out}/optimizer.safetensors`));
      }
      assert.deepEqual(results[1], results[0]);
      const told = await ranks(launchers[0], 2, "train", "ridge", "--out", `${folder}/ridge`);
      assert.match(told, /Ridge is fitted in closed form.* The job ends on all ranks/);
    });
  },
);
