import { fileURLToPath } from "node:url";
import packages from "./packages.json" with { type: "json" };

/** Names the variable that tells a program the file of the npm package `webgpu`: set, it runs on Dawn. */
export const dawnVariable = "PERTURBINE_DAWN";

/** Version of the package. */
export const dawnVersion: string = packages.imports.webgpu.split("@").at(-1)!;

/** Pins the package; with its 132 MB it is kept out of the project's own imports. */
export const dawnConfig: string = fileURLToPath(new URL("packages.json", import.meta.url));

/**
 * Deno's arguments, of `deno run` or `deno test`, such that the program finds Dawn, Chrome's implementation of WebGPU, as
 * `navigator.gpu`; unchanged unless `PERTURBINE_DAWN` is set, as it is in a program that runs on Dawn itself.
 *
 * Source: stack.md section 10.
 */
export function withDawn([command, ...rest]: readonly string[]): string[] {
  if (!Deno.env.get(dawnVariable)) return [command, ...rest];
  const preload = `--preload=${fileURLToPath(new URL("preload.ts", import.meta.url))}`;
  // Deno refuses the one permission beside all of them.
  return [command, ...rest.includes("-A") ? [] : ["--allow-ffi"], preload, ...rest];
}

/** Fetches the package, once. @throws {Error} why it cannot be fetched */
export async function installDawn(): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "-q", "--config", dawnConfig],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  throw new Error(
    `Dawn (the npm package webgpu, 132 MB, once) cannot be fetched from npm (${
      firstLine(stderr)
    }); check the network.`,
  );
}

/** The first line of what Deno complains of: behind it come causes and a stack. */
export function firstLine(complaint: Uint8Array): string {
  return new TextDecoder().decode(complaint).trim().replace(/^error: /, "").split("\n")[0];
}
