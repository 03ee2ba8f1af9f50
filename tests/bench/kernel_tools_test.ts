import assert from "node:assert/strict";
import { join } from "node:path";
import { loadCapture } from "../../bench/tools/capture_folder.ts";
import { compareValues } from "../../bench/tools/compare_values.ts";
import { replayCaptured } from "../../bench/tools/replay_captured.ts";
import { Engine } from "../../engine/mod.ts";
import { runCommand } from "../support/run_command.ts";
import { deviceTest } from "../support/gpu_test.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const smallBlock = ["--case", "csg2a-block", "--sizes", "genes=67,batch=5,width=13"];

deviceTest("every kernel of a case can be dumped, and gives the same bits alone", async () => {
  await inFolder(async (folder) => {
    const listed = await runCommand("kernel", "list", ...smallBlock, "--json");
    assert.equal(listed.code, 0, listed.err);
    const { kernels } = JSON.parse(listed.out) as { kernels: { kernel: string; calls: number }[] };
    assert.ok(kernels.length >= 7);
    for (const name of new Set(kernels.map(({ kernel }) => kernel))) {
      const dumped = await runCommand("kernel", "dump", name, ...smallBlock, "--out", join(folder, name));
      assert.equal(dumped.code, 0, dumped.err);
      const run = await runCommand("kernel", "run", join(folder, name), "--repeats", "2", "--json");
      assert.equal(run.code, 0, run.err);
      const { captured, passed } = JSON.parse(run.out);
      assert.ok(passed);
      assert.ok(Object.keys(captured.outputs).length > 0, name);
      for (const output of Object.values<{ identical: boolean }>(captured.outputs)) {
        assert.ok(output.identical, name);
      }
      assert.ok(captured.times.ms_median > 0 && captured.times.repeats === 2);
    }
  });
});

deviceTest(
  "a dispatch of a training step is dumped from the midst of a command, whose run is forgotten",
  async () => {
    await inFolder(async (folder) => {
      const out = join(folder, "adam");
      const dumped = await runCommand("kernel", "dump", "adam_update", "--step", "2", "--out", out);
      assert.equal(dumped.code, 0, dumped.err);
      const { description, before, after } = await loadCapture(out);
      assert.equal(description.step.step, 1);
      assert.equal(description.phase, "update");
      assert.equal(description.source, "perturbine demo --epochs 1");
      assert.deepEqual([...after.keys()], ["parameter", "first", "second"].filter((name) => after.has(name)));
      assert.notDeepEqual(
        before.get("parameter"),
        after.get("parameter"),
        "the optimiser moved the parameters",
      );
      assert.ok(after.get("parameter")!.every(Number.isFinite));
      const [{ outputs }] = await replayCaptured(navigator.gpu, await loadCapture(out), [
        { file: "captured", code: (await loadCapture(out)).code },
      ], { repeats: 1, tolerance: 0 });
      assert.ok(Object.values(outputs).every(({ identical }) => identical));
      assert.equal(Engine.onOpen, undefined, "later engines are not observed");
    });
  },
);

deviceTest(
  "an edited shader is judged: a right one timed beside the original, a wrong one refused",
  async () => {
    await inFolder(async (folder) => {
      const dump = join(folder, "expand"), edited = join(folder, "edited.wgsl");
      await runCommand("kernel", "dump", "csg2a_expand_genes", ...smallBlock, "--out", dump);
      const code = await Deno.readTextFile(join(dump, "kernel.wgsl"));
      const run = (...more: string[]) =>
        runCommand("kernel", "run", dump, "--wgsl", edited, "--repeats", "2", ...more);

      await Deno.writeTextFile(
        edited,
        code + "fn unused() -> f32 { return 1.0; }\n",
      );
      const same = JSON.parse((await run("--json")).out);
      assert.ok(same.passed && same.speedup > 0 && same.edited.outputs.y.identical);
      assert.ok(same.captured.times.ms_empty > 0, "an empty dispatch beside them");

      const stores = /y\[([^\]]+)\] = ([^;]+);/;
      assert.match(code, stores);
      await Deno.writeTextFile(edited, code.replace(stores, "y[$1] = 1.001 * ($2);"));
      const wrong = await run();
      assert.equal(wrong.code, 1);
      assert.match(wrong.out, /Wrong, so no time: more than 0.00002 off/);
      assert.match(wrong.out, /y: off by \d/);
      assert.equal((await run("--tolerance", "0.01")).code, 0, "a stated tolerance lets it pass");
    });
  },
);

