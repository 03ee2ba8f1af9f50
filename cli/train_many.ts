import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { number } from "../report/kit/numbers.ts";
import { headlineMetrics, shortName, signOf } from "../report/metric.ts";
import type { RunReport } from "../report/run_report.ts";
import type { TextTable } from "../report/kit/text_table.ts";
import { runName } from "../runs/configure.ts";
import { evaluateRun } from "../runs/evaluate.ts";
import { type FoldScore, overFolds } from "../runs/over_folds.ts";
import type { RunConfig } from "../runs/run_config.ts";
import { freeRunPath } from "../runs/run_folder.ts";
import { foldRuns, seedRuns, trainSeries } from "../runs/series.ts";
import { writeReport } from "../runs/write_report.ts";
import { commandText } from "./command_text.ts";
import type { CommandContext } from "./context.ts";
import { printAnswer, printReport } from "./print_answer.ts";
import { type StartFlags, watched } from "./watched.ts";

/** Which trainings of one configuration are asked for. */
export interface Many {
  /** Every fold of its split. */
  readonly allFolds: boolean;
  /** So many seeds, of each fold. */
  readonly seeds: number;
}

/**
 * Trains a configuration several times, each in a run folder of its own, and prints what they say together: the verdict over
 * seeds, or mean and deviation over folds. Given again, it keeps what is finished and goes on.
 */
export async function trainMany(
  config: RunConfig,
  { allFolds, seeds }: Many,
  flags: StartFlags,
  context: CommandContext,
): Promise<void> {
  const out = flags.out ?? await freeRunPath(`${runName(config)}-${allFolds ? "folds" : "seeds"}`);
  const folds = allFolds ? foldRuns(config, out) : [{ path: out, config }];
  const groups = folds.map((fold) => seeds > 1 ? seedRuns(fold.config, seeds, fold.path) : [fold]);
  const finished = await watched(
    flags,
    context,
    (options) => trainSeries(groups.flat(), { ...options, force: flags.force }),
  );
  const command = commandText(context.args);
  const reports: RunReport[] = [];
  for (const [place, group] of groups.entries()) {
    reports.push(
      seeds > 1 ? await evaluateRun(group.map(({ path }) => path), { command }) : finished[place].report,
    );
  }
  if (!allFolds) {
    await writeReport(out, reports[0]);
    return printReport(reports[0], flags, { status: "finished", run: out, report: `${out}/report.html` });
  }
  const result = {
    status: "finished",
    path: out,
    runs: groups.map(([{ path }], fold) => ({
      run: path,
      split: reports[fold].split,
      verdict: reports[fold].verdict,
    })),
    primary: reports[0].primary,
    models: overFolds(reports),
  };
  await writeFileAtomic(`${out}/folds.json`, JSON.stringify(result, null, 1) + "\n");
  printAnswer(flags, {
    result,
    table: foldTable(result.models, result.primary),
    lines: result.runs.map(({ run, verdict }) => `${run}: ${verdict.sentence}`),
    written: `${out}/folds.json`,
  });
}

/** Mean and deviation over folds, the best at the top. */
function foldTable(scores: readonly FoldScore[], primary: string): TextTable {
  const metrics = headlineMetrics(primary, scores.flatMap((score) => Object.keys(score.metrics)), 5);
  const sign = signOf(primary);
  const value = ({ metrics }: FoldScore) =>
    metrics[primary] ? sign * metrics[primary].mean : -Number.MAX_VALUE;
  return {
    head: ["over folds", ...metrics.map(shortName)],
    body: scores.toSorted((a, b) => value(b) - value(a)).map((score) => [
      score.role === "model" ? { strong: score.name } : score.name,
      ...metrics.map((name) => {
        const moments = score.metrics[name];
        return moments ? `${number(moments.mean)} ± ${number(moments.deviation)}` : "";
      }),
    ]),
  };
}
