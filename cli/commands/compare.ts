import Table from "cli-table3";
import { join } from "node:path";
import { styleText } from "node:util";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { rankingFamilies, type RankingFamily } from "../../models/ranking_run_config.ts";
import { childRun } from "../badger/child_run.ts";
import { comparisonMarkdown, comparisonRows, comparisonTable, leaders } from "../badger/comparison.ts";
import { dataName } from "../badger/finish_ranking.ts";
import { familyNames } from "../badger/predict_ranking.ts";
import type { RankingReport } from "../badger/ranking_report_data.ts";
import { rankingCommand, rankingConfig } from "../badger/ranking_options.ts";
import { renderComparison } from "../badger/report/compare_page.ts";
import type { CommandContext } from "../context.ts";
import { number } from "../../report/kit/numbers.ts";
import { freeRunPath } from "../run_folder.ts";
import { UsageError } from "../usage_error.ts";
import { wordsWithout } from "../badger/words_without.ts";

const help = `
Every model is a run of its own in the folder (stopped ones go on, finished ones are kept when the command is given again), on
the same rows, beside the free baselines and the controls. Options of training apply to every model that has them.

Examples:
  perturbine compare                                              all six on simulated data
  perturbine compare --data DIR --split cell_id --models badger-light,mlp
  perturbine compare --data DIR --split drug --genes 128 --hidden 32 --lr 1e-3 --epochs 20 --patience 0 --out runs/unseen-drug`;

/** \`perturbine compare\`: several ranking models, baselines and controls on the same rows. */
export function compareCommand(context: CommandContext) {
  return rankingCommand("compare")
    .description("Train several ranking models on the same split and set them beside baselines and controls")
    .option("--models <names>", "models, separated by commas, or all", "all")
    .addHelpText("after", help)
    .action(async (flags) => {
      const families = chosen(flags.models);
      if (flags.session !== undefined) {
        throw new UsageError(
          "--session names one model's settings; compare takes the released sessions, see --set.",
        );
      }
      // Checked before anything is trained.
      const split = flags.split ?? "pert_id";
      // The same rows for all: DeepCE and CIGER would take cell lines without vectors too.
      const cellVectors = flags.cellVectors ?? "similarity";
      const configs = await Promise.all(
        families.map((family) => rankingConfig(family, { ...flags, split, cellVectors })),
      );
      const [config] = configs;
      const path = flags.out ??
        await freeRunPath(
          `compare-${dataName(config).replace(/^the /, "")}-${split}`.replace(/[^\w.-]+/g, "-"),
        );
      const words = wordsWithout(context.args, ["--models", "--out", "--split"], [
        "--json",
        "--quiet",
        "--force",
      ])
        .slice(1);
      await Deno.mkdir(path, { recursive: true });
      const reports: RankingReport[] = [];
      for (const [place, family] of families.entries()) {
        if (!flags.quiet) console.error(familyNames[family]);
        const run = join(path, family);
        const vectors = flags.cellVectors === undefined ? ["--cell-vectors", "similarity"] : [];
        const start = ["train", family, ...words, "--split", split, ...vectors, "--out", run];
        reports.push(await childRun(run, start, configs[place], flags));
      }
      const rows = comparisonRows(reports);
      const title = `${families.length} models on ${dataName(config)}`;
      await writeFileAtomic(`${path}/comparison.md`, comparisonMarkdown(rows));
      await writeFileAtomic(
        `${path}/comparison.json`,
        JSON.stringify({ split: reports[0].splitName, rows }, null, 1) + "\n",
      );
      await writeFileAtomic(`${path}/comparison.html`, renderComparison(title, reports, rows));
      if (flags.json) {
        console.log(JSON.stringify({ status: "finished", path, split: reports[0].splitName, rows }));
        return;
      }
      const { head, body } = comparisonTable(rows);
      const table = new Table({
        head,
        colAligns: head.map((_, column) => column === 0 ? "left" : "right"),
        style: { head: [], border: [], compact: true },
      });
      body.forEach((cells, at) =>
        table.push(rows[at].kind === "model" ? cells.map((cell) => styleText("bold", cell)) : cells)
      );
      console.log(table.toString());
      for (const { metric, row, value } of leaders(rows)) {
        const kind = row.kind === "model" ? "" : ", a free baseline";
        console.log(`${metric}: ${row.name}${kind}, leads with ${number(value, 3)}`);
      }
      console.log(`Written: ${path}/comparison.html, comparison.md, comparison.json`);
    });
}

function chosen(text: string): readonly RankingFamily[] {
  if (text === "all") return rankingFamilies;
  return text.split(",").map((word) => {
    const family = rankingFamilies.find((name) => name === word.trim());
    if (family) return family;
    throw new UsageError(`--models ${word}: expected some of ${rankingFamilies.join(", ")}, or all.`);
  });
}
