import assert from "node:assert/strict";
import { join } from "node:path";
import { layouts } from "../../datasets/layouts/mod.ts";
import { configure, train } from "../../runs/mod.ts";
import { inFolder } from "./small_run.ts";

Deno.test("a finished run of every layout is replaced with force, all its files, and nothing else is", async () => {
  await inFolder(async (folder) => {
    for (const { name: layout } of layouts) {
      const data = { source: "simulator", options: { genes: 160, cells: 3, drugs: 6, decoys: 1 } } as const;
      const config = await configure({ model: "training-mean", layout, data });
      const out = join(folder, layout);
      const files = async () => (await Array.fromAsync(Deno.readDir(out), ({ name }) => name)).sort();
      await train(config, { out });
      const before = await files();
      await assert.rejects(train(config, { out }), { message: /already holds a run/ });
      await train({ ...config, seed: 7 }, { out, force: true });
      assert.deepEqual(await files(), before);
      await Deno.writeTextFile(join(out, "notes.txt"), "mine");
      await assert.rejects(train(config, { out, force: true }), { message: /not of a run \(notes\.txt\)/ });
    }
  });
});
