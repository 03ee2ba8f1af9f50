import assert from "node:assert/strict";
import { join } from "node:path";
import { UserError } from "../../datasets/user_error.ts";
import { compareRuns, evaluateRun, resume, trainSeries } from "../../runs/mod.ts";
import { editLine, inFolder, trainRidge, writeSmallFolder } from "./small_run.ts";

Deno.test("a run whose data changed by one value refuses resume, evaluate, compare and a series, and names the file", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "mine"), out = join(folder, "run");
    await writeSmallFolder(data);
    const { report } = await trainRidge(out, data);
    const again = await evaluateRun(out);
    assert.deepEqual(again.verdict, report.verdict);
    assert.deepEqual(again.predictions, report.predictions);
    await editLine(join(data, "gex_comp.csv"), 5, (line) => line.replace(/^[^,]*/, "7.25"));
    const refused = (error: unknown) =>
      error instanceof UserError && /data have changed.*gex_comp\.csv/.test(error.message);
    await assert.rejects(evaluateRun(out), refused);
    await assert.rejects(resume(out), refused);
    await assert.rejects(compareRuns([[out]]), refused);
    const config = JSON.parse(await Deno.readTextFile(join(out, "config.json")));
    await Deno.remove(join(out, "results.json"));
    await assert.rejects(trainSeries([{ path: out, config }]), refused);
  });
});

Deno.test("a BADGER folder is known again by its labels: turned ones are refused", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "signatures"), out = join(folder, "run");
    const { writeBadgerFolder } = await import("../../datasets/badger/simulate_badger_folder.ts");
    await writeBadgerFolder(data, { pathwayWidth: 8 });
    await trainRidge(out, data, { reading: { genes: 21 } });
    const file = [...Deno.readDirSync(data)].find(({ name }) => name.startsWith("chemical_signatures"))!.name;
    const lines = (await Deno.readTextFile(join(data, file))).trimEnd().split("\n");
    const turned = lines.map((line, at) =>
      at === 0
        ? line
        : line.split(",").map((cell, column) => column > 8 && +cell ? String(-cell) : cell).join(",")
    );
    await Deno.writeTextFile(join(data, file), turned.join("\n") + "\n");
    await assert.rejects(evaluateRun(out), /data have changed/);
  });
});

Deno.test("runs that predict other genes are not put beside each other", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "signatures"), few = join(folder, "few"), more = join(folder, "more");
    const { writeBadgerFolder } = await import("../../datasets/badger/simulate_badger_folder.ts");
    await writeBadgerFolder(data, { pathwayWidth: 8 });
    await trainRidge(few, data, { reading: { genes: 21 } });
    await trainRidge(more, data, { reading: { genes: 23 } });
    await assert.rejects(
      compareRuns([[few], [more]]),
      (error) =>
        error instanceof UserError && /predicts 23 outputs .* expected the 21 of/.test(error.message),
    );
  });
});

Deno.test("evaluate --data on the run's own folder is refused; of a folder that holds some of its rows, those are left out", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "mine"), out = join(folder, "run"), other = join(folder, "other");
    await writeSmallFolder(data);
    await trainRidge(out, data);
    await assert.rejects(evaluateRun(out, { data }), /holds the data that the run was trained on/);
    // The same files but for one value of the last row: all other training rows are known again.
    await writeSmallFolder(other);
    const rows = (await Deno.readTextFile(join(other, "gex_comp.csv"))).trimEnd().split("\n").length - 1;
    await editLine(join(other, "gex_comp.csv"), rows, (line) => line.replace(/^[^,]*/, "3.5"));
    const report = await evaluateRun(out, { data: other });
    const { train, validation } = report.counts;
    const known = report.notes.find((note) =>
      /rows are left out: the run was trained or validated/.test(note)
    );
    assert.ok(known, report.notes.join("\n"));
    // The drugs of its test rows are not among the trained ones, the cell lines are, and that is said.
    const shared = report.notes.filter((note) => /of the test part .* trained on too/.test(note));
    assert.ok(shared.some((note) => /cell lines/.test(note)), report.notes.join("\n"));
    assert.ok(
      report.counts.test <= rows - (train + validation) + 1,
      `${report.counts.test} rows tested of ${rows}`,
    );
  });
});

Deno.test("a run is put beside another only on the same rows; a file of predictions must cover them", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "mine"), one = join(folder, "one"), two = join(folder, "two");
    await writeSmallFolder(data);
    await trainRidge(one, data);
    await trainRidge(two, data, { model: "drug-mean", split: { rule: "random" } });
    await assert.rejects(evaluateRun(one, { beside: [two] }), /was tested on .* expected the rows of/);
    // Another folder whose rows are numbered alike, and fewer genes of the same one.
    const twin = join(folder, "twin"), turned = join(folder, "turned");
    await writeSmallFolder(twin);
    await editLine(join(twin, "gex_comp.csv"), 2, (line) => line.replace(/^[^,]*/, "2.5"));
    await trainRidge(turned, twin, {
      model: "cell-mean",
      split: { rule: "file", file: join(one, "split.json") },
    });
    await assert.rejects(
      evaluateRun(one, { beside: [turned] }),
      /the row "2" of .*twin has other values than/,
    );
    const same = join(folder, "same");
    await trainRidge(same, data, { model: "cell-mean" });
    const mine = join(folder, "mine.csv");
    await Deno.copyFile(join(same, "predictions.csv"), mine);
    const report = await evaluateRun(one, { predictions: [mine], beside: [same] });
    const [file, run] = ["mine", "Cell mean"].map((name) => report.predictions.find((p) => p.name === name)!);
    assert.deepEqual(file.metrics, run.metrics);
    const called = join(folder, "Cell mean.csv");
    await Deno.copyFile(mine, called);
    const names = (await evaluateRun(one, { predictions: [called, mine, mine], controls: [] })).predictions
      .map(({ name }) => name);
    assert.deepEqual(names.slice(1, 4), ["Cell mean (2)", "mine", "mine (2)"]);
    await editLine(mine, 2, () => "");
    await assert.rejects(evaluateRun(one, { predictions: [mine] }), /mine\.csv/);
  });
});
