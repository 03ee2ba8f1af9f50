import { fileURLToPath } from "node:url";
import { dawnConfig, installDawn } from "../../host/dawn/dawn.ts";

/** A shader to compile; a kernel descriptor is one. */
export interface TintSource {
  /** What a problem calls it. */
  readonly name: string;
  /** WGSL with at least one entry point. */
  readonly code: string;
  /** Values of `override` constants. */
  readonly constants?: Readonly<Record<string, number>>;
}

/** What Tint objects to. */
export interface TintProblem {
  /** Name of the shader. */
  readonly name: string;
  /** What Tint says, with the line. */
  readonly message: string;
}

const folder = fileURLToPath(new URL(".", import.meta.url));

/**
 * Compiles shaders with Tint, the compiler of Chrome, on a device without a GPU: it finds what Deno's compiler lets
 * pass and browsers reject, such as a barrier in divergent control flow or too much workgroup memory, with the limits
 * that every WebGPU adapter has. A shader that enables an experimental extension of Chrome is compiled with those that Dawn has.
 *
 * The npm package that holds Tint (132 MB) is fetched on the first call; it is no dependency of the project.
 * @returns the problems; none when every shader compiles
 */
export async function compileWithTint(sources: readonly TintSource[]): Promise<TintProblem[]> {
  await installDawn();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", "--config", dawnConfig, `${folder}tint_worker.ts`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [output] = await Promise.all([child.output(), send(child.stdin, JSON.stringify(sources))]);
  if (!output.success) throw new Error(`Tint ended with exit code ${output.code}: ${text(output.stderr)}`);
  return JSON.parse(text(output.stdout)) as TintProblem[];
}

async function send(stream: WritableStream<Uint8Array>, content: string): Promise<void> {
  const writer = stream.getWriter();
  await writer.write(new TextEncoder().encode(content));
  await writer.close();
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim();
}
