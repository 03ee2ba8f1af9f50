import assert from "node:assert/strict";
import { join } from "node:path";
import { runCommand } from "../support/run_command.ts";

Deno.test("prepare badger refuses a folder with tables, and replaces all of them with --force", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const words = ["prepare", "badger", "--simulate", "--json", "--out", join(folder, "made")];
    const first = await runCommand(...words);
    assert.equal(first.code, 0, first.err);
    const stale = join(folder, "made", "gene_features_OTHER_978.csv");
    await Deno.writeTextFile(stale, "A,1\n");
    const refused = await runCommand(...words);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /made already holds tables \(\w+\.csv, .*--force/);
    await Deno.stat(stale);
    const forced = await runCommand(...words, "--force");
    assert.deepEqual([forced.code, forced.out], [0, first.out]);
    await assert.rejects(Deno.stat(stale), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
