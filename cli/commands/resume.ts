import { Command } from "commander";
import { readConfig } from "../../runs/read_config.ts";
import { follow, resume } from "../../runs/train.ts";
import type { CommandContext } from "../context.ts";
import { addProfileFlag, addRankFlags, addSayingFlags } from "../flags/output_flags.ts";
import { type RankFlags, refuseRankFlags, underMpi, withRanks } from "../ranks.ts";
import { printRun, type RunFlags, watched } from "../watched.ts";

/** `perturbine resume`: goes on with a run that was stopped or killed. */
export function resumeCommand(context: CommandContext): Command {
  const command = new Command("resume")
    .description("Go on with a stopped run; it ends in the same bytes as one that never stopped")
    .argument("<run>", "run folder");
  addRankFlags(addSayingFlags(addProfileFlag(command)));
  return command
    .addHelpText("after", "\nExample:\n  perturbine resume runs/csg2a-skbr3")
    .action(async (run: string, flags: RunFlags & RankFlags) => {
      if (!underMpi()) refuseRankFlags(flags);
      const finished = underMpi()
        ? await withRanks(flags, () => Promise.resolve(run), {
          lead: (group) => watched(flags, context, (options) => resume(run, { ...options, group })),
          follow: async (group) => {
            const config = await readConfig(run);
            await watched({ quiet: true }, context, ({ signal }) => follow(config, group, { run, signal }));
          },
        })
        : await watched(flags, context, (options) => resume(run, options));
      if (finished) printRun(finished, flags);
    });
}
