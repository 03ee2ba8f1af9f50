import assert from "node:assert/strict";
import { compileWithTint } from "../../testing/tint/compile_with_tint.ts";

Deno.test("Tint refuses what Deno's compiler lets pass", async () => {
  const main = (body: string, before = "") =>
    `${before}
    @group(0) @binding(0) var<storage, read_write> y: array<f32>;
    @compute @workgroup_size(64) fn main(@builtin(local_invocation_index) i: u32) { ${body} }`;
  const problems = await compileWithTint([
    { name: "sound", code: main("y[i] = S * 2.0;", "override S: f32;"), constants: { S: 3 } },
    { name: "divergent barrier", code: main("if (i < 7u) { workgroupBarrier(); } y[i] = 1.0;") },
    {
      name: "too much memory",
      code: main("s[i] = 1.0; y[i] = s[63u - i];", "var<workgroup> s: array<f32, 12288>;"),
    },
    { name: "no entry point", code: "fn helper() {}" },
  ]);
  assert.deepEqual(problems.map((problem) => problem.name), [
    "divergent barrier",
    "too much memory",
    "no entry point",
  ]);
  assert.match(problems[0].message, /workgroupBarrier/);
});
