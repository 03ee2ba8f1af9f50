import assert from "node:assert/strict";
import fc from "fast-check";
import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import { readPytorch, readPytorchFile } from "../../host/checkpoint/pytorch_reader.ts";
import { savePytorch, writePytorch } from "../../host/checkpoint/pytorch_writer.ts";
import { readSafetensors, writeSafetensors } from "../../host/checkpoint/safetensors.ts";
import { saveSafetensors } from "../../host/checkpoint/save_safetensors.ts";
import { checkCheckpoint } from "../golden/checkpoints.ts";
import { goldensFolder } from "../golden/goldens_folder.ts";
import { assertSameTensors, float32, withFolder } from "./checkpoint_tensors.ts";

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

Deno.test("no damage to a checkpoint file makes a reader throw anything but a CheckpointError", async () => {
  const own = new Map([["a.weight", float32([2, 3], 1, 2, 3, 4, 5, 6)], [
    "n",
    { dtype: "I64", shape: [], data: BigInt64Array.of(9n) } as const,
  ]]);
  const pytorch = [writePytorch(own)];
  if (checkpoints) {
    for (const name of ["tricky.legacy.pt", "tricky.zip.pt", "nested.zip.pt"]) {
      pytorch.push(await Deno.readFile(`${checkpoints}/${name}`));
    }
  }
  const targets = [
    { bytes: writeSafetensors(own), read: (bytes: Uint8Array<ArrayBuffer>) => readSafetensors(bytes).size },
    ...pytorch.map((bytes) => ({
      bytes,
      read: (damaged: Uint8Array<ArrayBuffer>) => readPytorch(damaged).tensors.size,
    })),
  ];
  const damages = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.constantFrom(...targets),
      damages,
      fc.option(fc.nat()),
      ({ bytes, read }, changes, cut) => {
        const damaged = cut === null ? bytes.slice() : bytes.slice(0, cut % bytes.length);
        for (const [at, value] of changes) if (damaged.length > 0) damaged[at % damaged.length] = value;
        try {
          read(damaged);
        } catch (error) {
          assert.ok(error instanceof CheckpointError, String((error as Error).stack));
        }
      },
    ),
    { numRuns: 4000 },
  );
});

Deno.test("no damage inside the pickle itself, with a correct checksum, gives anything but a CheckpointError", async () => {
  if (!checkpoints) return console.log("skipped: no golden checkpoints");
  const { tensors } = await readPytorchFile(`${checkpoints}/nested.zip.pt`);
  assert.ok(tensors.size > 0);
  const legacy = await Deno.readFile(`${checkpoints}/tricky.legacy.pt`);
  // The pickles of a legacy file lie bare in front, without a checksum: damage only those.
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: 1600 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 }),
      (changes) => {
        const damaged = legacy.slice();
        for (const [at, value] of changes) damaged[15 + at % (damaged.length - 15)] = value;
        try {
          readPytorch(damaged);
        } catch (error) {
          assert.ok(error instanceof CheckpointError, String((error as Error).stack));
        }
      },
    ),
    { numRuns: 6000 },
  );
});
