import { fileURLToPath } from "node:url";

/** Version of the npm package that carries the driver; packages.json pins the same. */
const version = "153.0.0";

/**
 * Makes SwiftShader, a software Vulkan driver, available without installing anything: unpacked once from npm into
 * the git-ignored cache folder (x86-64 Linux only).
 * @param cache the cache folder of the checkout
 * @returns the environment under which a process finds the driver; it must be set before the process starts
 * @throws {Error} when the package cannot be fetched or unpacked
 */
export async function swiftshaderEnvironment(cache: string): Promise<Record<string, string>> {
  const folder = `${cache}/swiftshader-${version}`;
  const manifest = `${folder}/vk_swiftshader_icd.json`;
  if (!await Deno.stat(manifest).then(() => true, () => false)) await unpack(folder);
  const libraries = Deno.env.get("LD_LIBRARY_PATH");
  return {
    VK_DRIVER_FILES: manifest,
    VK_ICD_FILENAMES: manifest,
    LD_LIBRARY_PATH: libraries ? `${folder}:${libraries}` : folder,
    DENO_WEBGPU_BACKEND: "vulkan",
  };
}

async function unpack(folder: string): Promise<void> {
  console.error("Fetching SwiftShader, a software Vulkan driver, from npm (70 MB, once).");
  const here = fileURLToPath(new URL(".", import.meta.url));
  const config = `${here}packages.json`;
  const success = await deno("install", "-q", "--config", config) &&
    await deno("run", "-q", "-A", "--config", config, `${here}unpack_swiftshader.ts`, folder);
  if (!success) {
    throw new Error(
      "SwiftShader could not be fetched from npm; check the network and start again, or install a driver with " +
        "`apt-get install -y mesa-vulkan-drivers`.",
    );
  }
}

async function deno(...args: string[]): Promise<boolean> {
  const command = new Deno.Command(Deno.execPath(), { args, stdout: "inherit", stderr: "inherit" });
  return (await command.output()).success;
}
