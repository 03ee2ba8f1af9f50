import assert from "node:assert/strict";
import { readPytorchFile } from "../../host/checkpoint/pytorch_reader.ts";
import { savePytorch } from "../../host/checkpoint/pytorch_writer.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import { saveSafetensors } from "../../host/checkpoint/save_safetensors.ts";
import { checkCheckpoint } from "../golden/checkpoints.ts";
import { goldensFolder } from "../golden/goldens_folder.ts";
import { assertSameTensors, withFolder } from "./checkpoint_tensors.ts";

const checkpoints = goldensFolder("csg2a/checkpoints");

Deno.test("the golden PyTorch files of both containers are read exactly", async () => {
  if (!checkpoints) return console.log("skipped: no golden checkpoints");
  const manifests = [...Deno.readDirSync(checkpoints)].map((entry) => entry.name).filter((name) =>
    /^expected_.*\.json$/.test(name)
  );
  const results = (await Promise.all(manifests.map((name) => checkCheckpoint(checkpoints, name)))).flat();
  assert.ok(results.length > 0);
  assert.deepEqual(results.filter((result) => !result.passed), []);
});

Deno.test("a golden checkpoint survives the way to safetensors and back to PyTorch", () =>
  withFolder(async (folder) => {
    if (!checkpoints) return console.log("skipped: no golden checkpoints");
    const { tensors } = await readPytorchFile(`${checkpoints}/tricky.legacy.pt`);
    await saveSafetensors(`${folder}/tricky.safetensors`, tensors);
    const between = readSafetensors(await Deno.readFile(`${folder}/tricky.safetensors`));
    await savePytorch(`${folder}/tricky.pt`, between);
    assertSameTensors((await readPytorchFile(`${folder}/tricky.pt`)).tensors, tensors);
    await assert.rejects(readPytorchFile(`${folder}/absent.pt`), /absent\.pt does not exist/);
  }));
