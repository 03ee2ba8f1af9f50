import { Command } from "commander";
import { resume } from "../../runs/train.ts";
import type { CommandContext } from "../context.ts";
import { addProfileFlag, addSayingFlags } from "../flags/output_flags.ts";
import { printRun, type RunFlags, watched } from "../watched.ts";

/** `perturbine resume`: goes on with a run that was stopped or killed. */
export function resumeCommand(context: CommandContext): Command {
  const command = new Command("resume")
    .description("Go on with a stopped run; it ends in the same bytes as one that never stopped")
    .argument("<run>", "run folder");
  addSayingFlags(addProfileFlag(command));
  return command
    .addHelpText("after", "\nExample:\n  perturbine resume runs/csg2a-skbr3")
    .action(async (run: string, flags: RunFlags) =>
      printRun(await watched(flags, context, (options) => resume(run, options)), flags)
    );
}
