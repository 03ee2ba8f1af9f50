import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { UserError } from "../../datasets/user_error.ts";
import type { Chip } from "./chips.ts";
import { needDriver } from "./driver.ts";
import { type MachineCode, UnknownOutput } from "./machine_code.ts";
import { nvkLines, readNvk } from "./read_nvk.ts";
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

/** Shaders a process: what NVK prints of these is some 10 MB. */
const together = 24;

/**
 * Compiles shaders for a chip, in processes of their own under the no-op driver, two at a time; `done` hears of each.
 *
 * @throws {UserError} where the driver is missing, ends early or prints what is not understood
 */
export async function compileOn(
  chip: Chip,
  sources: readonly LensSource[],
  cache: string,
  done: (index: number, compiled: Compiled) => void,
): Promise<void> {
  const shares: number[][] = [];
  for (let from = 0; from < sources.length; from += together) {
    shares.push(sources.slice(from, from + together).map((_, k) => from + k));
  }
  const work = async () => {
    for (let share = shares.shift(); share; share = shares.shift()) {
      await compileShare(chip, sources, share, cache, done);
    }
  };
  await Promise.all([work(), work()]);
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
  const { command, environment } = needDriver(chip, cache);
  const folder = await Deno.makeTempDir({ prefix: "perturbine-lens-" });
  try {
    const [asked, printed] = [`${folder}/sources.json`, `${folder}/printed.txt`];
    await Deno.writeTextFile(
      asked,
      JSON.stringify(sources.map(({ code, constants }) => ({ code, constants }))),
    );
    // Into a file: NVK writes a word at a time, and a pipe's reader would be woken for each.
    await new Deno.Command("sh", {
      args: [
        ...["-c", 'out=$1; shift; exec "$@" 2>"$out"', "sh", printed, ...command],
        ...["run", "-q", "--no-config", "-A", "--unstable-webgpu", worker, asked],
      ],
      env: { ...environment, NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    readReport(Buffer.from((await Deno.readFile(printed)).buffer), chip, sources.length, done);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const mark = "@@@";

/** What a process printed, kernel by kernel: between two marks stands the first one's. */
function readReport(
  bytes: Buffer,
  chip: Chip,
  expected: number,
  done: (index: number, compiled: Compiled | undefined) => void,
): void {
  let index = -1, count = 0, refused: string | undefined, from = 0;
  const finish = (to: number) => {
    if (index < 0) return;
    count++;
    if (refused !== undefined) return done(index, { refused });
    const text = bytes.subarray(from, to);
    const lines = chip.driver === "nvk" ? nvkLines(text) : text.toString().split("\n");
    if (!lines.some((line) => line.trim() !== "")) return done(index, undefined);
    try {
      done(index, { code: chip.driver === "nvk" ? readNvk(lines, chip) : readRadv(lines), text: lines });
    } catch (error) {
      if (!(error instanceof UnknownOutput)) throw error;
      throw new UserError(`${chip.name}: ${error.message}; the readers know Mesa 25.0, --fetch unpacks it.`);
    }
  };
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    const lineEnd = bytes.indexOf("\n", at);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    const [, name, rest] = /^@@@(\w+) ?(.*)$/.exec(bytes.toString("utf8", at, end)) ?? [];
    if (name === "ERROR") refused = rest;
    else if (name === "KERNEL" || name === "END") {
      finish(at);
      from = end;
      refused = undefined;
      index = name === "END" ? -1 : Number(rest);
    } else if (name === "NO") {
      throw new UserError(
        `${chip.name}: the no-op driver shows no adapter; give --fetch for one that is known to.`,
      );
    }
  }
  if (count < expected) {
    const last = bytes.toString("utf8", Math.max(0, bytes.length - 400)).trim().split("\n").at(-1) ?? "";
    throw new UserError(
      `${chip.name}: the compiler ended after ${count} of ${expected} kernels; it said "${last}".`,
    );
  }
}
