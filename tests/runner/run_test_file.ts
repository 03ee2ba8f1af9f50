import { longTests } from "../support/long_tests.ts";
import { stripVTControlCharacters } from "node:util";
import { withDawn } from "../../host/dawn/dawn.ts";

/** What one test file gave. */
export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  /** Registered as ignored, or ended after saying that it skips something. */
  readonly skipped: number;
  readonly milliseconds: number;
  /** Worth a line each whatever the outcome: what was skipped, and whether the file had to run twice. */
  readonly notes: readonly string[];
  /** Everything the file printed. */
  readonly output: string;
}

/** A file that has not ended after this long hangs. */
const longest = (longTests ? 90 : 20) * 60_000;
/** Exit codes of abort and segmentation fault. */
const crashCodes = [134, 139];

/**
 * Runs one test file with `deno test` in a process of its own.
 *
 * A process that dies with 134 or 139 after all its tests have passed is run once more: Deno's runtime, when it
 * leaves `deno test` while a GPU device exists, rarely crashes after the last result (engine-notes.md 1.4). Any
 * other death counts as a failure.
 */
export async function runTestFile(
  file: string,
  options: readonly string[] = [],
  runOnce: RunOnce = denoTest,
): Promise<FileResult> {
  const start = performance.now();
  let run = await runOnce(file, options);
  const notes: string[] = [];
  if (crashCodes.includes(run.code) && run.summary?.failed === 0) {
    notes.push(
      `all ${run.summary.passed} tests passed, then the process crashed while leaving (exit ${run.code}), as Deno rarely does with a GPU device; it was run once more`,
    );
    run = await runOnce(file, options);
  }
  const { code, summary, output } = run;
  notes.push(
    ...new Set(output.split("\n").map((line) => line.trim()).filter((line) => line.startsWith("skipped:"))),
  );
  const saidSo = skippingTests(output);
  let failed = summary?.failed ?? 0;
  if (code !== 0 && failed === 0) {
    failed = 1;
    notes.push(
      code === 124 ? `stopped after ${longest / 60_000} minutes` : `the process ended with exit code ${code}`,
    );
  }
  return {
    file,
    passed: (summary?.passed ?? 0) - saidSo,
    failed,
    skipped: (summary?.ignored ?? 0) + saidSo,
    milliseconds: performance.now() - start,
    notes,
    output,
  };
}

/**
 * Tests that Deno counts as passed although they have printed a line `skipped: REASON`: what they need is known only when they
 * run (a feature of the adapter, a package that must be fetched).
 */
export function skippingTests(output: string): number {
  let count = 0, printed = false, says = false;
  for (const line of output.split("\n")) {
    if (line === "------- output -------") printed = true;
    else if (line === "----- output end -----") printed = false;
    else if (printed) says ||= line.startsWith("skipped:");
    else {
      // Steps are indented; they belong to the test that follows them.
      const end = /^\S.* \.\.\. (ok|FAILED|ignored)\b/.exec(line);
      if (!end) continue;
      if (says && end[1] === "ok") count++;
      says = false;
    }
  }
  return count;
}

/** Runs a file one time; tests put another in the place of `deno test`. */
export type RunOnce = (file: string, options: readonly string[]) => Promise<Run>;

/** What Deno says last. */
export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

/** How one run of a file ended. */
export interface Run {
  readonly code: number;
  readonly summary?: Summary;
  readonly output: string;
}

async function denoTest(file: string, options: readonly string[]): Promise<Run> {
  // Types are checked by `deno task check`, once for all files.
  const child = new Deno.Command(Deno.execPath(), {
    args: withDawn(["test", "-A", "--no-check", ...options, file]),
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    child.kill("SIGKILL");
  }, longest);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decode = (bytes: Uint8Array) => stripVTControlCharacters(new TextDecoder().decode(bytes));
  const output = `${decode(stdout)}${decode(stderr)}`;
  return { code: expired ? 124 : code, summary: readSummary(output), output };
}

/** Reads Deno's own last line, `ok | 3 passed (2 steps) | 0 failed | 1 ignored (1s)`, which it prints before leaving. */
export function readSummary(output: string): Summary | undefined {
  const lines = [
    ...output.matchAll(
      /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored)?/gm,
    ),
  ];
  const [passed, failed, ignored] = lines.at(-1)?.slice(1).map((digits) => Number(digits ?? 0)) ?? [];
  return passed === undefined ? undefined : { passed, failed, ignored };
}
