/**
 * Runs the test files (`tests/**` + `/*_test.ts`), each in a process of its own, two at a time, and ends with the line
 * `N passed, N failed`, or `N passed, N failed, N skipped`. Just before it every failed test stands once more, with its file,
 * its name and the first lines of its message: below the line `failed tests:`, which CI looks for.
 *
 * Arguments choose files by a part of their path; what follows `--` goes to `deno test`. Files called
 * `*_speed_test.ts` measure time and run alone, last; `*_runs_test.ts` train for minutes and start first.
 */
import { discoverTests } from "./runner/discover_tests.ts";
import { failureLines } from "./runner/failure_lines.ts";
import { type FileResult, runTestFile } from "./runner/run_test_file.ts";

const split = Deno.args.indexOf("--");
const parts = split < 0 ? Deno.args : Deno.args.slice(0, split);
const options = split < 0 ? [] : Deno.args.slice(split + 1);

const files = await discoverTests(new URL(".", import.meta.url), parts);
if (files.length === 0) {
  console.error(`error: no test file has ${parts.map((part) => `"${part}"`).join(" or ")} in its path.`);
  Deno.exit(1);
}
const width = Math.max(...files.map((file) => file.length));
const results: FileResult[] = [];

function report(result: FileResult) {
  results.push(result);
  const counts = `${String(result.passed).padStart(4)} passed` +
    (result.failed > 0 ? `, ${result.failed} failed` : "") +
    (result.skipped > 0 ? `, ${result.skipped} skipped` : "");
  console.log(`${result.file.padEnd(width)}  ${counts}  ${(result.milliseconds / 1000).toFixed(1)} s`);
  for (const note of result.notes) console.log(`  ${note}`);
  if (result.failed > 0) console.log(result.output);
}

async function work(queue: string[]) {
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    report(await runTestFile(file, options));
  }
}

const timed = files.filter((file) => file.endsWith("_speed_test.ts"));
const long = files.filter((file) => file.endsWith("_runs_test.ts"));
const queue = [...long, ...files.filter((file) => !timed.includes(file) && !long.includes(file))];
await Promise.all([work(queue), work(queue)]);
await work(timed);

const sum = (count: (result: FileResult) => number) =>
  results.reduce((total, result) => total + count(result), 0);
const failures = results.toSorted((a, b) => a.file < b.file ? -1 : 1).flatMap(failureLines);
if (failures.length > 0) console.log(["", "failed tests:", ...failures].join("\n"));
const skipped = sum((result) => result.skipped);
console.log(
  `\n${sum((result) => result.passed)} passed, ${sum((result) => result.failed)} failed` +
    (skipped > 0 ? `, ${skipped} skipped` : ""),
);
Deno.exit(failures.length > 0 ? 1 : 0);
