import assert from "node:assert/strict";
import { type DType, type Kernel, linearGrid, Step, type Uniforms } from "../../engine/mod.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";

/** y[i] = x[i]; what is asked of it varies. */
function copier(
  changes: Partial<Kernel> & { x?: string; y?: string; before?: string; write?: string } = {},
): Kernel {
  const {
    x = "array<f32>",
    y = "array<f32>",
    before = "",
    write = "if (i < params.n) { y[i] = x[i]; }",
    ...descriptor
  } = changes;
  return {
    name: "copier",
    code: `${before}
      struct Params { n: u32 }
      @group(0) @binding(0) var<storage, read> x: ${x};
      @group(0) @binding(1) var<storage, read_write> y: ${y};
      @group(0) @binding(2) var<uniform> params: Params;
      @compute @workgroup_size(64)
      fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
        let i = id.x + id.y * groups.x * 64u;
        ${write}
      }`,
    workgroups: ({ n }) => linearGrid(n, 64),
    flops: () => 0,
    bytes: ({ n }) => 8 * n,
    iterations: () => 0,
    ...descriptor,
  };
}

gpuTest("Step.run() refuses what WebGPU would run to a wrong result, or in vain", (engine) => {
  const step = new Step(engine.device);
  const run = (kernel: Kernel, uniforms: Uniforms, x: DType = "f32", y: DType = "f32", n = 130) =>
    step.run(kernel, { x: step.empty([n], "x", x), y: step.empty([n], "y", y) }, uniforms);
  const n = 130;

  // A tensor of another type than the WGSL declares.
  run(copier(), { n });
  assert.throws(
    () => run(copier(), { n }, "u32"),
    /kernel copier: "x" holds f32 in the WGSL and x \[130\] holds u32/,
  );
  assert.throws(
    () => run(copier(), { n }, "f32", "i32"),
    /"y" holds f32 in the WGSL and y \[130\] holds i32/,
  );
  run(copier({ x: "array<vec4<u32>>", y: "array<vec4u>" }), { n }, "u32", "u32");
  assert.throws(() => run(copier({ x: "array<vec2f>", y: "array<vec2f>" }), { n }, "u32"), /"x" holds f32/);
  assert.throws(() => run(copier({ x: "array<vec3<i32>>", y: "array<vec3i>" }), { n }), /"x" holds i32/);
  const alias = { before: "alias Value = vec4f;", x: "array<Value>", y: "array<Value>" };
  run(copier(alias), { n });
  assert.throws(() => run(copier(alias), { n }, "i32"), /"x" holds f32/);
  const record = { before: "struct Pair { a: u32, b: f32 }", x: "array<Pair>", y: "array<Pair>" };
  run(copier(record), { n }, "u32", "f32"); // fields of several types: anything goes

  // A uniform that nothing reads.
  assert.throws(
    () => run(copier(), { n, epsilon: 1e-5 }),
    /kernel copier: nothing reads the uniform "epsilon" \(0.00001 was given\)/,
  );
  run(copier({ flops: ({ rate }) => rate }), { n, rate: 3 });

  // More workgroups than there are elements to write.
  run(copier({ workgroups: ({ n }) => [n, 1, 1] }), { n });
  assert.throws(
    () => run(copier({ workgroups: ({ n }) => [n + 1, 1, 1] }), { n }),
    /kernel copier: 131 x 1 x 1 workgroups write 130 elements \(y \[130\]\)/,
  );
  assert.throws(() => run(copier({ workgroups: () => [2, 3, 23] }), { n }), /2 x 3 x 23 workgroups/);
  run(copier({ workgroups: ({ n }) => linearGrid(n, 1) }), { n: 1 }, "f32", "f32", 1);
  const counts = { y: "array<atomic<u32>>", write: "if (i < params.n) { atomicAdd(&y[0], u32(x[i])); }" };
  run(copier({ ...counts, workgroups: () => [200, 1, 1] }), { n: 0 }, "f32", "u32");
  return Promise.resolve();
}, ["software"]);

gpuTest("a folded grid is not taken for one that is too large", (engine) => {
  const step = new Step(engine.device);
  for (const n of [65_535, 65_536, 65_537, 131_071, 131_072]) {
    step.run(copier({ workgroups: ({ n }) => linearGrid(n, 1) }), {
      x: step.empty([n], "x"),
      y: step.empty([n], "y"),
    }, { n });
  }
  return Promise.resolve();
}, ["software"]);

releaseEngines();
