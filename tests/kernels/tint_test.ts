import assert from "node:assert/strict";
import { allKernels } from "../../bench/lens/all_kernels.ts";
import doctorCopy from "../../cli/doctor/copy.wgsl" with { type: "text" };
import doctorMatmul from "../../cli/doctor/matmul.wgsl" with { type: "text" };
import type { Kernel } from "../../kernels/descriptor.ts";
import { matmulKernel, matmulVariants, quadMatmulKernel } from "../../kernels/matmul/matmul.ts";
import { specialise } from "../../kernels/descriptor.ts";
import { subgroupForm } from "../../kernels/subgroup_form.ts";
import { pointwiseBackward, pointwiseForward, stageCodes } from "../../kernels/pointwise/pointwise.ts";
import { compileWithTint, type TintSource } from "../../testing/tint/compile_with_tint.ts";

/** Specialisations that operations make, beyond those that a descriptor's own arguments give. */
function furtherKernels(): Kernel[] {
  const products = [
    ...matmulVariants.map(matmulKernel),
    ...[[true, true], [true, false], [false, true], [false, false]].map(([a, b]) => quadMatmulKernel(a, b)),
  ];
  const epilogues = [0, 1].flatMap((ACCUMULATE) =>
    [0, 1].flatMap((BIAS) =>
      [0, 1, 2].flatMap((ACTIVATION) =>
        [0, 1].map((RESIDUAL) => ({ ACCUMULATE, BIAS, ACTIVATION, RESIDUAL }))
      )
    )
  );
  const codes = Object.values(stageCodes);
  const chains = [
    ...codes.map((code) => [code]),
    [1, 3],
    [2, 4],
    [4, 1, 5],
    codes.slice(0, 4),
    codes.slice(4, 8),
    codes.slice(5),
  ];
  return [
    ...products.flatMap((kernel) => epilogues.map((constants) => specialise(kernel, constants))),
    ...chains.flatMap((chain) => [pointwiseForward(chain), pointwiseBackward(chain)]),
  ];
}

Deno.test("Tint compiles every kernel in every specialisation, and the doctor's shaders, within WebGPU's default limits", async () => {
  const discovered = await allKernels();
  assert.deepEqual(
    discovered.unreached,
    [],
    "functions that return a kernel, but for which no arguments were found",
  );
  assert.ok(discovered.kernels.length > 60, `${discovered.kernels.length} kernels discovered`);
  const sources: TintSource[] = [
    { name: "doctor copy", code: doctorCopy },
    { name: "doctor matmul", code: doctorMatmul },
    ...[...discovered.kernels, ...furtherKernels()].flatMap(({ name, code, constants }) => {
      const subgroups = subgroupForm(code);
      const further = subgroups ? [{ name: `${name} with subgroups`, code: subgroups, constants }] : [];
      return [{ name, code, constants }, ...further];
    }),
  ];
  assert.deepEqual(await compileWithTint(sources), []);
  console.log(`${sources.length} specialisations`);
});

Deno.test("every kernel keeps to the portable subset: eight storage buffers, one entry point, subgroup calls in two forms of the matrix product", async () => {
  const { kernels } = await allKernels();
  for (const { name, code } of kernels) {
    const text = code.replace(/\/\/[^\n]*/g, "");
    assert.equal([...text.matchAll(/@compute/g)].length, 1, `${name}: entry points`);
    assert.ok([...text.matchAll(/var<\s*storage/g)].length <= 8, `${name}: storage buffers`);
    const optional = /\b(subgroup|quad)[A-Z]\w*\(|\benable\b|atomic<f32>/.test(text);
    const asks = name === "matmul_subgroups" || name === "matmul_matrix_units";
    assert.equal(optional, asks, `${name}: an optional feature`);
    const sizes = /@workgroup_size\(([^)]*)\)/.exec(text)![1].split(",").map(Number);
    assert.ok(sizes.reduce((product, size) => product * size, 1) <= 256, `${name}: workgroup of ${sizes}`);
    // The built-in is not finite on some drivers for large arguments, unless clamped.
    for (const [, argument] of text.matchAll(/\btanh\(([^;]*)/g)) {
      assert.match(argument, /^clamp\(/, `${name}: tanh(${argument}`);
    }
  }
});
