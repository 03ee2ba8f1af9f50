import { join } from "node:path";
import Table from "cli-table3";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import { UsageError } from "../usage_error.ts";
import { number } from "../../report/kit/numbers.ts";
import { childRun } from "./child_run.ts";
import { headlineMetrics, type RankingReport } from "./ranking_report_data.ts";
import { modelOf, rankingVerdict } from "./ranking_verdict.ts";
import { wordsWithout } from "./words_without.ts";

/**
 * Trains the five folds of a split, each as a resumable run `fold-K` of its own process in `path`, and prints mean and
 * standard deviation over the folds.
 *
 * @param args the words of this command line; the folds get the same without `--folds` and `--out`.
 * @throws {UsageError} for a split without folds, or when a fold fails.
 */
export async function trainAllFolds(
  config: RankingRunConfig,
  path: string,
  args: readonly string[],
  flags: { readonly json?: boolean; readonly quiet?: boolean; readonly force?: boolean },
): Promise<void> {
  if (!("fold" in config.split)) {
    throw new UsageError(`A split by ${config.split.kind} has no folds; choose cell_id, pert_id or pair_id.`);
  }
  const words = wordsWithout(args, ["--folds", "--fold", "--out"], ["--json", "--quiet", "--force"]);
  await Deno.mkdir(path, { recursive: true });
  const reports: RankingReport[] = [];
  for (let fold = 0; fold < 5; fold++) {
    if (!flags.quiet) console.error(`fold ${fold + 1} of 5`);
    const run = join(path, `fold-${fold}`);
    const start = [...words, "--fold", String(fold), "--out", run];
    reports.push(await childRun(run, start, { ...config, split: { ...config.split, fold } }, flags));
  }
  const summary = summarise(reports);
  await writeFileAtomic(`${path}/folds.json`, JSON.stringify(summary, null, 2) + "\n");
  console.log(
    flags.json ? JSON.stringify({ status: "finished", path, ...summary }) : tableOf(reports, summary),
  );
}

interface FoldSummary {
  readonly folds: number;
  readonly metrics: readonly {
    readonly metric: string;
    readonly mean: number;
    readonly deviation: number;
    readonly foldsAheadOfEveryBaseline: number;
  }[];
}

function summarise(reports: readonly RankingReport[]): FoldSummary {
  return {
    folds: reports.length,
    metrics: headlineMetrics.map((metric) => {
      const values = reports.map((report) => metric.of(modelOf(report)));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const ahead = reports.filter((report) =>
        rankingVerdict(report).standings.some((s) => s.metric.short === metric.short && s.wins)
      );
      return {
        metric: metric.short,
        mean,
        deviation: Math.sqrt(squares / (values.length - 1)),
        foldsAheadOfEveryBaseline: ahead.length,
      };
    }),
  };
}

function tableOf(reports: readonly RankingReport[], { metrics }: FoldSummary): string {
  const table = new Table({
    head: ["fold", ...metrics.map(({ metric }) => metric), "test rows"],
    colAligns: ["left", ...metrics.map(() => "right" as const), "right"],
    style: { head: [], border: [], compact: true },
  });
  reports.forEach((report, fold) =>
    table.push([
      String(fold),
      ...headlineMetrics.map((metric) => number(metric.of(modelOf(report)), 3)),
      report.counts.test,
    ])
  );
  table.push([
    "mean ± sd",
    ...metrics.map(({ mean, deviation }) => `${number(mean, 3)} ± ${number(deviation, 3)}`),
    "",
  ]);
  table.push([
    "ahead of every free baseline",
    ...metrics.map(({ foldsAheadOfEveryBaseline: ahead }) => `${ahead} of ${reports.length}`),
    "",
  ]);
  return table.toString();
}
