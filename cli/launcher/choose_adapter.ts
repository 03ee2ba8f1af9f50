import type { AdapterChoice } from "./adapter_choice.ts";
import type { BackendName } from "./backend_option.ts";
import { chooseDawn } from "./choose_dawn.ts";
import { swiftshaderEnvironment } from "../../host/swiftshader/swiftshader.ts";

const softwareMeaning = "a software driver on the CPU: same results, but tens of times slower than a GPU";

/**
 * Finds a WebGPU adapter: the system's, else (on x86-64 Linux) SwiftShader from npm.
 *
 * `PERTURBINE_ADAPTER=swiftshader` or `system` forces one of the two. On Linux the backend is held to Vulkan, since
 * without it a missing driver would be hidden by a silent fall-back to OpenGL (stack.md section 2).
 * @param cache folder for the unpacked driver
 * @throws {Error} in one sentence, saying what to install, when there is no adapter
 */
export async function chooseAdapter(cache: string, backend: BackendName = "wgpu"): Promise<AdapterChoice> {
  const wish = Deno.env.get("PERTURBINE_ADAPTER") ?? "";
  if (!["", "system", "swiftshader"].includes(wish)) {
    throw new Error(
      `PERTURBINE_ADAPTER is "${wish}", expected system or swiftshader; unset it to choose automatically.`,
    );
  }
  const common = await quietEnvironment(cache);
  if (backend === "dawn") {
    return await chooseDawn(cache, common, {
      system: wish !== "swiftshader",
      swiftshader: wish !== "system" && hasSwiftshader(),
    });
  }
  if (wish !== "swiftshader") {
    const backend: Record<string, string> = Deno.build.os === "linux" && !Deno.env.get("DENO_WEBGPU_BACKEND")
      ? { DENO_WEBGPU_BACKEND: "vulkan" }
      : {};
    for (const [name, value] of Object.entries({ ...common, ...backend })) Deno.env.set(name, value);
    const adapter = await navigator.gpu?.requestAdapter();
    if (adapter) return { environment: { ...common, ...backend }, line: describe(adapter) };
    if (wish === "system") throw new Error(`No system WebGPU adapter was found; ${remedy()}.`);
  }
  if (!hasSwiftshader()) throw new Error(`No WebGPU adapter was found; ${remedy()}.`);
  return {
    environment: { ...common, ...await swiftshaderEnvironment(cache) },
    line:
      `Adapter: SwiftShader from npm, ${softwareMeaning}; \`apt-get install -y mesa-vulkan-drivers\` gives a better one.`,
  };
}

function describe(adapter: GPUAdapter): string {
  const { description, device, vendor } = adapter.info;
  const name = description || device || vendor || "unnamed";
  return adapter.info.isFallbackAdapter ? `Adapter: ${name}, ${softwareMeaning}.` : `Adapter: ${name} (GPU).`;
}

function hasSwiftshader(): boolean {
  return Deno.build.os === "linux" && Deno.build.arch === "x86_64";
}

function remedy(): string {
  switch (Deno.build.os) {
    case "darwin":
      return "macOS has one (Metal) on every supported Mac, so check that this is no virtual machine without graphics";
    case "windows":
      return "install the graphics driver of your GPU's vendor (DirectX 12 or Vulkan)";
    default:
      return "install your GPU's Vulkan driver, or a software one with `apt-get install -y mesa-vulkan-drivers`";
  }
}

/** Mesa complains on every start when XDG_RUNTIME_DIR is unset; any folder of the user's own will do. */
async function quietEnvironment(cache: string): Promise<Record<string, string>> {
  if (Deno.build.os !== "linux" || Deno.env.get("XDG_RUNTIME_DIR")) return {};
  const folder = `${cache}/runtime`;
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  return { XDG_RUNTIME_DIR: folder };
}
