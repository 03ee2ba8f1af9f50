import { Command } from "@commander-js/extra-typings";
import { rankingResult, rankingText } from "../badger/print_ranking.ts";
import { resumeRanking } from "../badger/run_ranking.ts";
import type { CommandContext } from "../context.ts";
import { resumeRun } from "../run_command.ts";
import { isRankingRun } from "../run_folder.ts";

/** \`perturbine resume\`: goes on with a run that was stopped or killed. */
export function resumeCommand(context: CommandContext) {
  return new Command("resume")
    .description("Go on with a stopped run; it ends in the same bytes as one that never stopped")
    .argument("<run>", "run folder")
    .option("--profile", "write trace.json: every kernel of one step, with its time")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no progress")
    .addHelpText("after", "\nExample:\n  perturbine resume runs/csg2a-skbr3")
    .action(async (run, flags) => {
      if (!await isRankingRun(run)) return await resumeRun(run, flags, context);
      const report = await resumeRanking(run, flags, context.args);
      console.log(
        flags.json
          ? JSON.stringify(rankingResult(run, report))
          : `${rankingText(report)}\nReport: ${run}/report.html`,
      );
    });
}
