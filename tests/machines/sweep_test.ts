import assert from "node:assert/strict";
import { axisOf, rungsOf, trialsOf } from "../../runs/tasks/sweep.ts";
import { perturbine } from "../cli/in_process.ts";
import { inFolder } from "../runs/small_run.ts";
import { deviceTest } from "../support/gpu_test.ts";

Deno.test("a grid is every combination once, a drawing of it is seeded and within it, rungs end at all epochs", () => {
  const axes = [axisOf("learningRate=1e-4,1e-3"), axisOf("clipNorm=none,1,5")];
  const all = trialsOf(axes);
  assert.deepEqual(all[1], { learningRate: 1e-4, clipNorm: 1 });
  assert.equal(new Set(all.map((trial) => JSON.stringify(trial))).size, 6);
  const drawn = trialsOf(axes, { count: 4, seed: 7 });
  assert.deepEqual(drawn, trialsOf(axes, { count: 4, seed: 7 }));
  assert.ok(drawn.every((trial) => all.some((other) => JSON.stringify(other) === JSON.stringify(trial))));
  assert.equal(new Set(drawn.map((trial) => JSON.stringify(trial))).size, 4);
  assert.throws(() => trialsOf(axes, { count: 7, seed: 7 }), /6 combinations/);
  assert.throws(() => axisOf("learningRate"), /NAME=VALUE/);
  assert.throws(() => axisOf("a=1,1"), /twice/);
  assert.deepEqual(rungsOf(9, 27, 3), [{ trials: 9, epochs: 3 }, { trials: 3, epochs: 9 }, {
    trials: 1,
    epochs: 27,
  }]);
  assert.deepEqual(rungsOf(5, 10, 2).at(-1), { trials: 1, epochs: 10 });
});

deviceTest(
  "a sweep with a trial that diverges chooses among the others and names it; --force is refused",
  async () => {
    await inFolder(async (out) => {
      const sweep = (...more: string[]) =>
        perturbine(
          ...["sweep", "mlp", "--simulator", "genes=160,cells=5,drugs=7,decoys=1", "--genes", "11"],
          ...["--hidden", "8", "--split", "random", "--epochs", "1", "--out", out, "--quiet", ...more],
        );
      const { code, err, out: told } = await sweep("--json", "--grid", "learningRate=1e30,1e-2");
      assert.equal(code, 0, err);
      const { chosen, status, rungs: [[, other]] } = JSON.parse(told);
      assert.equal(chosen.trial.learningRate, 1e-2);
      assert.deepEqual([status, other.trial.learningRate, other.state], ["unfinished", 1e30, "failed"]);
      const forced = await sweep("--force", "--grid", "learningRate=1e-2");
      assert.deepEqual([forced.code, forced.err.includes(`remove ${out} or`)], [2, true], forced.err);
      const collected = await perturbine("collect", out);
      assert.match(collected.err, /holds a sweep, .*: perturbine sweep mlp/);
      assert.ok((await Deno.readTextFile(`${out}/sweep.html`)).includes(`${other.path} is failed: `));
    });
  },
);

deviceTest("a halved sweep chooses by the validation part, and its page shows every trial", async () => {
  await inFolder(async (out) => {
    const { code, err, out: told } = await perturbine(
      ...[
        "sweep",
        "mlp",
        "--simulator",
        "genes=160,cells=5,drugs=7,decoys=1",
        "--genes",
        "11",
        "--hidden",
        "8",
      ],
      ...[
        "--split",
        "random",
        "--epochs",
        "2",
        "--patience",
        "0",
        "--grid",
        "learningRate=1e-9,1e-2",
        "--halving",
        "2",
      ],
      ...["--out", out, "--json", "--quiet"],
    );
    assert.equal(code, 0, err);
    const { chosen, rungs } = JSON.parse(told);
    assert.deepEqual(rungs.map((trials: unknown[]) => trials.length), [2, 1]);
    const [first, second] = rungs[0];
    assert.ok(first.validation < second.validation, "the best at the top");
    assert.equal(chosen.trial.learningRate, first.trial.learningRate, "the better one goes on");
    assert.match(
      await Deno.readTextFile(`${out}/sweep.html`),
      /rung-0\/trial-1[\s\S]*rung-0\/trial-0|rung-0\/trial-0[\s\S]*rung-0\/trial-1/,
    );
  });
});
