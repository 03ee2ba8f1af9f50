import assert from "node:assert/strict";
import { Engine, type Kernel } from "../../engine/mod.ts";
import { deviceTest } from "../support/gpu_test.ts";

const deep: Kernel = {
  name: "deep",
  code: `struct Params { n: u32 }
@group(0) @binding(0) var<storage, read_write> y: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.n) { return; }
  let sum = f32(params.n) - 1.0;
  y[id.x] = sum;
}`,
  workgroups: () => [1, 1, 1],
  flops: () => 0,
  bytes: () => 0,
  iterations: () => 0,
};

deviceTest(
  "WGSL that is too deep for compilers, which would end the process, is refused by name",
  async () => {
    const engine = await Engine.open(navigator.gpu, { poison: true });
    const record = async (sum: string) => {
      const { plan, result } = await engine.record("deep", (step) => {
        const y = step.empty([2], "y");
        step.run({ ...deep, code: deep.code.replace("y[id.x] = sum;", `y[id.x] = ${sum};`) }, { y }, {
          n: 2,
        });
        return step.keep(y);
      });
      plan.replay(new Map(), engine.still);
      return [...new Float32Array(await plan.read(result))];
    };
    try {
      const many = 50_000;
      const tooDeep = {
        brackets: `${"(".repeat(many)}1.0${")".repeat(many)}`,
        signs: `${"- ".repeat(many)}1.0`,
        "a sum": `1.0${" + sum".repeat(many)}`,
        members: `vec3f(1.0)${".xyz".repeat(many)}.x`,
        branches: `1.0; if (sum > 1.0) {}${" else if (sum > 2.0) {}".repeat(many)} y[0] = 1.0`,
      };
      for (const [what, sum] of Object.entries(tooDeep)) {
        await assert.rejects(
          record(sum),
          /^GpuError: kernel deep: at ".*" the WGSL is more than 1000 levels deep/,
          what,
        );
      }
      const chains = {
        constants: (at: number) => `const c${at + 1} = c${at};`,
        functions: (at: number) => `fn g_${at + 1}() -> f32 { return g_${at}(); }`,
        types: (at: number) => `struct S${at + 1} { s: S${at} }`,
        names: (at: number) => `alias A${at + 1} = A${at};`,
      };
      for (const [what, link] of Object.entries(chains)) {
        const chain = Array.from({ length: many }, (_, at) => link(many - at)).join("\n");
        await assert.rejects(
          record(`1.0; }\n${chain}\nfn end() {`),
          /^GpuError: kernel deep: 5000\d declarations, expected 2000 at most/,
          what,
        );
      }
      // Comments go down no level, and what is long is not deep.
      assert.deepEqual(await record(`sum /* ${"(".repeat(many)} */`), [1, 1]);
      assert.deepEqual(await record(`sum; ${"y[id.x] = (1.0 + sum); ".repeat(2000)} y[id.x] = 2.0`), [2, 2]);
    } finally {
      engine.dispose();
    }
  },
);
