import { familyNames } from "../badger/predict_ranking.ts";
import { dataName } from "../badger/finish_ranking.ts";
import { rankingResult, rankingText } from "../badger/print_ranking.ts";
import { rankingCommand, rankingConfig } from "../badger/ranking_options.ts";
import { startRanking } from "../badger/run_ranking.ts";
import { trainAllFolds } from "../badger/train_all_folds.ts";
import type { CommandContext } from "../context.ts";
import { freeRunPath } from "../run_folder.ts";
import { UsageError } from "../usage_error.ts";
import type { RankingFamily } from "../../models/ranking_run_config.ts";

const help = (family: RankingFamily) => `
Examples:
  perturbine train ${family}                                             simulated data
  perturbine train ${family} --data DIR --split cell_id --fold 0
  perturbine train ${family} --data DIR --split pert_id --folds all --out runs/${family}-folds
  perturbine train ${family} --data DIR --split cell --genes 128 --hidden 32 --lr 1e-3 --epochs 60 --patience 0

Splits: cell_id, pert_id and pair_id are the release's five folds (unseen cell lines, drugs, pairs); random, drug and cell
go by hash. The released size wants a GPU; --hidden, --heads and --genes make it smaller, and the report says so.`;

/** `perturbine train FAMILY` for one of the ranking models. */
export function trainRankingCommand(family: RankingFamily, context: CommandContext) {
  return rankingCommand(family)
    .description(`Train ${familyNames[family]} as released on signatures in the BADGER layout`)
    .option("--folds <all>", "train all five folds as runs of their own, and give mean and deviation")
    .addHelpText("after", help(family))
    .action(async (flags) => {
      if (flags.folds !== undefined && flags.folds !== "all") {
        throw new UsageError(`--folds ${flags.folds}: expected "all"; choose one fold with --fold N.`);
      }
      const config = await rankingConfig(family, flags);
      const path = flags.out ??
        await freeRunPath(
          `${family}-${dataName(config).replace(/^the /, "")}-${config.split.kind}`.replace(/[^\w.-]+/g, "-"),
        );
      if (flags.folds !== undefined) {
        await trainAllFolds(config, path, context.args, flags);
        return;
      }
      const report = await startRanking(config, path, flags, context.args);
      console.log(
        flags.json
          ? JSON.stringify(rankingResult(path, report))
          : `${rankingText(report)}\nReport: ${path}/report.html`,
      );
    });
}
