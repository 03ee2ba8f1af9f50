import assert from "node:assert/strict";
import { profileAdvice } from "../../bench/tools/profile_advice.ts";
import type { ProfiledCall } from "../../bench/tools/profile_calls.ts";
import { layerOf } from "../../bench/tools/profile_calls.ts";
import { profileTree, profileTreeText } from "../../bench/tools/profile_tree.ts";
import type { Dispatch } from "../../engine/mod.ts";

function call(kernel: string, ms: number, above: number, more: Partial<ProfiledCall> = {}): ProfiledCall {
  return {
    kernel,
    call: 1,
    phase: "forward",
    operation: "linear",
    layer: "encoder.0",
    sizes: "m=17 n=9 k=33",
    writes: "y [17, 9]",
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
  assert.equal(profileAdvice([call("x", 1, 0, { ms_above_roofline: null })], "demo"), "");
});

Deno.test("a layer is the common name of the parameters that a dispatch binds", () => {
  const of = (...labels: string[]) =>
    layerOf({ bindings: labels.map((label) => ({ tensor: { label } })) } as unknown as Dispatch);
  assert.equal(of("x", "encoder.layers.0.norm.weight"), "encoder.layers.0.norm");
  assert.equal(of("gradient of feed_forward.3.bias"), "feed_forward.3");
  assert.equal(of("x", "y"), null);
});
