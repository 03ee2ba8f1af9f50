import assert from "node:assert/strict";
import type { Kernel } from "../../kernels/descriptor.ts";
import { matmulKernel, matmulVariants, quadMatmulKernel } from "../../kernels/matmul/matmul.ts";
import { specialise } from "../../kernels/descriptor.ts";
import { pointwiseBackward, pointwiseForward, stageCodes } from "../../kernels/pointwise/pointwise.ts";
import { discoverKernels, type ToldArguments } from "../support/discover_kernels.ts";

/** What functions take that words and booleans do not tell. */
function toldArguments(): ToldArguments {
  const flags = [false, true];
  const options = [1, 16, 33, 64, 128].flatMap((depth) =>
    ["softmax", "clipped", "masked"].flatMap((normalisation) =>
      flags.flatMap((masked) =>
        flags.map((dropout) => ({ depth, normalisation, masks: { keys: masked, queries: masked }, dropout }))
      )
    )
  );
  return {
    streamingForward: options.map((given) => [given]),
    streamingQueryPass: options.map((given) => [given]),
    streamingKeyPass: options.flatMap((given) => flags.map((together) => [given, together])),
    streamingSelfPass: [[1], [16], [33], [64], [128]],
  };
}

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
    codes.slice(4),
  ];
  return [
    ...products.flatMap((kernel) => epilogues.map((constants) => specialise(kernel, constants))),
    ...chains.flatMap((chain) => [pointwiseForward(chain), pointwiseBackward(chain)]),
  ];
}

/** Passes in Deno, is refused by browsers: a barrier that not all threads reach. */
const nonUniform: Kernel = {
  name: "non_uniform_barrier",
  code: `@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) lane: u32) {
    if (lane < 32u) { workgroupBarrier(); }
  }`,
  workgroups: () => [1, 1, 1],
  flops: () => 0,
  bytes: () => 0,
};

/** What the package gives: Chrome's WebGPU, without a browser. */
interface Dawn {
  readonly globals: object;
  create(options: readonly string[]): GPU;
}

/** What Tint says of each kernel; undefined where the package cannot be had. */
async function tintFailures(kernels: readonly Kernel[]): Promise<string[] | undefined> {
  // The package is 132 MB: loaded here only, and by name, so that nothing else pulls it.
  const specifier = "npm:webgpu@0.6.2";
  const dawn: Dawn | undefined = await import(specifier).catch((error: Error) => {
    console.log(`skipped: ${specifier} cannot be loaded (${error.message.split("\n")[0]})`);
  });
  if (!dawn) return undefined;
  Object.assign(globalThis, dawn.globals);
  const alive = setInterval(() => {}, 5); // Dawn's promises do not hold Deno's event loop open
  const gpu = dawn.create(["backend=null"]); // referenced to the end: collected, it crashes the process
  try {
    const adapter = (await gpu.requestAdapter())!;
    const device = await adapter.requestDevice(); // with WebGPU's default limits: what every adapter has
    const failures: string[] = [];
    for (const { name, code, constants } of kernels) {
      device.pushErrorScope("validation");
      const module = device.createShaderModule({ code, label: name });
      let error = await device.popErrorScope();
      if (!error) {
        device.pushErrorScope("validation");
        device.createComputePipeline({
          layout: "auto",
          compute: { module, entryPoint: "main", constants: { ...constants } },
        });
        error = await device.popErrorScope();
      }
      if (error) failures.push(`${name} ${JSON.stringify(constants ?? {})}: ${error.message}`);
    }
    device.destroy();
    return failures;
  } finally {
    clearInterval(alive);
    assert.ok(gpu);
  }
}

Deno.test({
  name: "Tint compiles every kernel in every specialisation, within WebGPU's default limits",
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const discovered = await discoverKernels(new URL("../../kernels/", import.meta.url), toldArguments());
    assert.deepEqual(
      discovered.unreached,
      [],
      "functions that return a kernel, but for which no arguments were found",
    );
    const kernels = [...discovered.kernels, ...furtherKernels()];
    assert.ok(discovered.kernels.length > 60, `${discovered.kernels.length} kernels discovered`);
    const failures = await tintFailures([...kernels, nonUniform]);
    if (!failures) return;
    console.log(`${kernels.length} specialisations`);
    // The last one must be refused, else nothing was checked.
    assert.match(failures.pop() ?? "", /non_uniform_barrier.*(uniform|control flow)/s);
    assert.equal(failures.join("\n\n"), "");
  },
});

Deno.test("every kernel keeps to the portable subset: eight storage buffers, one entry point, no subgroup calls", async () => {
  const { kernels } = await discoverKernels(new URL("../../kernels/", import.meta.url), toldArguments());
  for (const { name, code } of kernels) {
    const text = code.replace(/\/\/[^\n]*/g, "");
    assert.equal([...text.matchAll(/@compute/g)].length, 1, `${name}: entry points`);
    assert.ok([...text.matchAll(/var<\s*storage/g)].length <= 8, `${name}: storage buffers`);
    assert.ok(!/\bsubgroup\w*\(|\benable\b|atomic<f32>/.test(text), `${name}: an optional feature`);
    const sizes = /@workgroup_size\(([^)]*)\)/.exec(text)![1].split(",").map(Number);
    assert.ok(sizes.reduce((product, size) => product * size, 1) <= 256, `${name}: workgroup of ${sizes}`);
    // The built-in is not finite on some drivers for large arguments, unless clamped.
    for (const [, argument] of text.matchAll(/\btanh\(([^;]*)/g)) {
      assert.match(argument, /^clamp\(/, `${name}: tanh(${argument}`);
    }
  }
});
