import type { Grid, Kernel, Uniforms } from "../kernels/descriptor.ts";
import type { Device } from "./device.ts";
import { GpuError } from "./errors.ts";

/**
 * Refuses a dispatch that the adapter would not run to its end: some say nothing of it.
 *
 * @throws {GpuError} with the sizes, when there are no workgroups but something to write, when there are more along a dimension
 * than allowed, or when an invocation may need more loop iterations than the adapter runs
 */
export function refuseSizes(
  device: Device,
  kernel: Kernel,
  uniforms: Uniforms,
  grid: Grid,
  operation: string,
  written: string | undefined,
): void {
  const sizes = Object.entries(uniforms).map(([name, value]) => `${name} ${value}`).join(", ");
  const where = `kernel ${kernel.name}${operation && ` (${operation})`} at ${sizes || "no sizes"}`;
  const most = device.limits.maxComputeWorkgroupsPerDimension;
  const iterations = kernel.iterations(uniforms);
  if (grid.includes(0)) {
    throw new GpuError(
      `${where} runs no workgroup and would leave ${written} unwritten; pass no empty tensors.`,
    );
  }
  if (grid.some((groups) => !(Number.isInteger(groups) && groups > 0 && groups <= most))) {
    throw new GpuError(
      `${where} needs ${
        grid.join(" x ")
      } workgroups; this adapter runs whole numbers up to ${most} along each dimension. ` +
        "Use smaller sizes, or fold the grid (linearGrid).",
    );
  }
  if (!(iterations <= device.maxIterations)) {
    throw new GpuError(
      `${where} may need ${iterations} loop iterations in one invocation; this adapter (${device.description}) is known to run ` +
        `${device.maxIterations}. Use smaller sizes, a newer driver or a GPU.`,
    );
  }
}
