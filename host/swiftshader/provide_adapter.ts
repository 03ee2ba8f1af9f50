import { fileURLToPath } from "node:url";
import { swiftshaderEnvironment } from "./swiftshader.ts";

/** Where the unpacked driver lies. */
const cache = fileURLToPath(new URL("../../.cache", import.meta.url));

/**
 * Makes sure that this process finds a WebGPU adapter: the system's, else (on x86-64 Linux) SwiftShader from npm, loaded into the
 * process itself. For scripts that use the package as a library; the command line's launcher has chosen before it starts a program.
 *
 * Must come before the first `requestAdapter`, which fixes what is found. Whether the system has one is therefore asked in a
 * process of its own.
 */
export async function provideAdapter(): Promise<void> {
  if (Deno.env.get("PERTURBINE_LAUNCHER") !== undefined) return;
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") return;
  Deno.env.set("DENO_WEBGPU_BACKEND", Deno.env.get("DENO_WEBGPU_BACKEND") ?? "vulkan");
  if (!Deno.env.get("XDG_RUNTIME_DIR")) {
    // Mesa complains of its absence at every start; any folder of the user's own will do.
    await Deno.mkdir(`${cache}/runtime`, { recursive: true, mode: 0o700 });
    Deno.env.set("XDG_RUNTIME_DIR", `${cache}/runtime`);
  }
  if (await systemHasAdapter()) return;
  const environment = await swiftshaderEnvironment(cache);
  for (const [name, value] of Object.entries(environment)) Deno.env.set(name, value);
  // LD_LIBRARY_PATH is read when a process starts, but a library that is loaded already is found by its name.
  Deno.dlopen(`${environment.VK_DRIVER_FILES.replace(/\/[^/]+$/, "")}/libvulkan.so.1`, {});
}

async function systemHasAdapter(): Promise<boolean> {
  const code = "Deno.exit(await navigator.gpu?.requestAdapter() ? 0 : 1)";
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", code],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}
