import { Command, Option } from "@commander-js/extra-typings";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { evaluateRanking } from "../badger/evaluate_ranking.ts";
import { rankingResult, rankingText } from "../badger/print_ranking.ts";
import { renderRankingReport } from "../badger/report/render_ranking_report.ts";
import type { CommandContext } from "../context.ts";
import { commandText } from "../environment.ts";
import { evaluateRun } from "../evaluate_run.ts";
import { checkOutputFile } from "../../runs/output_file.ts";
import { renderReport } from "../report/render_report.ts";
import { verdictOf } from "../report/verdict.ts";
import { isRankingRun } from "../run_folder.ts";
import { scoreTable } from "../score_table.ts";
import { UsageError } from "../usage_error.ts";

const help = `
Examples:
  perturbine evaluate runs/csg2a-skbr3
  perturbine evaluate runs/csg2a-skbr3 --control removed permuted --report control.html
  perturbine evaluate runs/csg2a-skbr3 --beside runs/csg2a-skbr3-drug-removed
  perturbine evaluate runs/csg2a-skbr3 --data data/a375 --json`;

/** \`perturbine evaluate\`: a run's metrics beside every free baseline. */
export function evaluateCommand(context: CommandContext) {
  return new Command("evaluate")
    .description("Score a run on its test part, or on other data, beside every free baseline")
    .argument("<run>", "run folder")
    .option("--data <dir>", "test all rows of this folder instead")
    .addOption(
      new Option("--control <drug...>", "score the same model with its drug input disturbed as well")
        .choices(["removed", "permuted"] as const),
    )
    .option("--beside <run...>", "show the models of other runs on the same split")
    .option("--report <file>", "write an HTML report of this evaluation")
    .option("--json", "print the result as JSON")
    .addHelpText("after", help)
    .action(async (run, flags) => {
      if (flags.report !== undefined) await checkOutputFile(flags.report);
      if (await isRankingRun(run)) return await evaluateRankingCommand(run, flags, context);
      const report = await evaluateRun({
        run,
        data: flags.data,
        controls: flags.control ?? [],
        beside: flags.beside ?? [],
        command: commandText(context.args),
      }, context.openBackend);
      if (flags.report !== undefined) await writeFileAtomic(flags.report, await renderReport(report));
      const { headline, detail, tone, best, relative } = verdictOf(report);
      if (flags.json) {
        const { ranking, scores, splitName, counts, notes, drugs, genes } = report;
        const verdict = { headline, tone, bestBaseline: best.name, relative };
        console.log(
          JSON.stringify({ run, split: splitName, counts, ranking, verdict, scores, notes, drugs, genes }),
        );
        return;
      }
      console.log(`${scoreTable(report)}\n\n${headline}. ${detail}`);
      for (const note of report.notes) console.log(note);
      if (flags.report !== undefined) console.log(`Report: ${flags.report}`);
    });
}

/** Runs of ranking models are always scored with every control. */
async function evaluateRankingCommand(
  run: string,
  flags: {
    readonly data?: string;
    readonly beside?: readonly string[];
    readonly report?: string;
    readonly json?: true;
  },
  context: CommandContext,
): Promise<void> {
  if (flags.data !== undefined || flags.beside !== undefined) {
    throw new UsageError(
      `${run} is a run of a ranking model, for which --data and --beside have no meaning; use \`perturbine compare\`.`,
    );
  }
  const report = await evaluateRanking(run, commandText(context.args));
  if (flags.report !== undefined) await writeFileAtomic(flags.report, await renderRankingReport(report));
  console.log(flags.json ? JSON.stringify(rankingResult(run, report)) : rankingText(report));
  if (flags.report !== undefined && !flags.json) console.log(`Report: ${flags.report}`);
}
