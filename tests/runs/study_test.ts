import assert from "node:assert/strict";
import { dirname } from "node:path";
import { correctedPairedTest } from "../../datasets/statistics/corrected_paired_test.ts";
import { modelNamed } from "../../models/registry.ts";
import { numbersOf, taskShare } from "../../runs/tasks/task_share.ts";
import { trainSeries } from "../../runs/series.ts";
import { judgeStudy, study } from "../../runs/studies/study.ts";
import { readStudyFile, studyNames } from "../../runs/studies/file.ts";
import { isFinished } from "../../runs/read_report.ts";
import { studyTasks } from "../../runs/studies/tasks.ts";
import type { StudyWish } from "../../runs/studies/wish.ts";
import { splitRuleOf } from "../../runs/split_wish.ts";
import { inFolder } from "./small_run.ts";

const simulator = {
  source: "simulator",
  options: {
    genes: 160,
    cells: 5,
    drugs: 11,
    decoys: 2,
    doses: [10],
    times: [24],
    replicates: 1,
    responseCells: 7,
  },
} as const;

const wishIn = (out: string): StudyWish => ({
  data: [simulator],
  splits: [{ rule: "random", folds: 3 }],
  models: [
    { model: "ridge", layout: "response", label: "one penalty", settings: { penalties: [10] } },
    { model: "ridge", layout: "response" },
    { model: "drug-mean" },
  ],
  seeds: 2,
  out,
  published: { source: "a paper", columns: ["RMSE"], rows: [{ model: "Theirs", figures: ["0.001"] }] },
});

Deno.test("a study over folds is one list of tasks, whose shares end in the table of the whole study", async () => {
  await inFolder(async (out) => {
    const wish = wishIn(`${out}/shared`);
    const list = await studyTasks(wish);
    assert.deepEqual(list, await studyTasks(wish));
    assert.equal(list.tasks.length, 3 * 3, "three folds, closed forms with one seed");
    assert.equal(new Set(list.tasks.map(({ path }) => path)).size, 9);
    const shares = [2, 0, 1].map((i) => numbersOf(taskShare(`${i}/3`), 9).map((at) => list.tasks[at]));
    assert.deepEqual(new Set(shares.flat()), new Set(list.tasks));
    await trainSeries(shares[0]);
    assert.deepEqual(await Promise.all(shares[0].map(isFinished)), [true, true, true]);
    await assert.rejects(
      judgeStudy(wish, list),
      /no table of the study has all its runs yet\. Not finished, .*ridge/,
    );
    await trainSeries(shares[1]);
    await trainSeries(shares[2]);
    const { compute: _, ...shared } = await judgeStudy(wish, list);
    const { compute, ...whole } = await study(wish);
    assert.deepEqual(shared, whole);
    assert.equal(compute!.runs, 9);
    // What was judged is kept, and judged again where a run is another.
    const [{ path: run }] = list.cells[1].models[0].runs, judged = `${dirname(dirname(run))}/judged.json`;
    await Deno.writeTextFile(judged, (await Deno.readTextFile(judged)).replaceAll("one penalty, ", "kept, "));
    const controls = async () =>
      (await judgeStudy(wish, list)).rows.filter(({ model }) => /one penalty, /.test(model)).length;
    assert.equal(await controls(), 0, "what is kept is used: a control that one fold has not is in no row");
    await Deno.writeTextFile(`${run}/results.json`, (await Deno.readTextFile(`${run}/results.json`)) + "\n");
    assert.ok(await controls() > 0, "a run that is another is judged again");
    await Deno.remove(`${list.cells[1].models[1].runs[0].path}/results.json`);
    const without = await judgeStudy(wish, list);
    assert.equal(without.sets[0].folds, 2);
    assert.ok(
      without.notes.some((note) => /left out: .*fold-1\/ridge\/seed-42\.$/.test(note)),
      without.notes.join("\n"),
    );

    const [folded] = whole.sets;
    assert.deepEqual([folded.folds, folded.split], [3, "random-folds, 3 folds, seed 42"]);
    const rows = whole.rows.filter(({ split, role }) => split === folded.split && role === "model");
    assert.deepEqual(rows.map(({ model }) => model), ["one penalty", "Ridge", "Drug mean"]);
    const disturbed = whole.rows.filter(({ role }) => role === "control").map(({ model }) => model);
    assert.ok(
      disturbed.includes("one penalty, drug-removed") && !disturbed.some((name) => name.includes("(2)")),
      disturbed.join("; "),
    );
    assert.ok(rows[0].metrics.mse.sd! > 0 && rows[0].overDrugMean!.p! >= 0 && rows[0].overDrugMean!.p! <= 1);
    assert.equal(rows[2].overDrugMean, undefined, "nothing is compared with itself");
    assert.ok(!whole.rows.some(({ model }) => model === "Theirs"), "published figures are in no ranking");
    const page = await Deno.readTextFile(`${out}/shared/study.html`);
    assert.match(page, /Published figures, not measured here[\s\S]*Theirs[\s\S]*0\.001/);
    const leader = whole.rows.filter(({ split }) => split === folded.split)
      .filter(({ role }) => role === "model" || role === "baseline")
      .reduce((a, b) => a.metrics.mse.mean <= b.metrics.mse.mean ? a : b);
    if (leader.role === "baseline") assert.match(page, /<h1>A free baseline has the best value/);
    await Deno.stat(`${out}/shared/figures/the-simulator-random-folds-3-folds-seed-42.svg`);
  });
});

