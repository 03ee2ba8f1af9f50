import { type AdapterClass, Engine } from "../../engine/mod.ts";

const shared = new Map<AdapterClass, Promise<Engine>>();

/**
 * The engine of this test process that runs the kernels of a class of adapters, on whatever adapter there is: one
 * device, so that pipelines are compiled once. Fresh buffers hold NaN, so that a read of something unwritten, or past
 * an end, shows.
 */
export function testEngine(adapterClass: AdapterClass): Promise<Engine> {
  let engine = shared.get(adapterClass);
  if (!engine) shared.set(adapterClass, engine = Engine.open(navigator.gpu, { adapterClass, poison: true }));
  return engine;
}

/** Releases the process's devices; the last test of a file calls it, since leaving with one open may crash Deno. */
export async function closeTestEngines(): Promise<void> {
  for (const opened of shared.values()) {
    const engine = await opened;
    await engine.device.idle();
    engine.dispose();
  }
  shared.clear();
}
