import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const config = ["--config", `${folder}packages.json`];

/**
 * Renders SVG texts as PNG files of twice their size, in a process of its own. The renderer and its font (3 MB) are
 * fetched from npm on the first call; they are no dependencies of the project.
 *
 * @throws {Error} when they cannot be fetched, or an SVG cannot be rendered
 */
export async function renderPngs(svgs: readonly string[]): Promise<Uint8Array[]> {
  await outputOf(["install", "-q", ...config]).catch((error: Error) => {
    throw new Error(`the renderer cannot be fetched from npm (${error.message})`);
  });
  const output = await outputOf(
    ["run", "-q", "--no-check", "--no-prompt", "--allow-read", ...config, `${folder}resvg_worker.ts`],
    JSON.stringify(svgs),
  );
  return (JSON.parse(output) as string[]).map((text) => Uint8Array.fromBase64(text));
}

/** What Deno prints when it is given `input`. @throws {Error} the first line of its complaint when it fails */
async function outputOf(args: string[], input = ""): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // A process that ends early closes its input; its complaint says why.
  const written = new Blob([input]).stream().pipeTo(child.stdin).catch(() => {});
  const [{ success, stdout, stderr }] = await Promise.all([child.output(), written]);
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr).replace(/^error: /, "").split("\n")[0]);
  return decoder.decode(stdout);
}
