import { fileURLToPath } from "node:url";
import { dawnVariable } from "../../host/dawn/dawn.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { programs, type SurveyPart } from "./part.ts";

/** How a part's process ended. */
export interface PartEnd {
  readonly code: number;
  /** Whether it was ended because its time was up, or the survey was stopped. */
  readonly stopped: boolean;
  readonly seconds: number;
  readonly out: string;
  readonly error: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Seconds between asking a process to end and ending it. */
const patience = 5;

/** The command line of a part, from the root of the repository; on Dawn too where this process is. */
export function commandOf(
  { program, words, dawn }: Pick<SurveyPart, "program" | "words" | "dawn">,
): string[] {
  if (program === "python3") return ["python3", ...words];
  const onDawn = dawn || Boolean(Deno.env.get(dawnVariable));
  return [
    ...[Deno.execPath(), "run", "-q", "-A", "cli/launch.ts", "run", "-q", "--no-prompt", "-A"],
    ...[programs[program], ...onDawn ? ["--backend", "dawn"] : [], ...words],
  ];
}

/**
 * Runs a part in a process group of its own, for at most so many seconds; what it prints goes to its file where that is
 * its result. `signal` ends it early.
 */
export async function runPart(
  part: SurveyPart,
  folder: string,
  limitSeconds: number,
  signal?: AbortSignal,
): Promise<PartEnd> {
  const [program, ...args] = commandOf(part);
  const started = performance.now();
  const child = new Deno.Command(program, {
    args,
    cwd: root,
    env: { NO_COLOR: "1", ...part.environment },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // Its own children, tests and peers, end with it.
    detached: true,
  }).spawn();
  let stopped = false;
  const end = (name: Deno.Signal) => {
    try {
      Deno.kill(-child.pid, name);
    } catch {
      // It has ended meanwhile.
    }
  };
  let last: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    if (stopped) return;
    stopped = true;
    end("SIGTERM");
    last = setTimeout(() => end("SIGKILL"), 1000 * patience);
  };
  const limit = setTimeout(stop, 1000 * limitSeconds);
  signal?.addEventListener("abort", stop);
  try {
    const [{ code }, out, error] = await Promise.all([
      child.status,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    const result = { code, stopped, seconds: (performance.now() - started) / 1000, out, error };
    if (part.prints && out.trim() !== "" && !stopped) await writeFileAtomic(`${folder}/${part.file}`, out);
    return result;
  } finally {
    clearTimeout(limit);
    clearTimeout(last);
    signal?.removeEventListener("abort", stop);
    // What it has left behind must not disturb the next part.
    end("SIGKILL");
  }
}
