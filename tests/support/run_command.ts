import process from "node:process";
import { main } from "../../cli/main.ts";

/** What a command line did. */
export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, on this machine's device, and catches what it prints. */
export async function runCommand(...args: string[]): Promise<CommandOutcome> {
  const out: string[] = [], err: string[] = [];
  const { log, error } = console;
  const [writeOut, writeErr] = [process.stdout.write, process.stderr.write];
  console.log = (...words) => void out.push(words.join(" "));
  console.error = (...words) => void err.push(words.join(" "));
  process.stdout.write = ((text: string) => out.push(text) > 0) as typeof writeOut;
  process.stderr.write = ((text: string) => err.push(text) > 0) as typeof writeErr;
  try {
    return { code: await main(args), out: out.join("\n"), err: err.join("\n") };
  } finally {
    Object.assign(console, { log, error });
    process.stdout.write = writeOut;
    process.stderr.write = writeErr;
  }
}
