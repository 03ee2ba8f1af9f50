import { runtimeName } from "../../engine/runtime_name.ts";
import { type PeerAnswer, peerMark, type PeerRequest, type PeerWork } from "./protocol.ts";

/** Work on a contender's device, compiled. */
export interface PreparedWork {
  /** Starts one run; need not wait. */
  run(): void | Promise<void>;
  /** Waits for all runs. */
  wait(): Promise<void>;
  /** Outputs of the last run: `y`, or the gradients as `d` + input. */
  outputs(): Promise<Readonly<Record<string, Float32Array>>>;
  /** Gives its memory back. */
  dispose(): void;
}

/** A library under measurement. */
export interface Peer {
  readonly versions: Readonly<Record<string, string>>;
  readonly adapter: string;
  prepare(work: PeerWork): Promise<PreparedWork>;
}

function answer(message: PeerAnswer): void {
  console.log(peerMark + JSON.stringify(message));
}

/** Serves requests from standard input until it is told to end: the main function of a contender's process. */
export async function servePeer(open: () => Promise<Peer>): Promise<void> {
  // Promises of some WebGPU implementations do not hold the event loop open.
  const alive = setInterval(() => {}, 50);
  let prepared: PreparedWork | undefined;
  try {
    const peer = await open();
    answer({ kind: "ready", versions: { runtime: runtimeName(), ...peer.versions }, adapter: peer.adapter });
    let empty = 0;
    for await (const request of requests()) {
      if (request.kind === "end") break;
      if (request.kind === "prepare") {
        prepared?.dispose();
        const started = performance.now();
        prepared = await peer.prepare(request.work);
        await prepared.run();
        await prepared.wait();
        const firstMs = performance.now() - started;
        const outputs = await prepared.outputs();
        for (const [name, values] of Object.entries(outputs)) {
          await Deno.writeFile(
            `${request.folder}/${name}.f32`,
            new Uint8Array(Float32Array.from(values).buffer),
          );
        }
        empty = await emptyWait(prepared);
        answer({ kind: "prepared", outputs: Object.keys(outputs), firstMs });
      } else {
        const started = performance.now();
        for (let k = 0; k < request.iterations; k++) await prepared!.run();
        await prepared!.wait();
        answer({ kind: "timed", milliseconds: Math.max(0, performance.now() - started - empty) });
      }
    }
  } catch (error) {
    answer({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
  clearInterval(alive);
  Deno.exit(0);
}

/** What a wait costs when there is nothing to wait for: least of three, subtracted from every time. */
async function emptyWait(prepared: PreparedWork): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < 3; attempt++) {
    const started = performance.now();
    await prepared.wait();
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

async function* requests(): AsyncGenerator<PeerRequest> {
  let rest = "";
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

/** Name of the WebGPU adapter that the process gets. */
export async function webgpuAdapter(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("no WebGPU adapter was found.");
  const { description, device, vendor } = adapter.info;
  return description || device || vendor || "unnamed adapter";
}
