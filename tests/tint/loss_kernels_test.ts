import assert from "node:assert/strict";
import { bitLinearForward } from "../../kernels/bit_linear/bit_linear.ts";
import {
  countedBatchNormBackward,
  countedBatchNormForward,
} from "../../kernels/counted_batch_norm/counted_batch_norm.ts";
import {
  naiveForward,
  naiveGradientAtoms,
  naiveGradientBonds,
  naiveGradientWeights,
} from "../../kernels/degree_linear/naive/naive.ts";
import {
  cosineMseBackward,
  cosineMseForward,
  entryLossBackward,
  entryLossForward,
} from "../../kernels/losses/losses.ts";
import { ranknetBackward, ranknetForward } from "../../kernels/losses/ranking.ts";
import { broadcastAddKernel } from "../../kernels/sets/sets.ts";
import { compileWithTint } from "./compile_with_tint.ts";

Deno.test("Tint accepts every variant of the losses, set operations, graph convolution and counted batch norm", async () => {
  const both = [false, true];
  const kernels = [
    naiveForward,
    naiveGradientAtoms,
    naiveGradientBonds,
    naiveGradientWeights,
    ...both.flatMap((flag) => [
      cosineMseForward(flag),
      cosineMseBackward(flag),
      ranknetForward(flag),
      ranknetBackward(flag),
      bitLinearForward(flag),
    ]),
    ...(["shrinkage", "dynamic"] as const).flatMap((
      kind,
    ) => [entryLossForward(kind), entryLossBackward(kind)]),
    ...both.flatMap((train) =>
      both.flatMap((relu) => [
        countedBatchNormForward({ train, relu }),
        countedBatchNormBackward({ train, relu }),
      ])
    ),
    ...(["none", "relu", "leakyRelu"] as const).flatMap((activation) =>
      both.map((full) => broadcastAddKernel({ full, item: !full, sample: true, activation }))
    ),
  ];
  const sources = kernels.map(({ name, code, constants }) => ({ name, code, constants }));
  assert.deepEqual(await compileWithTint(sources), []);
});
