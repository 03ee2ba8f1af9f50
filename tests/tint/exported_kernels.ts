import { fileURLToPath } from "node:url";
import type { Kernel } from "../../kernels/descriptor.ts";

/**
 * The kernels that the modules in `kernels/` export ready-made: as values, or from functions without parameters.
 * Kernels that need arguments (sizes, an adapter class) are built by the tests of their operations.
 */
export async function exportedKernels(): Promise<Kernel[]> {
  const root = fileURLToPath(new URL("../../kernels", import.meta.url));
  const kernels = new Map<string, Kernel>();
  for (const folder of Deno.readDirSync(root)) {
    if (!folder.isDirectory) continue;
    for (const file of Deno.readDirSync(`${root}/${folder.name}`)) {
      if (!file.name.endsWith(".ts")) continue;
      const module: Record<string, unknown> = await import(`../../kernels/${folder.name}/${file.name}`);
      for (const exported of Object.values(module)) {
        const value: unknown = typeof exported === "function" && exported.length === 0
          ? exported()
          : exported;
        for (const item of Array.isArray(value) ? value : [value]) {
          if (isKernel(item)) kernels.set(`${item.name} ${JSON.stringify(item.constants)}`, item);
        }
      }
    }
  }
  return [...kernels.values()];
}

function isKernel(value: unknown): value is Kernel {
  return typeof value === "object" && value !== null && "code" in value && "workgroups" in value;
}
