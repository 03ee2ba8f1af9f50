import assert from "node:assert/strict";
import { join } from "node:path";
import { Timings } from "../../runs/timings.ts";
import { inFolder } from "./small_run.ts";

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
