import { fileURLToPath } from "node:url";
import { UserError } from "../../datasets/user_error.ts";
import type { Chip } from "./chips.ts";
import { needDriver } from "./driver.ts";
import { type MachineCode, UnknownOutput } from "./machine_code.ts";
import { nvkFilter, readNvk } from "./read_nvk.ts";
import { readRadv } from "./read_radv.ts";

/** A shader to compile. */
export interface LensSource {
  readonly code: string;
  readonly constants?: Readonly<Record<string, number>>;
}

/** What became of it: machine code with the driver's own text, or why WebGPU refused it. */
export type Compiled = { readonly code: MachineCode; readonly text: readonly string[] } | {
  readonly refused: string;
};

const worker = fileURLToPath(new URL("./compile_worker.ts", import.meta.url));

/**
 * Compiles shaders for a chip, in a process of its own under the no-op driver; `done` hears of each as it is ready.
 *
 * The output of NVK is 140 MB for all kernels of this project, so it is filtered and read while it is written.
 * @throws {UserError} where the driver is missing, ends early or prints what is not understood
 */
export async function compileOn(
  chip: Chip,
  sources: readonly LensSource[],
  cache: string,
  done: (index: number, compiled: Compiled) => void,
): Promise<void> {
  // NVK takes most of its time to print: two processes for it.
  const shares = chip.driver === "nvk" && sources.length > 16 ? 2 : 1;
  const indices = sources.map((_, index) => index);
  await Promise.all(
    Array.from({ length: shares }, (_, share) =>
      compileShare(
        chip,
        sources,
        indices.filter((index) => index % shares === share),
        cache,
        done,
      )),
  );
}

async function compileShare(
  chip: Chip,
  sources: readonly LensSource[],
  share: readonly number[],
  cache: string,
  done: (index: number, compiled: Compiled) => void,
): Promise<void> {
  let open = share;
  while (open.length > 0) {
    const silent: number[] = [];
    await compileOnce(chip, open.map((index) => sources[index]), cache, (place, compiled) => {
      if (compiled) done(open[place], compiled);
      else silent.push(open[place]);
    });
    // NVK keeps what it compiled and prints nothing for a kernel that comes to the same: a new process prints it.
    if (silent.length === open.length) {
      throw new UserError(
        `${chip.name}: the driver printed no code; the readers know Mesa 25.0, --fetch unpacks it.`,
      );
    }
    open = silent;
  }
}

/** One process. `done` gets undefined for a kernel of which nothing was printed. */
async function compileOnce(
  chip: Chip,
  sources: readonly LensSource[],
  cache: string,
  done: (index: number, compiled: Compiled | undefined) => void,
): Promise<void> {
  const { command: [program, ...first], environment } = needDriver(chip, cache);
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(
      file,
      JSON.stringify(sources.map(({ code, constants }) => ({ code, constants }))),
    );
    const child = new Deno.Command(program, {
      args: [...first, "run", "-q", "--no-config", "-A", "--unstable-webgpu", worker, file],
      env: { ...environment, NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    await readReport(child.stderr, chip, sources.length, done);
    await child.status;
  } finally {
    await Deno.remove(file);
  }
}

async function readReport(
  stream: ReadableStream<Uint8Array>,
  chip: Chip,
  expected: number,
  done: (index: number, compiled: Compiled | undefined) => void,
): Promise<void> {
  let index = -1, count = 0, refused: string | undefined, last = "";
  let lines: string[] = [];
  const keep = chip.driver === "nvk" ? nvkFilter() : () => true;
  const finish = () => {
    if (index < 0) return;
    count++;
    if (refused !== undefined) return done(index, { refused });
    if (!lines.some((line) => line.trim() !== "")) return done(index, undefined);
    try {
      const code = chip.driver === "nvk" ? readNvk(lines, chip) : readRadv(lines);
      done(index, { code, text: lines });
    } catch (error) {
      if (!(error instanceof UnknownOutput)) throw error;
      throw new UserError(`${chip.name}: ${error.message}; the readers know Mesa 25.0, --fetch unpacks it.`);
    }
  };
  for await (const line of linesOf(stream)) {
    const mark = /^@@@(\w+) ?(.*)$/.exec(line);
    if (!mark) {
      if (line.trim() !== "") last = line;
      if (index >= 0 && keep(line)) lines.push(line);
    } else if (mark[1] === "ERROR") refused = mark[2];
    else if (mark[1] === "KERNEL" || mark[1] === "END") {
      finish();
      lines = [];
      refused = undefined;
      index = mark[1] === "END" ? -1 : Number(mark[2]);
    } else if (mark[1] === "NO") {
      throw new UserError(
        `${chip.name}: the no-op driver shows no adapter; give --fetch for one that is known to.`,
      );
    }
  }
  if (count < expected) {
    throw new UserError(
      `${chip.name}: the compiler ended after ${count} of ${expected} kernels; it said "${last}".`,
    );
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (
    const chunk of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
  ) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest) yield rest;
}