Deno.test("a run that a task goes on from must be finished first, and two models of one name need labels", async () => {
  await inFolder(async (out) => {
    const wish: StudyWish = {
      ...wishIn(out),
      pretraining: [{ name: "lincs", model: "csg2a", data: simulator }],
      models: [{ model: "csg2a-response", pretraining: "lincs" }],
    };
    const { tasks } = await studyTasks(wish);
    assert.equal(tasks[0].path, `${out}/pretraining/lincs`);
    assert.equal(tasks[1].config.from, tasks[0].path);
    assert.equal(tasks.length, 1 + 3 * 2, "a network is trained with every seed");
    await assert.rejects(trainSeries([tasks[1]]), /goes on from .*pretraining\/lincs, which is not finished/);
    await assert.rejects(
      studyTasks({ ...wish, models: [{ model: "csg2a-response", pretraining: "other" }] }),
      /there is no pretraining "other"; expected lincs/,
    );
    await assert.rejects(
      studyTasks({ ...wish, models: [{ model: "ridge" }, { model: "ridge" }] }),
      /Two models of the study are called "ridge"/,
    );
    await assert.rejects(
      studyTasks({ ...wish, models: [{ model: "ridge", label: "../ridge" }] }),
      /cannot be a model's label/,
    );
  });
});

Deno.test("the corrected paired test is the plain one with a larger variance", () => {
  const { mean, low, high, p } = correctedPairedTest([0.3, 0.1, 0.2, 0.4], 1 / 9);
  // scipy: s = 0.1290994, error = s sqrt(1/4 + 1/9) = 0.0775791, t = 3.2225, df 3.
  assert.ok(Math.abs(mean - 0.25) < 1e-12);
  assert.ok(Math.abs(low! - (0.25 - 3.182446305 * 0.0775791)) < 1e-6, `${low}`);
  assert.ok(Math.abs(high! - (0.25 + 3.182446305 * 0.0775791)) < 1e-6, `${high}`);
  assert.ok(p! > 0.04 && p! < 0.05, `${p}`);
  assert.deepEqual(correctedPairedTest([1, 2], 0.1), { mean: 1.5, low: null, high: null, p: null });
  assert.equal(correctedPairedTest([1, 1, 1], 0.1).p, 0);
});

Deno.test("every shipped study names models, splits and settings that there are", async () => {
  const names = await studyNames();
  assert.ok(names.includes("table1") && names.includes("unseen-drugs"), names.join());
  for (const name of names) {
    const file = await readStudyFile(name);
    assert.ok(file.title);
    if (file.kind !== "table") continue;
    const { models, splits, pretraining } = file;
    for (const split of splits) await splitRuleOf(split, { rule: "random", number: 0 });
    for (const { model, preset, settings } of [...models, ...pretraining]) {
      const known = modelNamed(model);
      const start = known.presets[preset ?? Object.keys(known.presets)[0]];
      known.settings.parse({ ...start.settings, ...settings });
    }
  }
  await assert.rejects(readStudyFile("tabel1"), /There is no study "tabel1"; did you mean table1/);
});
