import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** A viewer that is being served. */
export interface OpenViewer {
  readonly url: string;
  /** Ends when the viewer is stopped. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

/**
 * Serves a Chrome trace with speedscope in a process of its own, on this machine only. The viewer (1 MB) is fetched from
 * npm on the first call; it is no dependency of the project.
 *
 * @throws {Error} when it cannot be fetched or started
 */
export async function openViewer(trace: string): Promise<OpenViewer> {
  const config = ["--config", `${folder}packages.json`];
  const install = await new Deno.Command(Deno.execPath(), { args: ["install", "-q", ...config] }).output();
  if (!install.success) {
    throw new Error(
      `the viewer cannot be fetched from npm (${new TextDecoder().decode(install.stderr).trim()}).`,
    );
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "--no-check",
      "--allow-read",
      "--allow-env",
      "--allow-net=127.0.0.1",
      ...config,
      `${folder}serve_viewer.ts`,
      resolve(trace),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("the viewer ended before it served anything.");
    text += value;
  }
  const stop = () => {
    try {
      child.kill();
    } catch {
      // It has ended already.
    }
  };
  const ended = Promise.all([child.status, reader.cancel()]);
  return { url: text.split("\n")[0], ended, stop };
}

/** Asks the desktop to show an address; false where there is no desktop. */
export async function showInBrowser(url: string): Promise<boolean> {
  const command = Deno.build.os === "darwin"
    ? ["open", url]
    : Deno.build.os === "windows"
    ? ["cmd", "/c", "start", "", url]
    : ["xdg-open", url];
  try {
    const { success } = await new Deno.Command(command[0], {
      args: command.slice(1),
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
