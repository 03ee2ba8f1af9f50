import { UserError } from "../../datasets/user_error.ts";
import type { Chip } from "./chips.ts";

/** How Deno is started so that its WebGPU compiles for a chip that is not there. */
export interface NoopDriver {
  /** The program and its first arguments; Deno's own follow. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
}

const shims = { radv: "libamdgpu_noop_drm_shim.so", nvk: "libnouveau_noop_drm_shim.so" } as const;
const drivers = { radv: "radeon", nvk: "nouveau" } as const;
const libraries = "usr/lib/x86_64-linux-gnu";

/** What makes the drivers print. */
const prints = {
  radv: { RADV_DEBUG: "shaderstats,nocache,asm" },
  nvk: { NAK_DEBUG: "print", NVK_I_WANT_A_BROKEN_VULKAN_DRIVER: "1" },
} as const;

/** Where `--fetch` unpacks the packages. */
export function lensFolder(cache: string): string {
  return `${cache}/gpu-lens`;
}

/** The no-op driver of a chip: unpacked in the cache, else the system's; undefined where there is none. */
export function findDriver(chip: Chip, cache: string): NoopDriver | undefined {
  const shim = shims[chip.driver];
  const environment = {
    ...prints[chip.driver],
    ...chip.environment,
    MESA_SHADER_CACHE_DISABLE: "true",
    DENO_WEBGPU_BACKEND: "vulkan",
  };
  const own = `${lensFolder(cache)}/root/${libraries}`;
  if (exists(`${lensFolder(cache)}/complete`)) {
    // A newer C library than the system's: the packages' own loader runs Deno.
    return {
      command: [
        `${own}/ld-linux-x86-64.so.2`,
        "--preload",
        `${own}/${shim}`,
        "--library-path",
        own,
        Deno.execPath(),
      ],
      environment: { ...environment, VK_ICD_FILENAMES: `${lensFolder(cache)}/${drivers[chip.driver]}.json` },
    };
  }
  const description = systemDescription(drivers[chip.driver]);
  if (!description || !exists(`/${libraries}/${shim}`)) return undefined;
  return {
    command: [Deno.execPath()],
    environment: { ...environment, VK_ICD_FILENAMES: description, LD_PRELOAD: `/${libraries}/${shim}` },
  };
}

/** The same. @throws {UserError} where there is none, saying what to install */
export function needDriver(chip: Chip, cache: string): NoopDriver {
  const found = findDriver(chip, cache);
  if (found) return found;
  throw new UserError(
    `Mesa's no-op driver for ${chip.name} was not found; \`apt-get install mesa-drm-shim mesa-vulkan-drivers\` (Debian 13, ` +
      "Ubuntu 24.04; Debian 12 from backports, AMD only), or give --fetch to unpack it below .cache (170 MB).",
  );
}

/** The file by which the Vulkan loader finds a driver. */
function systemDescription(driver: string): string | undefined {
  const folder = "/usr/share/vulkan/icd.d";
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const found = names.find((name) => name.startsWith(`${driver}_icd`) && !name.includes("i686"));
    return found && `${folder}/${found}`;
  } catch {
    return undefined;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
