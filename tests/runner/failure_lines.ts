import type { FileResult } from "./run_test_file.ts";

/** As much of a message as says what was expected and what came. */
const longest = 8;

/**
 * What failed in a file, short enough to stand together at the end of a long log: for each test the file and the name,
 * and below it, indented, the first lines of its message. A file that died with no test at fault shows its notes and
 * the last lines that it printed.
 */
export function failureLines({ file, failed, notes, output }: FileResult): string[] {
  if (failed === 0) return [];
  const errors = output.split(/^ ERRORS\s*$/m).at(-1)!.match(/^([\s\S]*?)^ FAILURES\s*$/m)?.[1];
  if (errors === undefined) {
    const said = output.split("\n").filter((line) => line.trim() !== "");
    return [file, ...indented([...notes, ...said.slice(-longest)])];
  }
  return errors.split(/\n(?=\S.* => \S+:\d+:\d+$)/m).map((test) => test.trim()).filter(Boolean).flatMap(
    (test) => {
      const [title, ...message] = test.split("\n");
      const [, name, place] = /^(.*) => \S+?(:\d+:\d+)$/.exec(title) ?? [title, title, ""];
      const end = message.findIndex((line) => /^ {4}at /.test(line)); // where the stack begins
      return [
        `${file}${place} ${name}`,
        ...indented(message.slice(0, Math.min(longest, end < 0 ? longest : end))),
      ];
    },
  );
}

function indented(lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== "").map((line) => `    ${line.slice(0, 400)}`);
}
