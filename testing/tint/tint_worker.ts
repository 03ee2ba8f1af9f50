/**
 * Compiles the shaders given as JSON on standard input (`TintSource[]`) with Tint and prints the problems as JSON
 * (`TintProblem[]`). Run by `compileWithTint` with the config that pins the package.
 */
import type { TintProblem, TintSource } from "./compile_with_tint.ts";

interface Dawn {
  create(options: string[]): GPU;
  readonly globals: Record<string, unknown>;
}

// Not a literal: the package is known to that config only, not to the project's type check.
const packageName: string = "webgpu";
const { create, globals } = await import(packageName) as Dawn;
Object.assign(globalThis, globals);

// Dawn's promises do not hold Deno's event loop open, and its GPU object must not be collected (engine-notes.md 1.7).
const alive = setInterval(() => {}, 5);
const held: GPU[] = [];
async function open(options: string[], features: readonly string[]): Promise<GPUDevice> {
  const gpu = create(["backend=null", ...options]);
  held.push(gpu);
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("Dawn's null backend gave no adapter");
  const offered = (features as readonly GPUFeatureName[]).filter((feature) => adapter.features.has(feature));
  return await adapter.requestDevice({ requiredFeatures: offered });
}
const usual = ["shader-f16", "subgroups"];
const portable = await open([], usual);
// For shaders that enable what browsers do not offer yet, and for no others.
const experimental = await open(["enable-dawn-features=allow_unsafe_apis"], [
  ...usual,
  "subgroup-size-control",
  "chromium-experimental-subgroup-matrix",
]);

const sources: TintSource[] = JSON.parse(await new Response(Deno.stdin.readable).text());
const problems: TintProblem[] = [];
for (const { name, code, constants } of sources) {
  const device = /\benable\s+chromium_experimental_/.test(code) ? experimental : portable;
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: name, code });
  const entryPoints = [...code.matchAll(/@compute[\s\S]*?\bfn\s+(\w+)/g)].map((match) => match[1]);
  for (const entryPoint of entryPoints) {
    device.createComputePipeline({
      label: name,
      layout: "auto",
      compute: { module, entryPoint, constants: { ...constants } },
    });
  }
  const error = await device.popErrorScope();
  if (error) problems.push({ name, message: error.message.trim() });
  else if (entryPoints.length === 0) problems.push({ name, message: "has no @compute entry point" });
}
clearInterval(alive);
if (held.length === 0) throw new Error("unreachable");
console.log(JSON.stringify(problems));
Deno.exit(0);
