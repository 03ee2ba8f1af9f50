import assert from "node:assert/strict";
import { convertCommand } from "../../cli/commands/convert.ts";
import { readPytorchFile } from "../../host/checkpoint/pytorch_reader.ts";
import { savePytorch } from "../../host/checkpoint/pytorch_writer.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { saveSafetensors } from "../../host/checkpoint/save_safetensors.ts";
import type { StoredTensor } from "../../host/checkpoint/stored_tensor.ts";
import { configure } from "../../runs/configure.ts";
import { goldensFolder } from "../golden/goldens_folder.ts";

const weights = (): Map<string, StoredTensor> =>
  new Map<string, StoredTensor>([
    ["CSG2A.w_gex", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ["CSG2A.steps", { dtype: "I64", shape: [], data: BigInt64Array.of(7n) }],
    ["head.weight", { dtype: "F16", shape: [2], data: Float16Array.of(0.5, -2) }],
  ]);

/** Runs `convert` in a fresh folder; gives what it printed. */
async function convert(...parts: string[]): Promise<string> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (...printed) => lines.push(printed.join(" "));
  try {
    await convertCommand().parseAsync(parts, { from: "user" });
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

async function withFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const read = async (path: string) => readSafetensors(await Deno.readFile(path));

Deno.test("PyTorch to safetensors and back gives the same bytes again", () =>
  withFolder(async (folder) => {
    await savePytorch(`${folder}/a.pt`, weights());
    const text = await convert(`${folder}/a.pt`, `${folder}/a.safetensors`, "--list");
    assert.match(text, /CSG2A\.w_gex.*F32.*2 x 3/);
    assert.match(text, /a\.pt -> .*a\.safetensors: 3 tensors, 9 values/);
    await convert(`${folder}/a.safetensors`, `${folder}/b.pt`);
    assert.deepEqual(await Deno.readFile(`${folder}/b.pt`), await Deno.readFile(`${folder}/a.pt`));
  }));

Deno.test("prefixes are stripped and added, and what stays behind is said", () =>
  withFolder(async (folder) => {
    await savePytorch(`${folder}/a.pt`, weights());
    const text = await convert(
      `${folder}/a.pt`,
      `${folder}/b.safetensors`,
      "--strip-prefix",
      "CSG2A.",
      "--add-prefix",
      "net.",
      "--json",
    );
    const result = JSON.parse(text);
    assert.deepEqual(result.tensors.map((tensor: { name: string }) => tensor.name), [
      "net.w_gex",
      "net.steps",
    ]);
    assert.deepEqual(result.leftOut, ["head.weight"]);
    assert.deepEqual([...(await read(`${folder}/b.safetensors`)).keys()], ["net.w_gex", "net.steps"]);
    await assert.rejects(
      convert(`${folder}/a.pt`, `${folder}/c.pt`, "--strip-prefix", "CSG2a"),
      /No tensor's name begins with "CSG2a"; the first is called CSG2A\.w_gex/,
    );
  }));

Deno.test("nothing is overwritten unless asked, and failures are one sentence", () =>
  withFolder(async (folder) => {
    await savePytorch(`${folder}/a.pt`, weights());
    await Deno.writeTextFile(`${folder}/b.safetensors`, "mine");
    await assert.rejects(
      convert(`${folder}/a.pt`, `${folder}/b.safetensors`),
      /b\.safetensors is there already; choose another name, or replace it with --force/,
    );
    assert.equal(await Deno.readTextFile(`${folder}/b.safetensors`), "mine");
    await convert(`${folder}/a.pt`, `${folder}/b.safetensors`, "--force");
    assert.equal((await read(`${folder}/b.safetensors`)).size, 3);
    await assert.rejects(
      convert(`${folder}/none.pt`, `${folder}/c.pt`),
      /none\.pt does not exist; check the path/,
    );
    await assert.rejects(
      convert(`${folder}/a.pt`, `${folder}/c.onnx`),
      /c\.onnx: to what should it be converted\?/,
    );
    await Deno.writeTextFile(`${folder}/page.pt`, "<html>");
    await assert.rejects(
      convert(`${folder}/page.pt`, `${folder}/c.safetensors`),
      /page\.pt: is no PyTorch file/,
    );
    assert.deepEqual([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), [
      "a.pt",
      "b.safetensors",
      "page.pt",
    ]);
  }));

Deno.test("a run's checkpoint goes out to PyTorch, and fitting weights come in", () =>
  withFolder(async (folder) => {
    const run = `${folder}/run`;
    await Deno.mkdir(run);
    await Deno.writeTextFile(`${run}/config.json`, JSON.stringify(await configure({ model: "csg2a" })));
    await assert.rejects(convert(run, `${folder}/x.pt`), /run holds no checkpoint\.safetensors/);
    const own = new Map([["w", { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) } as const]]);
    await saveSafetensors(`${run}/checkpoint.safetensors`, own, { step: "5" });
    const text = await convert(run, `${folder}/out.pt`);
    assert.match(text, /left out: metadata step/);
    assert.deepEqual([...(await readPytorchFile(`${folder}/out.pt`)).tensors.keys()], ["w"]);

    // Through a run or by name: what is read is never replaced.
    const before = await Deno.readFile(`${run}/checkpoint.safetensors`);
    for (
      const [from, to] of [[run, `${run}/checkpoint.safetensors`], [`${run}/checkpoint.safetensors`, run]]
    ) {
      await assert.rejects(
        convert(from, to, "--force"),
        /the output would replace the input; choose another name/,
      );
    }
    assert.deepEqual(await Deno.readFile(`${run}/checkpoint.safetensors`), before);
    // Nor is what the run goes on from, which no command reads here.
    await Deno.writeTextFile(`${run}/optimizer.safetensors`, "mine");
    await assert.rejects(
      convert(run, `${run}/optimizer.safetensors`, "--force"),
      /the run in .*run needs this file of its own; choose another name/,
    );
    assert.equal(await Deno.readTextFile(`${run}/optimizer.safetensors`), "mine");
    await Deno.remove(`${run}/optimizer.safetensors`);

    const half = new Map([["w", { dtype: "F16", shape: [2], data: Float16Array.of(3, 4) } as const]]);
    await saveSafetensors(`${folder}/half.safetensors`, half);
    await convert(`${folder}/half.safetensors`, run, "--force");
    assert.deepEqual((await read(`${run}/checkpoint.safetensors`)).get("w")?.data, Float32Array.of(3, 4));

    await savePytorch(`${folder}/other.pt`, weights());
    await assert.rejects(
      convert(`${folder}/other.pt`, run, "--force"),
      /another network: 1 tensors of the run are missing \(w\), 3 are unknown/,
    );
    const wide = new Map([["w", { dtype: "F32", shape: [3], data: new Float32Array(3) } as const]]);
    await saveSafetensors(`${folder}/wide.safetensors`, wide);
    await assert.rejects(
      convert(`${folder}/wide.safetensors`, run, "--force"),
      /tensor w: shape \[3\], expected \[2\] as in the run/,
    );
    assert.deepEqual((await read(`${run}/checkpoint.safetensors`)).get("w")?.data, Float32Array.of(3, 4));
  }));

Deno.test("what a PyTorch file holds besides tensors is named as left out", () =>
  withFolder(async (folder) => {
    const checkpoints = goldensFolder("csg2a/checkpoints");
    if (!checkpoints) return console.log("skipped: no golden checkpoints");
    const result = JSON.parse(
      await convert(`${checkpoints}/nested.zip.pt`, `${folder}/n.safetensors`, "--json"),
    );
    assert.deepEqual(result.leftOut, ["epoch", "note", "lr", "flags"]);
    assert.deepEqual(result.tensors.map((tensor: { name: string }) => tensor.name), [
      "model_state_dict.a",
      "model_state_dict.b",
    ]);
  }));
