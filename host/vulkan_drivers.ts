/** A Vulkan driver that is installed. */
export interface VulkanDriver {
  /** Name of its manifest: `lvp_icd.x86_64`, `nvidia_icd`. */
  readonly name: string;
  /** The manifest. */
  readonly file: string;
}

/** Where drivers put their manifests on Linux. */
const folders = ["/usr/local/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/share/vulkan/icd.d"];

/** The Vulkan drivers of this machine, by name. */
export async function vulkanDrivers(): Promise<VulkanDriver[]> {
  const found: VulkanDriver[] = [];
  for (const folder of folders) {
    const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    for (const { name } of entries) {
      if (name.endsWith(".json")) {
        found.push({ name: name.slice(0, -".json".length), file: `${folder}/${name}` });
      }
    }
  }
  return found.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/**
 * The driver with a number of that list, or whose name contains a word.
 *
 * @throws {Error} in one sentence, when there is none or the word fits several.
 */
export function driverCalled(word: string, drivers: readonly VulkanDriver[]): VulkanDriver {
  const list = drivers.map(({ name }, k) => `${k} ${name}`).join(", ") || "none";
  const fitting = /^\d+$/.test(word)
    ? drivers.filter((_, k) => k === Number(word))
    : drivers.filter(({ name }) => name.includes(word));
  if (fitting.length === 1) return fitting[0];
  throw new Error(
    `--adapter ${word}: ${
      fitting.length === 0 ? "no Vulkan driver" : `${fitting.length} Vulkan drivers`
    } of this number or name; there are: ${list}.`,
  );
}
