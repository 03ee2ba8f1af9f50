import { type Command, CommanderError } from "commander";
import { z } from "zod";
import { failureMessage } from "./failure_message.ts";
import { letFirstSpeak, rankOfLauncher, underMpi } from "./ranks.ts";
import { createProgram } from "./program.ts";
import { SettingsError, StoppedError } from "../runs/errors.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Runs a command line and returns its exit code: 0 it worked, 1 it failed (or was stopped), 2 the command line was wrong.
 *
 * @param args the words after `perturbine`
 */
export async function main(args: readonly string[]): Promise<number> {
  const json = args.includes("--json");
  const program = programFor(args);
  throwInsteadOfExit(program);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has told people already.
      if (error.exitCode !== 0 && json) printFailure(error.message.replace(/^error: /, ""));
      return error.exitCode === 0 ? 0 : 2;
    }
    const message = failureMessage(error);
    const stopped = error instanceof StoppedError;
    // A file's faults are UserErrors; what is left to the schema came from options.
    const asked = error instanceof UsageError || error instanceof SettingsError ||
      error instanceof z.ZodError;
    if (asked && underMpi()) await letFirstSpeak(rankOfLauncher());
    console.error(stopped ? message : `error: ${message}`);
    if (json && stopped) console.log(JSON.stringify({ status: "stopped", run: error.run, step: error.step }));
    else if (json) printFailure(message);
    return asked ? 2 : 1;
  }
}

function printFailure(error: string): void {
  console.log(JSON.stringify({ status: "failed", error }));
}

/** The whole command line, with what it takes to run another one. */
function programFor(args: readonly string[]): Command {
  return createProgram({ args, program: programFor, run: main });
}

/** Commands added to a program do not inherit this. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
