/**
 * Puts Dawn in the place of `navigator.gpu`: a file for Deno's `--preload`, see `withDawn`.
 *
 * Dawn's promises do not keep Deno's event loop alive, so from the first adapter on a timer does: the program must end by
 * `Deno.exit`. (A timer of this file's own would keep Deno from going on to the program.) Dawn's GPU object must never be
 * collected, which `navigator` sees to.
 */
import { pathToFileURL } from "node:url";
import { dawnVariable, dawnVersion } from "./dawn.ts";

interface DawnModule {
  create(options: string[]): GPU;
  /** GPUBufferUsage and the like. */
  readonly globals: Readonly<Record<string, unknown>>;
}

const file = Deno.env.get(dawnVariable);
if (file) {
  const { create, globals } = await import(pathToFileURL(file).href) as DawnModule;
  Object.assign(globalThis, globals);
  const dawn = create([]);
  let alive: number | undefined;
  const gpu = {
    implementation: `Dawn of webgpu ${dawnVersion}`,
    dawn,
    requestAdapter(options?: GPURequestAdapterOptions) {
      alive ??= setInterval(() => {}, 1000);
      return dawn.requestAdapter(options);
    },
    getPreferredCanvasFormat: () => dawn.getPreferredCanvasFormat(),
  };
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
}
