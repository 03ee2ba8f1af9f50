import { writeFileAtomic } from "../engine/write_file_atomic.ts";
import type { RunConfig } from "../models/run_config.ts";
import type { CommandContext } from "./context.ts";
import { commandText } from "./environment.ts";
import { listenForInterrupt } from "./interrupt.ts";
import type { ReportData } from "./report/report_data.ts";
import { createRunFolder, openRunFolder, type RunFolder } from "./run_folder.ts";
import { runTraining } from "./run_training.ts";
import { scoreTable } from "./score_table.ts";
import { processTerminal } from "./terminal.ts";
import { verdictOf } from "./report/verdict.ts";

/** Flags that every command which trains understands. */
export interface RunFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly profile?: boolean;
}

/** Starts a new run, trains it and prints its result. */
export async function startRun(
  config: RunConfig,
  path: string,
  flags: RunFlags & { readonly force?: boolean },
  context: CommandContext,
): Promise<void> {
  using folder = await createRunFolder(path, config, { force: flags.force });
  const command = commandText(context.args);
  await writeFileAtomic(`${path}/command.txt`, command + "\n");
  await finish(folder, command, flags, context);
}

/** Goes on with a stopped run and prints its result. */
export async function resumeRun(path: string, flags: RunFlags, context: CommandContext): Promise<void> {
  using folder = await openRunFolder(path);
  const command = await Deno.readTextFile(`${path}/command.txt`).then((text) => text.trim(), () => undefined);
  await finish(folder, command ?? commandText(context.args), flags, context);
}

async function finish(
  folder: RunFolder,
  command: string,
  flags: RunFlags,
  context: CommandContext,
): Promise<void> {
  const terminal = processTerminal({ quiet: flags.quiet });
  using interrupt = listenForInterrupt();
  const report = await runTraining({
    folder,
    openBackend: context.openBackend,
    terminal,
    signal: interrupt.signal,
    command,
    profile: flags.profile ?? false,
  });
  terminal.out(flags.json ? JSON.stringify(resultOf(folder.path, report)) : resultText(folder.path, report));
}

/** A finished run for machines. */
export function resultOf(run: string, report: ReportData): Record<string, unknown> {
  const { tone, best, relative, headline } = verdictOf(report);
  return {
    status: "finished",
    run,
    report: `${run}/report.html`,
    bestEpoch: report.bestEpoch,
    epochs: report.epochs.length,
    trainingSeconds: report.trainingSeconds,
    adapter: report.environment.adapter,
    memory: report.memory,
    split: report.splitName,
    ranking: report.ranking,
    verdict: { headline, tone, bestBaseline: best.name, relative },
    scores: report.scores,
    notes: report.notes,
  };
}

function resultText(run: string, report: ReportData): string {
  const { headline, detail } = verdictOf(report);
  return `\n${scoreTable(report)}\n\n${headline}. ${detail}\nReport: ${run}/report.html`;
}
