/**
 * Runs under a no-op driver and compiles the kernels of a JSON file one after the other, each announced on the error
 * stream, onto which the driver's compiler prints as well: what stands between two marks is the first kernel's.
 */
interface Source {
  readonly code: string;
  readonly constants?: Readonly<Record<string, number>>;
}

const sources: readonly Source[] = JSON.parse(Deno.readTextFileSync(Deno.args[0]));
const adapter = await navigator.gpu.requestAdapter();
if (!adapter) {
  console.error("@@@NO ADAPTER");
  Deno.exit(1);
}
const device = await adapter.requestDevice();
console.error(`@@@ADAPTER ${adapter.info.description}`);
for (const [index, { code, constants }] of sources.entries()) {
  console.error(`@@@KERNEL ${index}`);
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code });
  device.createComputePipeline({
    layout: "auto",
    compute: { module, entryPoint: "main", constants: { ...constants } },
  });
  const error = await device.popErrorScope();
  if (error) console.error(`@@@ERROR ${error.message.replaceAll("\n", " ")}`);
}
console.error("@@@END");
Deno.exit(0);
