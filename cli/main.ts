import { type Command, CommanderError } from "commander";
import { openDeviceBackend } from "./device_backend.ts";
import type { CommandContext } from "./context.ts";
import { z } from "zod";
import { failureMessage } from "./failure_message.ts";
import { createProgram } from "./program.ts";
import { StoppedError } from "../runs/stopped_error.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Runs a command line and returns its exit code: 0 it worked, 1 it failed (or was stopped), 2 the command line was wrong.
 *
 * @param args the words after `perturbine`
 * @param context what tests replace; by default the machine's own device
 */
export async function main(args: readonly string[], context: Partial<CommandContext> = {}): Promise<number> {
  const json = args.includes("--json");
  const full: CommandContext = {
    openBackend: openDeviceBackend,
    ...context,
    args,
    program: (words) => createProgram({ ...full, args: words }) as unknown as Command,
    run: (words) => main(words, context),
  };
  const program = full.program(args);
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
    console.error(stopped ? message : `error: ${message}`);
    if (json && stopped) console.log(JSON.stringify({ status: "stopped", run: error.run, step: error.step }));
    else if (json) printFailure(message);
    // A file's faults are UserErrors; what is left to the schema came from options.
    return error instanceof UsageError || error instanceof z.ZodError ? 2 : 1;
  }
}

function printFailure(error: string): void {
  console.log(JSON.stringify({ status: "failed", error }));
}

/** Commands added to a program do not inherit this. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
