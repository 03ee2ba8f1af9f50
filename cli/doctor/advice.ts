import type { AdapterReport } from "./adapter_report.ts";
import type { Machine } from "./machine.ts";

/** From this Mesa on the software driver was measured 2 to 10 times faster on this project's kernels (stack.md section 2). */
const fastMesa = 25;

/** What the user could install or change, a sentence each; empty when a GPU is in use. */
export function adviceFor(machine: Machine, adapter: AdapterReport | undefined): string[] {
  if (adapter && !adapter.software) return [];
  const advice: string[] = [];
  if (machine.os === "linux") advice.push(...linuxAdvice(machine));
  else if (!adapter && machine.os === "darwin") {
    advice.push(
      "macOS offers an adapter (Metal) on every supported Mac; a virtual machine without graphics has none.",
    );
  } else if (machine.os === "windows") {
    advice.push("Install the graphics driver of your GPU's vendor; it brings DirectX 12 and Vulkan.");
  }
  return advice;
}

function linuxAdvice({ gpuDevices, vulkanDrivers, mesa, swiftshader }: Machine): string[] {
  const advice: string[] = [];
  const has = (start: string) => gpuDevices.some((device) => device.startsWith(start));
  if (has("/dev/nvidia") && !vulkanDrivers.some((name) => name.includes("nvidia"))) {
    advice.push(
      "An NVIDIA GPU is here, but its Vulkan driver is not: install the driver's graphics part (libnvidia-gl-VERSION " +
        "on Debian and Ubuntu; in a container, set NVIDIA_DRIVER_CAPABILITIES=all).",
    );
  } else if (has("/dev/dxg")) {
    advice.push(
      "This is WSL, whose GPU needs Mesa's dzn driver: `apt-get install -y mesa-vulkan-drivers` in a recent Ubuntu.",
    );
  } else if (has("/dev/dri") && !mesa) {
    advice.push(
      "A GPU is here; `apt-get install -y mesa-vulkan-drivers` brings the drivers for AMD and Intel.",
    );
  }
  if (!mesa && (swiftshader || vulkanDrivers.length === 0)) {
    advice.push(
      "A better software driver: `apt-get install -y mesa-vulkan-drivers` (lavapipe: more limits and features).",
    );
  } else if (mesa && Number.parseInt(mesa) < fastMesa) {
    advice.push(
      `Mesa ${mesa} is installed; from ${fastMesa} on its software driver is 2 to 10 times faster here. On Debian: ` +
        "`apt-get install -y -t bookworm-backports mesa-vulkan-drivers`, with backports enabled.",
    );
  }
  return advice;
}
