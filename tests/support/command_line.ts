import { main } from "../../cli/main.ts";

/** What a command line printed, and its exit code. */
export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, on the machine's own device, and catches what it prints. */
export async function commandLine(...args: string[]): Promise<CommandOutcome> {
  const out: string[] = [], err: string[] = [];
  const { log, error } = console;
  console.log = (...words) => void out.push(words.join(" "));
  console.error = (...words) => void err.push(words.join(" "));
  try {
    return { code: await main(args), out: out.join("\n"), err: err.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}
