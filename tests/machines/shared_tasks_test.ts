import assert from "node:assert/strict";
import { numbersOf, taskShare } from "../../runs/tasks/task_share.ts";
import { perturbine } from "../cli/in_process.ts";
import { inFolder } from "../runs/small_run.ts";

Deno.test("shares cover a list once: parts, elements of an array, and what they refuse by name", () => {
  const slurm = (value: string) => (name: string) => name === "SLURM_ARRAY_TASK_ID" ? value : undefined;
  const kubernetes = (name: string) => name === "JOB_COMPLETION_INDEX" ? "2" : undefined;
  const parts = [0, 1, 2].flatMap((part) => numbersOf(taskShare(`${part}/3`), 11));
  assert.deepEqual(parts.toSorted((a, b) => a - b), numbersOf("any", 11));
  assert.deepEqual(numbersOf(taskShare("array", slurm("7")), 11), [7]);
  assert.deepEqual(numbersOf(taskShare("array/4", kubernetes), 11), [2, 6, 10]);
  assert.throws(() => numbersOf(taskShare("array", slurm("11")), 11), /element 11 .* 11 tasks, 0 to 10/);
  assert.throws(
    () => taskShare("array", () => undefined),
    /SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX is set/,
  );
  assert.throws(() => taskShare("array", slurm("4_2")), /SLURM_ARRAY_TASK_ID is "4_2"/);
  assert.throws(() => taskShare("3/3"), /part 3 of 3 does not exist/);
  assert.throws(() => taskShare("3/0"), /^SettingsError: --task 3\/0: found 0 parts, expected at least 1;/);
  for (const word of ["3", "-1/3", "1/3/4", "some"]) assert.throws(() => taskShare(word), /expected I\/N/);
});

Deno.test("folds in two shares are collected; what is missing and what failed is named, and the rest is on the page", async () => {
  await inFolder(async (folder) => {
    const out = `${folder}/folds`;
    const words = [
      ...["train", "ridge", "--simulator", "genes=160,cells=2,drugs=7,decoys=1", "--split", "drug-folds"],
      ...["--folds", "2", "--fold", "all", "--quiet"],
    ];
    const share = (task: string, ...more: string[]) =>
      perturbine(...words, "--out", out, "--task", task, ...more);
    assert.equal((await share("1/2")).code, 0);
    const early = await perturbine("collect", out);
    assert.equal(early.code, 1);
    assert.match(early.err, /1 of 2 runs are not finished; the first: .*fold-0 is missing/);
    // A fold whose folder cannot become a run.
    await Deno.mkdir(`${out}/fold-0`);
    await Deno.writeTextFile(`${out}/fold-0/foreign.txt`, "");
    const failing = await share("0/2");
    assert.equal(failing.code, 1);
    assert.match(failing.err, /1 of 1 tasks failed; the first is .*fold-0: .*foreign\.txt/);
    const partly = await perturbine("collect", out, "--json");
    assert.equal(partly.code, 1);
    const { status, runs, unfinished } = JSON.parse(partly.out.split("\n")[0]);
    assert.deepEqual([status, runs.length], ["unfinished", 1]);
    assert.match(unfinished[0], /fold-0 is failed: .*foreign\.txt/);
    assert.match(await Deno.readTextFile(`${out}/folds.html`), /1 of 2 runs are finished/);
    await Deno.remove(`${out}/fold-0/foreign.txt`);
    const { code, out: told } = await share("0/2", "--json");
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(told).tasks.map(({ state }: { state: string }) => state), ["finished"]);
    assert.equal((await perturbine("collect", out)).code, 0);
    const other = await perturbine(...words, "--seed", "43", "--out", out, "--task", "0/2");
    assert.match(other.err, /is for other runs/);
  });
});

Deno.test("--task is refused where it has no meaning, by name", async () => {
  for (
    const [words, message] of [
      [["train", "ridge", "--out", "x", "--task", "0/2"], /one training is no list/],
      [["train", "ridge", "--folds", "all", "--split", "drug-folds", "--task", "0/2"], /needs --out/],
      [
        [
          "train",
          "ridge",
          "--folds",
          "all",
          "--split",
          "drug-folds",
          "--out",
          "x",
          "--task",
          "0/2",
          "--force",
        ],
        /contradict/,
      ],
    ] as const
  ) {
    const { code, err } = await perturbine(...words);
    assert.deepEqual([code, message.test(err)], [2, true], err);
  }
});
