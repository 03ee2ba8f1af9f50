import type { RunConfig } from "../runs/run_config.ts";
import { runName } from "../runs/configure.ts";
import { freeRunPath } from "../runs/run_folder.ts";
import { type FinishedRun, follow, train, type TrainOptions } from "../runs/train.ts";
import { commandText } from "./command_text.ts";
import type { CommandContext } from "./context.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { trainingDisplay } from "./progress.ts";
import { printReport } from "./print_answer.ts";
import { type RankFlags, underMpi, withRanks } from "./ranks.ts";
import { processTerminal, type Terminal } from "./terminal.ts";

/** Flags that every command which trains understands. */
export interface RunFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly profile?: boolean;
}

/** Flags of a command that starts runs. */
export interface StartFlags extends RunFlags, RankFlags {
  readonly out?: string;
  readonly force?: boolean;
}

/** Starts a new run, trains it and prints its result. */
export async function trainRun(config: RunConfig, flags: StartFlags, context: CommandContext): Promise<void> {
  const { out, force } = flags;
  if (underMpi()) {
    const finished = await withRanks(flags, async () => out ?? await freeRunPath(runName(config)), {
      lead: (group, out) =>
        watched(flags, context, (options) => train(config, { ...options, out, force, group })),
      follow: (group) => watched({ quiet: true }, context, ({ signal }) => follow(config, group, { signal })),
    });
    if (finished) printRun(finished, flags);
    return;
  }
  printRun(await watched(flags, context, (options) => train(config, { ...options, out, force })), flags);
}

/** Prints what a run ended with. */
export function printRun({ path, report }: FinishedRun, flags: RunFlags): void {
  printReport(report, flags, { status: "finished", run: path, report: `${path}/report.html` });
}

/** Runs trainings that are shown on the terminal and end with Ctrl-C. */
export async function watched<Result>(
  flags: RunFlags,
  context: CommandContext,
  run: (options: TrainOptions) => Promise<Result>,
): Promise<Result> {
  using interrupt = listenForInterrupt();
  return await run({
    signal: interrupt.signal,
    trace: flags.profile,
    command: commandText(context.args),
    watch: watchOn(processTerminal({ quiet: flags.quiet })),
  });
}

function watchOn(terminal: Terminal): NonNullable<TrainOptions["watch"]> {
  let display: ReturnType<typeof trainingDisplay> | undefined;
  return {
    note: (line) => terminal.note(line),
    begin({ model, data, config, split }) {
      const { train, validation, test, name } = split;
      terminal.note(
        `${model.title} on ${data.name}, ${name}: ${train.length} rows to train, ${validation.length} to validate, ` +
          `${test.length} to test`,
      );
      display = config.training ? trainingDisplay(terminal, config.training) : undefined;
    },
    progress: (progress) => display?.step(progress),
    epoch: (line) => display?.epoch(line),
    end: () => display?.stop(),
  };
}
