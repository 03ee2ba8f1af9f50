import { Command } from "commander";
import { collectStudy, studyTasks } from "../../machines/tasks/collect.ts";
import { modelNamed, models } from "../../models/registry.ts";
import type { StudyReport } from "../../report/study_report.ts";
import { studyTable } from "../../report/text/study_table.ts";
import { freeRunPath } from "../../runs/run_folder.ts";
import { splitRules } from "../../runs/split_wish.ts";
import { planStudy } from "../../runs/study.ts";
import { taskCommand } from "../command_text.ts";
import type { CommandContext } from "../context.ts";
import { addOutputFlags, addSayingFlags } from "../flags/output_flags.ts";
import { addTaskFlags, type TaskFlags } from "../flags/task_flags.ts";
import { sharedFlags } from "../flags/shared_flags.ts";
import { requireRule } from "../flags/split_flags.ts";
import { wordList } from "../flags/words.ts";
import { printAnswer } from "../print_answer.ts";
import { runTasks } from "../run_tasks.ts";
import { UsageError } from "../usage_error.ts";

const help = `
Every training is a run of its own in the folder; give the command again to go on where it stopped. Models that do not take the
layout of a data set are left out there, and said. A flag goes to every model that has it.

Examples:
  perturbine study --data data/skbr3 data/a375 --splits drug-blind,random --models csg2a,badger --seeds 5 --out runs/study
  perturbine study --models ridge,nearest --splits drug-blind,cell-blind      on simulated data`;

interface StudyFlags extends TaskFlags {
  readonly data?: readonly string[];
  readonly splits: readonly string[];
  readonly models: readonly string[];
  readonly seeds?: string;
  readonly clusters?: string;
  readonly title?: string;
}

/** `perturbine study`: data sets x splits x models x seeds in one table. */
export function studyCommand(context: CommandContext): Command {
  const shared = sharedFlags(models, [
    "--from",
    "--config",
    "--preset",
    "--data",
    "--split",
    "--folds",
    "--fold",
  ]);
  const command = new Command("study")
    .description("Train models on several data sets and splits with several seeds: one table")
    .option("--data <dir...>", "data folders (default: the built-in simulator)")
    .requiredOption("--splits <rules>", `such as drug-blind,random; of ${splitRules.join(", ")}`, wordList)
    .requiredOption("--models <names>", "such as csg2a,ridge; see `perturbine models`", wordList)
    .option("--clusters <file>", "table of drugs and targets or mechanisms: a second interval over them")
    .option("--title <text>", "of the page");
  shared.addTo(command);
  addSayingFlags(addTaskFlags(addOutputFlags(command, true)));
  return command.addHelpText("after", help).action(async (flags: StudyFlags) => {
    const options = flags as unknown as Readonly<Record<string, unknown>>;
    if (flags.data && options.simulator !== undefined) {
      throw new UsageError("--simulator has no meaning with --data; give one of them.");
    }
    for (const rule of flags.splits) requireRule("--splits", rule);
    const chosen = flags.models.map(modelNamed);
    const asked = await shared.read({ ...options, data: undefined }, chosen);
    const out = flags.out ?? await freeRunPath("study");
    const simulated = asked[0].asked.wish.data ?? { source: "simulator" as const, options: {} };
    const { clusters, title } = flags;
    const plan = await planStudy({
      data: flags.data ?? [simulated],
      splits: flags.splits.map((rule) => ({ rule })),
      models: asked.map(({ asked: { wish } }) => wish),
      seeds: asked[0].asked.seeds,
      out,
    });
    const list = studyTasks(plan, { out, title, clusters, command: taskCommand(context.args) });
    const tasks = await runTasks(list, flags, context);
    if (tasks) printStudy(out, await collectStudy(list, tasks), flags);
  });
}

/** Prints the table of a study. */
export function printStudy(out: string, report: StudyReport, flags: { readonly json?: boolean }): void {
  printAnswer(flags, {
    result: { status: "finished", path: out, ...report },
    table: studyTable(report),
    lines: report.notes,
    written: `${out}/study.html, study.md, study.csv, study.json`,
  });
}