deviceTest("errors of an edited shader name file, line and column", async () => {
  await inFolder(async (folder) => {
    const dump = join(folder, "expand"), edited = join(folder, "edited.wgsl");
    await runCommand("kernel", "dump", "csg2a_expand_genes", ...smallBlock, "--out", dump);
    const code = await Deno.readTextFile(join(dump, "kernel.wgsl"));
    const errorOf = async (text: string, ...more: string[]) => {
      await Deno.writeTextFile(edited, text);
      const { code, err } = await runCommand("kernel", "run", dump, "--wgsl", edited, ...more);
      assert.notEqual(code, 0);
      return err;
    };
    const place = edited.replaceAll(/[.\\/]/g, "\\$&");
    const lines = code.split("\n");
    const at = lines.findIndex((line) => line.includes("fn main"));
    const inserted = (line: string) => lines.toSpliced(at + 1, 0, line).join("\n");
    assert.match(
      await errorOf(inserted("  let q = unknown + 1;")),
      new RegExp(`${place}:${at + 2}:11: no definition in scope for identifier: .unknown.*\\n.*let q`),
    );
    assert.match(
      await errorOf(inserted("  let q = 1u + 2.0f;")),
      new RegExp(`${place}:${at + 2}:11: Operation Add`),
    );
    assert.match(
      await errorOf(inserted("  let q = ;")),
      new RegExp(`${place}:${at + 2}:11: expected expression`),
    );
    assert.match(
      await errorOf(code.replaceAll("gamma", "gamut")),
      /binds "gamut", which was not captured; there are gamma, comp/,
    );
    assert.match(
      await errorOf(code.replace(/struct Params \{/, "struct Params { depth: u32, ")),
      /uniform "depth" is undefined; every field of Params needs a number/,
    );
    assert.equal(
      (await runCommand("kernel", "run", dump, "--wgsl", edited, "--uniforms", "depth=3", "--repeats", "1"))
        .code,
      0,
    );
    assert.match(await errorOf(code, "--constants", "NOTHING=1"), /does not compile/);
  });
});

deviceTest("wrong names, folders and options are told in a sentence", async () => {
  const misspelt = await runCommand("kernel", "dump", "csg2a_expand_gene", ...smallBlock);
  assert.match(misspelt.err, /no kernel called "csg2a_expand_gene"; did you mean csg2a_expand_genes\?/);
  const late = await runCommand("kernel", "dump", "csg2a_expand_genes", ...smallBlock, "--call", "2");
  assert.match(late.err, /runs csg2a_expand_genes once, so --call 2 finds none/);
  assert.match((await runCommand("kernel", "list", "--case", "matmull")).err, /did you mean matmul\?/);
  assert.match((await runCommand("kernel", "run", "no-such-folder")).err, /holds no dumped dispatch/);
  const both = await runCommand("kernel", "list", ...smallBlock, "--", "demo");
  assert.equal(both.code, 2);
  assert.match(both.err, /exclude each other/);
  const typo = await runCommand("kernel", "list", "--", "demoo");
  assert.equal(typo.code, 2);
  assert.match(typo.err, /`perturbine demoo` cannot be run: unknown command/);
});

Deno.test("values are compared bit by bit, then by size; what is not finite in one alone is wrong", () => {
  const floats = (...values: number[]) => Float32Array.from(values);
  assert.deepEqual(compareValues(floats(1, NaN), floats(1, NaN)), { identical: true, error: 0, worst: 0 });
  assert.deepEqual(compareValues(floats(1, 3), floats(1, 4)), { identical: false, error: 0.25, worst: 1 });
  assert.equal(compareValues(floats(NaN, 1), floats(0, 1)).error, Infinity);
  assert.equal(compareValues(floats(0, 1), floats(Infinity, 1)).error, Infinity);
  assert.equal(compareValues(Uint32Array.of(3), Uint32Array.of(4)).error, Infinity);
});
