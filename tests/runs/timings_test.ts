import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunConfig } from "../../runs/run_config.ts";
import { createRunFolder } from "../../runs/run_folder.ts";
import { Timings } from "../../runs/timings.ts";
import { inFolder } from "./small_run.ts";

Deno.test("a run's times, and its lock, are not written through a link", async () => {
  if (Deno.build.os === "windows") return console.log("skipped: links need rights on Windows");
  await inFolder(async (folder) => {
    const other = join(folder, "other"), run = join(folder, "run");
    await Deno.mkdir(run);
    await Deno.writeTextFile(other, "mine\n");
    await Deno.symlink(other, join(run, "timings.jsonl"));
    await assert.rejects(new Timings(join(run, "timings.jsonl")).epoch(1), /timings\.jsonl is a link/);
    assert.equal(await Deno.readTextFile(other), "mine\n");
    await Deno.symlink(join(folder, "new"), join(run, ".lock"));
    await assert.rejects(
      createRunFolder(run, {} as RunConfig, () => Promise.resolve(), { force: true }),
      /\.lock is a link to another file/,
    );
    await assert.rejects(Deno.stat(join(folder, "new")), Deno.errors.NotFound);
  });
});

Deno.test("the memory of a run is the most of all processes that trained it; a line that a kill cut counts for nothing", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "timings.jsonl");
    assert.equal(await new Timings(path).most(undefined), null);
    await new Timings(path).epoch(1, { resident: 70, peak: 97 });
    await new Timings(path).epoch(2);
    await Deno.writeTextFile(path, '{"epoch":3,"sec', { append: true });
    assert.deepEqual(await new Timings(path).most({ resident: 71, peak: 83 }), { resident: 71, peak: 97 });
    assert.ok(await new Timings(path).total() > 0);
  });
});
