import { vulkanDrivers } from "../../host/vulkan_drivers.ts";

/** Traces of graphics drivers on this machine; they explain a missing or slow adapter. */
export interface Machine {
  readonly os: typeof Deno.build.os;
  readonly arch: string;
  /** Installed Vulkan drivers (Linux), by name. */
  readonly vulkanDrivers: readonly string[];
  /** Kernel devices of a GPU (Linux): NVIDIA's, the generic one, Windows' under WSL. */
  readonly gpuDevices: readonly string[];
  /** Version of Debian's or Ubuntu's Mesa driver package, when installed. */
  readonly mesa?: string;
  /** Whether Perturbine's launcher chose SwiftShader from npm. */
  readonly swiftshader: boolean;
}

/** Looks for drivers where the operating system keeps them. Never fails: what cannot be read is absent. */
export async function inspectMachine(): Promise<Machine> {
  const { os, arch } = Deno.build;
  const devices = ["/dev/nvidia0", "/dev/nvidiactl", "/dev/dri/renderD128", "/dev/dxg"];
  return {
    os,
    arch,
    vulkanDrivers: os === "linux" ? (await vulkanDrivers()).map(({ name }) => name) : [],
    gpuDevices: os === "linux" ? devices.filter(present) : [],
    mesa: os === "linux" ? await debianVersion("mesa-vulkan-drivers") : undefined,
    swiftshader: (Deno.env.get("VK_DRIVER_FILES") ?? "").includes("swiftshader"),
  };
}

function present(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function debianVersion(name: string): Promise<string | undefined> {
  const status = await Deno.readTextFile("/var/lib/dpkg/status").catch(() => "");
  const entry = status.split("\n\n").find((block) => block.startsWith(`Package: ${name}\n`));
  return entry?.includes("ok installed") ? entry.match(/^Version: (.+)$/m)?.[1] : undefined;
}
