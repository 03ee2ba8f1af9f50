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
const gpu = create(["backend=null"]);
const adapter = await gpu.requestAdapter();
if (!adapter) throw new Error("Dawn's null backend gave no adapter");
const optional: GPUFeatureName[] = ["shader-f16", "subgroups"];
const device = await adapter.requestDevice({
  requiredFeatures: optional.filter((feature) => adapter.features.has(feature)),
});

const sources: TintSource[] = JSON.parse(await new Response(Deno.stdin.readable).text());
const problems: TintProblem[] = [];
for (const { name, code, constants } of sources) {
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
if (!gpu) throw new Error("unreachable");
console.log(JSON.stringify(problems));
Deno.exit(0);
