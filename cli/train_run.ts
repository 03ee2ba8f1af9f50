import { type FinishedRun, train } from "../runs/train.ts";
import type { RunConfig } from "../runs/run_config.ts";
import type { CommandContext } from "./context.ts";
import { printReport } from "./print_report.ts";
import { type RunFlags, watched } from "./watched.ts";

/** Flags of a command that starts runs. */
export interface StartFlags extends RunFlags {
  readonly out?: string;
  readonly force?: boolean;
}

/** Starts a new run, trains it and prints its result. */
export async function trainRun(config: RunConfig, flags: StartFlags, context: CommandContext): Promise<void> {
  const { out, force } = flags;
  printRun(await watched(flags, context, (options) => train(config, { ...options, out, force })), flags);
}

/** Prints what a run ended with. */
export function printRun({ path, report }: FinishedRun, flags: RunFlags): void {
  printReport(report, flags, { status: "finished", run: path, report: `${path}/report.html` });
}
