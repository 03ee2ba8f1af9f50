import assert from "node:assert/strict";
import { profileAdvice } from "../../bench/tools/profile_advice.ts";
import type { ProfiledCall } from "../../bench/tools/profile_calls.ts";
import { layerOf } from "../../bench/tools/profile_calls.ts";
import { profileTree, profileTreeText } from "../../bench/tools/profile_tree.ts";
import { variantTimes } from "../../bench/tools/variant_times.ts";
import { deviceTest } from "../support/gpu_test.ts";
import { type Dispatch, Engine } from "../../engine/mod.ts";

function call(kernel: string, ms: number, above: number, more: Partial<ProfiledCall> = {}): ProfiledCall {
  return {
    kernel,
    call: 1,
    phase: "forward",
    operation: "linear",
    layer: "encoder.0",
    sizes: "m=17 n=9 k=33",
    uniforms: { m: 17, n: 9, k: 33, batches: 1, a_column: 1, b_column: 1 },
    writes: "y [17, 9]",
    reads: "x [17, 33], weight [33, 9]",
    ms,
    flops: 1e6,
    bytes: 1e5,
    roofline_share: 1 - above / ms,
    ms_above_roofline: above,
    limiter: "memory",
    ...more,
  };
}

const calls = [
  call("matmul_tiled", 10, 2),
  call("softmax", 9, 8, { operation: "softmax", layer: null }),
  call("copy", 1, 0.9, { limiter: "launch" }),
  ...[3, 4, 5, 6].map((ms, k) => call("add_into", ms, ms / 2, { call: k + 1, operation: "add" })),
];

Deno.test("the tree holds every call once, by layer, operation and kernel, largest first", () => {
  const tree = profileTree(calls);
  assert.deepEqual(tree.map(({ name, ms, calls }) => [name, ms, calls]), [["encoder.0", 29, 6], [
    "between layers",
    9,
    1,
  ]]);
  assert.deepEqual(tree[0].children.map(({ name, ms }) => [name, ms]), [["add, forward", 18], [
    "linear, forward",
    11,
  ]]);
  assert.deepEqual(tree[0].children[1].children.map(({ name }) => name), ["matmul_tiled", "copy"]);
  assert.equal(tree[0].ms_above_roofline, 2 + 0.9 + 9);
  assert.match(profileTreeText(tree, 1), /encoder\.0 .*76\.3 %/);
  assert.doesNotMatch(profileTreeText(tree, 1), /between layers/);
  assert.match(profileTreeText(tree, 1), /matmul_tiled .* y \[17, 9\]/);
  assert.deepEqual(tree[0].children[0].children[0].sizes, ["m=17 n=9 k=33"]);
});

Deno.test("what to do names the five calls farthest above their roofline, with limiter and next command", () => {
  const text = profileAdvice(calls, "perturbine demo --epochs 1");
  assert.deepEqual([...text.matchAll(/^\d\. (\w+), call (\d)/gm)].map(([, kernel, n]) => [kernel, n]), [
    ["softmax", "1"],
    ["add_into", "4"],
    ["add_into", "3"],
    ["matmul_tiled", "1"],
    ["add_into", "2"],
  ]);
  assert.match(
    text,
    /softmax, call 1 \(softmax, forward; m=17 n=9 k=33\): 9\.00 ms, 8\.00 above its roofline, 21 % of the step/,
  );
  assert.match(text, /perturbine kernel dump add_into --call 4 -- demo --epochs 1/);
  assert.match(text, /perturbine tune -- demo --epochs 1 \(matmul\.variant\)/);
  assert.match(text, /x \[17, 33\], weight \[33, 9\] -> y \[17, 9\]/);
  assert.equal(profileAdvice([call("x", 1, 0, { ms_above_roofline: null })], "demo"), "");
});

deviceTest("what to do tells the variants' times: the tuner's, or those of a short race", async () => {
  const shape = "m32 n16 k64 x1 kn";
  const candidates = [{ choice: "tiled", ms: 2, rounds: 3, error: 0 }, {
    choice: "naive",
    ms: 1,
    rounds: 3,
    error: 0,
  }];
  const entry = {
    tunable: "matmul.variant",
    shape,
    choice: "naive",
    byRule: "tiled",
    ms: 1,
    msByRule: 2,
    error: 0,
  };
  const table = { format: "perturbine tuning 1", adapter: "a", entries: [{ ...entry, candidates }] } as const;
  const engine = await Engine.open(navigator.gpu);
  try {
    const kept = await variantTimes(engine, calls[0], table);
    assert.equal(kept?.source, "the tuner's table");
    assert.deepEqual(kept.variants.map(({ choice, ms }) => [choice, ms]), [["naive", 1], ["tiled", 2]]);
    const text = profileAdvice(calls, "demo", new Map([[calls[0], kept]]));
    assert.match(
      text,
      /matmul\.variant at m32 n16 k64 x1 kn, ms by the tuner's table: naive 1\.00, tiled 2\.00/,
    );
    // Another shape, or no table: measured.
    const now = await variantTimes(engine, calls[0], { ...table, entries: [{ ...entry, shape: "m8" }] });
    assert.equal(now?.source, "measured now");
    assert.ok(now.variants.length >= 3 && now.variants.every(({ ms }) => ms !== null && ms >= 0));
    assert.equal(await variantTimes(engine, calls[1], table), undefined, "softmax has no variants");
    assert.equal(await variantTimes(engine, { ...calls[0], flops: 1e12 }, undefined), undefined);
  } finally {
    engine.dispose();
  }
});

Deno.test("a layer is the common name of the parameters that a dispatch binds", () => {
  const of = (...labels: string[]) =>
    layerOf({ bindings: labels.map((label) => ({ tensor: { label } })) } as unknown as Dispatch);
  assert.equal(of("x", "encoder.layers.0.norm.weight"), "encoder.layers.0.norm");
  assert.equal(of("gradient of feed_forward.3.bias"), "feed_forward.3");
  assert.equal(of("x", "y"), null);
});
