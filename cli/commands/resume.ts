import { Command } from "@commander-js/extra-typings";
import type { CommandContext } from "../context.ts";
import { resumeRun } from "../run_command.ts";

/** \`perturbine resume\`: goes on with a run that was stopped or killed. */
export function resumeCommand(context: CommandContext) {
  return new Command("resume")
    .description("Go on with a stopped run; it ends in the same bytes as one that never stopped")
    .argument("<run>", "run folder")
    .option("--profile", "write trace.json: every kernel of one step, with its time")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no progress")
    .addHelpText("after", "\nExample:\n  perturbine resume runs/csg2a-skbr3")
    .action((run, flags) => resumeRun(run, flags, context));
}
