import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { RunStore } from "../models/run_store.ts";
import type { RunConfig } from "../models/run_config.ts";
import { requireSameData, writeFingerprint } from "./data_fingerprint.ts";
import { prepareRun } from "./prepare_run.ts";
import type { CommandContext } from "./context.ts";
import { noteAdapter } from "../runs/adapters_of_run.ts";
import { commandText } from "./environment.ts";
import { listenForInterrupt } from "./interrupt.ts";
import type { ReportData } from "./report/report_data.ts";
import { checkRunFolder, createRunFolder, openRunFolder } from "./run_folder.ts";
import { type RunRequest, runTraining } from "./run_training.ts";
import { startParameters } from "./start_parameters.ts";
import { scoreTable } from "./score_table.ts";
import { genesToFollow } from "./run_genes.ts";
import { keepTuning, tuningOfRun, userTuning } from "../runs/tuning.ts";
import { writeInputs } from "./write_tables.ts";
import { processTerminal } from "./terminal.ts";
import { verdictOf } from "./report/verdict.ts";

/** Flags that every command which trains understands. */
export interface RunFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly profile?: boolean;
}

/** Starts a new run, trains it and prints its result. What the folder held is replaced only when all is ready. */
export async function startRun(
  config: RunConfig,
  path: string,
  flags: RunFlags & { readonly force?: boolean },
  context: CommandContext,
): Promise<void> {
  await checkRunFolder(path, flags);
  const prepared = await prepareRun(config, await genesToFollow(undefined, config.from));
  const tuning = await userTuning();
  using backend = await context.openBackend({ tuning });
  const task = await backend.createTask(prepared, config);
  try {
    if (config.from !== null) task.restore(await startParameters(config.from, await task.parameters()));
    using folder = await createRunFolder(path, config, flags);
    const command = commandText(context.args);
    await writeFileAtomic(`${path}/command.txt`, command + "\n");
    await keepTuning(path, tuning);
    await noteAdapter(path, backend.adapter);
    await writeInputs(path, prepared);
    await writeFingerprint(path, prepared.data);
    await finish({ folder, prepared, backend, task, command }, flags);
  } finally {
    task.dispose();
  }
}

/** Goes on with a stopped run and prints its result. */
export async function resumeRun(path: string, flags: RunFlags, context: CommandContext): Promise<void> {
  using folder = await openRunFolder(path);
  const { from } = folder.config;
  const prepared = await prepareRun(folder.config, await genesToFollow(path, from));
  await requireSameData(path, prepared);
  using backend = await context.openBackend({ tuning: await tuningOfRun(path) });
  const task = await backend.createTask(prepared, folder.config);
  try {
    // A saved state holds all parameters: where they came from is needed no more.
    if (from !== null && !await new RunStore(path).hasState()) {
      task.restore(await startParameters(from, await task.parameters()));
    }
    const changed = await noteAdapter(path, backend.adapter);
    if (changed) console.error(changed);
    const kept = await Deno.readTextFile(`${path}/command.txt`).catch(() => undefined);
    await writeInputs(path, prepared);
    await finish(
      { folder, prepared, backend, task, command: kept?.trim() ?? commandText(context.args) },
      flags,
    );
  } finally {
    task.dispose();
  }
}

async function finish(
  run: Pick<RunRequest, "folder" | "prepared" | "backend" | "task" | "command">,
  flags: RunFlags,
): Promise<void> {
  const terminal = processTerminal({ quiet: flags.quiet });
  using interrupt = listenForInterrupt();
  const { path } = run.folder;
  const report = await runTraining({
    ...run,
    terminal,
    signal: interrupt.signal,
    trace: flags.profile ?? false,
  });
  terminal.out(flags.json ? JSON.stringify(resultOf(path, report)) : resultText(path, report));
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
