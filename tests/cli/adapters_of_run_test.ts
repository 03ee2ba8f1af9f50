import assert from "node:assert/strict";
import { noteAdapter } from "../../runs/adapters_of_run.ts";
import { runtimeName } from "../../engine/mod.ts";

Deno.test("a run notes its adapters, and a process on another one is told", async () => {
  const run = await Deno.makeTempDir();
  try {
    assert.equal(await noteAdapter(run, "GPU A"), undefined);
    assert.equal(await noteAdapter(run, "GPU A"), undefined);
    const told = await noteAdapter(run, "GPU B");
    assert.match(
      told!,
      /^This run began on GPU A, .* and goes on on GPU B, .*: it will not end in the same bytes/,
    );
    const lines = await Deno.readTextFile(`${run}/adapters.txt`);
    assert.equal(lines, `GPU A, ${runtimeName()}\nGPU B, ${runtimeName()}\n`);
  } finally {
    await Deno.remove(run, { recursive: true });
  }
});
