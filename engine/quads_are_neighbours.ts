import { probe } from "./probe.ts";
import code from "./quads.wgsl" with { type: "text" };

/**
 * Whether a device's quads are the threads 4i to 4i + 3 of a one-dimensional workgroup, as kernels with quad operations take
 * them to be: WGSL does not promise it. One dispatch, once a device; waits for it. One that fails at it has none.
 */
export async function quadsAreNeighbours(device: GPUDevice): Promise<boolean> {
  const found = await probe(device, "quads", code, 4 * 256).catch(() => new Uint32Array(1));
  return found.every((value) => value === 1);
}
