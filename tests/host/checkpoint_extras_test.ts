import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { prefixHint } from "../../cli/convert/rename_tensors.ts";
import { readPytorchFile } from "../../host/checkpoint/pytorch_reader.ts";
import { sharedFolder, sharedTest } from "../shared_folder.ts";

const state = [
  "0.weight",
  "0.bias",
  "1.weight",
  "1.bias",
  "1.running_mean",
  "1.running_var",
  "1.num_batches_tracked",
];

for (const name of ["defaultdict", "device", "namespace", "nparray", "npscalar", "set"]) {
  sharedTest("cases", `weights come out of a checkpoint with ${name} beside them`, async () => {
    const { tensors } = await readPytorchFile(
      fileURLToPath(new URL(`cases/16-pt-extras/${name}.pt`, sharedFolder)),
    );
    assert.deepEqual(state.map((key) => tensors.get(`model.${key}`)?.shape), [
      [2, 3],
      [2],
      [2],
      [2],
      [2],
      [2],
      [],
    ]);
    assert.equal(prefixHint([...tensors.keys()])?.includes("--strip-prefix model."), true);
  });
}
for (const path of ["16-pt-extras/wholemodel.pt", "15-torchscript/script.pt"]) {
  sharedTest(
    "cases",
    `weights come out of ${path} without running anything, named as in its state_dict`,
    async () => {
      const { tensors } = await readPytorchFile(fileURLToPath(new URL(`cases/${path}`, sharedFolder)));
      assert.deepEqual([...tensors.keys()], state);
    },
  );
}

for (
  const [names, prefix] of [
    [["module.a", "module.b"], "module."],
    [["_orig_mod.module.a", "_orig_mod.module.b"], "_orig_mod.module."],
    [["model_state_dict.a", "epoch.x"], "model_state_dict."],
    [["state_dict.model.a"], "state_dict.model."],
    [["a", "b", "encoder.c"], undefined],
  ] as const
) {
  Deno.test(`prefixHint() of ${names.join(", ")} names ${prefix ?? "nothing"}`, () => {
    const hint = prefixHint(names);
    assert.equal(/--strip-prefix (\S+)/.exec(hint ?? "")?.[1], prefix);
  });
}
