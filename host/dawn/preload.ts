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

/**
 * While it waits, Dawn looks for the end of work from one `setImmediate` to the next. Over a long chain of these Deno was seen
 * to run nothing else, timers included, and the wait never ended; a timer now and then lets it breathe.
 */
function breathe(): void {
  const immediate = globalThis.setImmediate as (
    run: (...given: unknown[]) => void,
    ...given: unknown[]
  ) => unknown;
  let links = 0;
  Object.assign(globalThis, {
    setImmediate: (run: (...given: unknown[]) => void, ...given: unknown[]) =>
      ++links % 64 === 0 ? setTimeout(run, 0, ...given) : immediate(run, ...given),
  });
}

const file = Deno.env.get(dawnVariable);
if (file) {
  const { create, globals } = await import(pathToFileURL(file).href) as DawnModule;
  Object.assign(globalThis, globals);
  breathe();
  // Dawn rounds timestamps to 0.1 ms, against prying web pages; a benchmark wants them whole.
  const options = ["disable-dawn-features=timestamp_quantization"];
  const dawn = create(options);
  // Only so does an adapter show its matrix units, and one of NVIDIA halves; any other is taken as it is without.
  const units = ["allow_unsafe_apis", "use_vulkan_memory_model", "vulkan_enable_f16_on_nvidia"];
  const experimental = create([...options, `enable-dawn-features=${units}`]);
  let alive: ReturnType<typeof setInterval> | undefined;
  const gpu = {
    implementation: `Dawn of webgpu ${dawnVersion}`,
    instances: [dawn, experimental],
    async requestAdapter(options?: GPURequestAdapterOptions) {
      alive ??= setInterval(() => {}, 1000);
      const adapter = await experimental.requestAdapter(options);
      const shown = adapter?.features.has("chromium-experimental-subgroup-matrix" as GPUFeatureName);
      return shown ? adapter : await dawn.requestAdapter(options);
    },
    getPreferredCanvasFormat: () => dawn.getPreferredCanvasFormat(),
  };
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
}
