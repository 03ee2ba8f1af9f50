import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";

/** Version of the npm package that carries the driver; packages.json pins the same. */
const version = "153.0.0";

/** What is loaded of it, with its SHA-256: the cache folder can be written to by others than npm. */
const digests: Readonly<Record<string, string>> = {
  "libvk_swiftshader.so": "2f3ceffaaca7d031bc3943f8eacf398a5d9c42c5fe0d15d8840b9acfa630b58e",
  "libvulkan.so.1": "8ee5ac00fd7968e863b05e0f6808057db16a00ad322777e5a05bed51d4f84085",
  "vk_swiftshader_icd.json": "c9eef28b6b984fec220ef0abfecc40b502d46946706e47bfe97707027cb818bd",
};

/**
 * Makes SwiftShader, a software Vulkan driver, available without installing anything: unpacked once from npm into
 * the git-ignored cache folder (x86-64 Linux only).
 * @param cache the cache folder of the checkout
 * @returns the environment under which a process finds the driver; it must be set before the process starts
 * @throws {Error} when the package cannot be fetched or unpacked, or what lies in the cache is not its driver
 */
export async function swiftshaderEnvironment(cache: string): Promise<Record<string, string>> {
  const folder = `${cache}/swiftshader-${version}`;
  const manifest = `${folder}/vk_swiftshader_icd.json`;
  if (!await Deno.stat(manifest).then(() => true, () => false)) await unpack(folder);
  await requireDriver(folder);
  const libraries = Deno.env.get("LD_LIBRARY_PATH");
  return {
    VK_DRIVER_FILES: manifest,
    VK_ICD_FILENAMES: manifest,
    LD_LIBRARY_PATH: libraries ? `${folder}:${libraries}` : folder,
    DENO_WEBGPU_BACKEND: "vulkan",
  };
}

/** The driver is code that every program here loads. @throws {Error} naming the file that is another. */
export async function requireDriver(folder: string): Promise<void> {
  for (const [name, expected] of Object.entries(digests)) {
    const content = await Deno.readFile(`${folder}/${name}`).catch(() => new Uint8Array());
    const found = createHash("sha256").update(content).digest("hex");
    if (found === expected) continue;
    throw new Error(
      `${folder}/${name} has the SHA-256 ${found}, expected ${expected} as in the npm package; it is not loaded: remove the folder ` +
        "and start again.",
    );
  }
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
