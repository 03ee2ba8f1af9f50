import { fileURLToPath } from "node:url";
import { withDawn } from "../../host/dawn/dawn.ts";
import type { Contender } from "./contenders.ts";
import { type PeerAnswer, peerMark, type PeerRequest } from "./protocol.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Fetches the pinned packages of the contenders (once; they are no dependency of the project). @throws {Error} */
export async function installPeers(): Promise<void> {
  const args = ["install", "-q", "--config", `${folder}packages.json`];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, stderr: "piped" }).output();
  if (success) return;
  throw new Error(
    `the packages of the other libraries cannot be fetched from npm (${
      new TextDecoder().decode(stderr).trim()
    }).`,
  );
}

/** A contender's process: one request at a time, answered in order. */
export class PeerProcess {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<PeerAnswer>;
  readonly #complaints: Promise<string>;

  private constructor(readonly child: Deno.ChildProcess) {
    this.#writer = child.stdin.getWriter();
    this.#answers = answersOf(child.stdout);
    this.#complaints = new Response(child.stderr).text();
  }

  /** Starts a contender and waits until its library is loaded. @throws {Error} why it cannot take part */
  static async start({ script, args, packages }: Contender) {
    const config = packages ? ["--config", `${folder}packages.json`] : ["--no-config", "--no-lock"];
    const child = new Deno.Command(Deno.execPath(), {
      args: withDawn(["run", "-q", "-A", "--no-check", ...config, `${folder}${script}`, ...args]),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const process = new PeerProcess(child);
    const ready = await process.#next("ready");
    return { process, versions: ready.versions, adapter: ready.adapter };
  }

  /** Prepares a piece of work and hands back its outputs. @throws {Error} when the library cannot do it */
  async prepare(work: Extract<PeerRequest, { kind: "prepare" }>["work"]) {
    const temporary = await Deno.makeTempDir({ prefix: "perturbine-peer-" });
    try {
      await this.#send({ kind: "prepare", work, folder: temporary });
      const { outputs, firstMs } = await this.#next("prepared");
      const values: Record<string, Float32Array> = {};
      for (const name of outputs) {
        values[name] = new Float32Array((await Deno.readFile(`${temporary}/${name}.f32`)).buffer);
      }
      return { outputs: values, firstMs };
    } finally {
      await Deno.remove(temporary, { recursive: true });
    }
  }

  /** Milliseconds of a number of runs of the prepared work, until the last has ended. */
  async time(iterations: number): Promise<number> {
    await this.#send({ kind: "time", iterations });
    return (await this.#next("timed")).milliseconds;
  }

  /** Ends the process. */
  async end(): Promise<void> {
    await this.#send({ kind: "end" }).catch(() => {});
    await this.#writer.close().catch(() => {});
    await this.child.status;
    await this.#complaints;
  }

  async #send(request: PeerRequest): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
  }

  async #next<Kind extends PeerAnswer["kind"]>(kind: Kind): Promise<Extract<PeerAnswer, { kind: Kind }>> {
    const { value, done } = await this.#answers.next();
    if (!done && value.kind === kind) return value as Extract<PeerAnswer, { kind: Kind }>;
    if (!done && value.kind === "failed") throw new Error(value.message);
    const lines = (await this.#complaints).split("\n").filter((line) => !/XDG_RUNTIME_DIR|^\s*$/.test(line));
    const told = lines.findLast((line) => /^error|Error:/.test(line)) ?? lines.at(-1) ?? "it said nothing.";
    throw new Error(`its process ended without an answer: ${told}`);
  }
}

async function* answersOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<PeerAnswer> {
  let rest = "";
  for await (
    const text of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
  ) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.startsWith(peerMark)) yield JSON.parse(line.slice(peerMark.length));
  }
}
