import assert from "node:assert/strict";
import { rmsNorm, rmsNormForward, rmsNormGradient } from "../../docs/examples/rms_norm/rms_norm.ts";
import { ShapeError, Step } from "../../engine/mod.ts";
import { checkOperation, compileWithTint } from "../../testing/mod.ts";
import { gpuTest, releaseEngines } from "../support/gpu_test.ts";

const docs = new URL("../../docs/", import.meta.url);
const epsilon = 1e-5;

/** In float64, without a look at the kernels. */
function reference(rows: number, width: number) {
  return {
    forward({ x, scale }: Readonly<Record<string, ArrayLike<number>>>) {
      const y = new Float64Array(rows * width);
      for (let r = 0; r < rows; r++) {
        let squares = 0;
        for (let c = 0; c < width; c++) squares += x[r * width + c] ** 2;
        const rms = Math.sqrt(squares / width + epsilon);
        for (let c = 0; c < width; c++) y[r * width + c] = x[r * width + c] / rms * scale[c];
      }
      return y;
    },
  };
}

for (const [rows, width] of [[1, 1], [3, 7], [65, 5], [2, 64], [5, 67], [2, 129]]) {
  gpuTest(
    `the worked example of docs/new_operation.md matches float64 for ${rows} rows of ${width}`,
    (engine) =>
      checkOperation(engine, {
        name: "rms norm",
        inputs: { x: { shape: [rows, width], amplitude: 3 }, scale: { shape: [width] } },
        build: (step, { x, scale }) => rmsNorm(step, { x, scale }, { epsilon }),
        reference: reference(rows, width),
        absolute: 2e-6, // a row of one value has a gradient of almost nothing
      }),
    ["software"],
  );
}

gpuTest(
  "the worked example leaves out a gradient that nobody wants, and refuses a scale of another width",
  async (engine) => {
    await checkOperation(engine, {
      name: "rms norm of a frozen input",
      inputs: { x: { shape: [3, 7], gradient: false }, scale: { shape: [7] } },
      build: (step, { x, scale }) => rmsNorm(step, { x, scale }, { epsilon }),
      reference: reference(3, 7),
    });
    const step = new Step(engine.device);
    const [x, scale] = [step.empty([3, 7], "x"), step.empty([3], "scale")];
    assert.throws(() => rmsNorm(step, { x, scale }, { epsilon }), ShapeError);
  },
  ["software"],
);

Deno.test("the worked example compiles with the compiler of browsers", async () => {
  assert.deepEqual(await compileWithTint([rmsNormForward, rmsNormGradient]), []);
});

Deno.test("docs/new_operation.md shows the worked example as it is, in at most 60 lines of TypeScript", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(path, docs));
  const [page, ...parts] = await Promise.all([
    read("new_operation.md"),
    read("examples/rms_norm/rms_norm.ts"),
    read("examples/rms_norm/rms_norm.wgsl"),
    read("examples/rms_norm/rms_norm_gradient.wgsl"),
  ]);
  assert.ok(parts[0].trimEnd().split("\n").length <= 60, "lines of TypeScript");
  const lines = (text: string) => text.trim().split("\n").map((line) => line.trim()).join("\n"); // indented less on the page
  const blocks = [...page.matchAll(/```(?:ts|wgsl) example\n([\s\S]*?)```/g)].map(([, block]) =>
    lines(block)
  );
  assert.ok(blocks.length >= 3, "code blocks marked as taken from the example");
  for (const block of blocks) {
    assert.ok(parts.some((part) => lines(part).includes(block)), `not in the example:\n${block}`);
  }
});

releaseEngines();
