import { Command } from "commander";
import { collectStudy, studyList } from "../../runs/tasks/collect.ts";
import type { TaskList } from "../../runs/tasks/task_list.ts";
import { modelNamed, models } from "../../models/registry.ts";
import { durationText } from "../../report/kit/numbers.ts";
import type { StudyReport } from "../../report/study_report.ts";
import { studyTable } from "../../report/text/study_table.ts";
import { freeRunPath } from "../../runs/run_folder.ts";
import { hasFolds, splitRules } from "../../runs/split_wish.ts";
import { runAnalysis } from "../../runs/studies/analyses/run_analysis.ts";
import { estimateLines, estimateStudy } from "../../runs/studies/estimate.ts";
import { type AnalysisStudy, readStudyFile, studyNames } from "../../runs/studies/file.ts";
import { studyTasks } from "../../runs/studies/tasks.ts";
import type { StudyModel, StudyWish } from "../../runs/studies/wish.ts";
import { commandText, taskCommand } from "../command_text.ts";
import type { CommandContext } from "../context.ts";
import { addOutputFlags, addSayingFlags } from "../flags/output_flags.ts";
import { sharedFlags } from "../flags/shared_flags.ts";
import { requireRule } from "../flags/split_flags.ts";
import { addTaskFlags, type TaskFlags } from "../flags/task_flags.ts";
import { wholeNumber, wordList } from "../flags/words.ts";
import { printAnswer } from "../print_answer.ts";
import { runTasks } from "../run_tasks.ts";
import { refuseUnshared } from "../ranks.ts";
import { UsageError } from "../usage_error.ts";
import { watched } from "../watched.ts";

const help = `
A study is a name, a .toml file, or --splits and --models. Its plan is printed first, with an estimate of the time on this adapter.
Every training is a run of its own in the folder; give the command again to go on where it stopped. Models that do not take the
layout of a data set are left out there, and said. A flag goes to every model that has it, over what the study says.

With --task several processes share the trainings; what goes on from a pretraining needs that task (the first of the list, see --plan)
to be finished before.

Examples:
  perturbine study table1 --data data/gdsc --folds 3 --out runs/table1
  perturbine study table1 --data data/gdsc --out runs/table1 --task 3/40
  perturbine study attention --run runs/csg2a-response --drugs fulvestrant,fluorouracil --gmt wikipathways.gmt
  perturbine study --data data/skbr3 data/a375 --splits drug-blind,random --models csg2a,badger --seeds 5 --out runs/study
  perturbine study --models ridge,nearest --splits drug-blind,cell-blind      on simulated data`;

interface StudyFlags extends TaskFlags {
  readonly data?: readonly string[];
  readonly splits?: readonly string[];
  readonly models?: readonly string[];
  readonly folds?: number;
  readonly seeds?: number;
  readonly clusters?: string;
  readonly pretrainData?: string;
  readonly title?: string;
  readonly run?: string;
  readonly drugs?: readonly string[];
  readonly gmt?: readonly string[];
  readonly plan?: boolean;
}

/** `perturbine study`: data sets x splits x folds x models x seeds in one table. */
export function studyCommand(context: CommandContext): Command {
  const shared = sharedFlags(models, [
    "--from",
    "--config",
    "--preset",
    "--data",
    "--split",
    "--split-targets",
    "--folds",
    "--fold",
    "--seeds",
  ]);
  const command = new Command("study")
    .description("Train models on several data sets, splits, folds and seeds: one table, one page")
    .argument("[name]", "a study that is shipped (bench/studies), or the path of a .toml file")
    .option("--data <dir...>", "data folders (default: the study's, else the built-in simulator)")
    .option("--splits <rules>", `such as drug-blind,random; of ${splitRules.join(", ")}`, wordList)
    .option("--models <names>", "such as csg2a,ridge; of a named study those with these labels", wordList)
    .option("--folds <n>", "folds of every split that has them", wholeNumber(2))
    .option("--seeds <n>", "trainings of each model that draws anything", wholeNumber(1))
    .option("--pretrain-data <dir>", "data of the study's pretraining")
    .option(
      "--clusters <file>",
      "table of drugs and targets or mechanisms: for splits by them, strata and intervals",
    )
    .option(
      "--run <run>",
      "attention, deg, zeroshot: the finished run of csg2a (attention: or csg2a-response)",
    )
    .option("--drugs <names>", "attention, deg, zeroshot: drugs of the data", wordList)
    .option("--gmt <file...>", "attention, deg: gene sets")
    .option("--plan", "print what would be trained and how long it takes, and stop")
    .option("--title <text>", "of the page");
  shared.addTo(command);
  addSayingFlags(addTaskFlags(addOutputFlags(command, true)));
  return command.addHelpText("after", help).action(async (name: string | undefined, flags: StudyFlags) => {
    const options = flags as unknown as Readonly<Record<string, unknown>>;
    if (flags.data && options.simulator !== undefined) {
      throw new UsageError("--simulator has no meaning with --data; give one of them.");
    }
    for (const rule of flags.splits ?? []) requireRule("--splits", rule);
    const file = name === undefined ? undefined : await readStudyFile(name);
    if (file && file.kind !== "table") return await analyse(file, flags, context);
    if (!file && (!flags.models || !flags.splits)) {
      throw new UsageError(
        `Nothing to study; give a name (${(await studyNames()).join(", ")}), or --models and --splits.`,
      );
    }
    const entries = chosenModels(flags, file?.models);
    const asked = await shared.read(
      { ...options, data: undefined },
      entries.map(({ model }) => modelNamed(model)),
    );
    const data = flags.data ?? file?.data;
    const simulated = asked[0].asked.wish.data ?? { source: "simulator" as const, options: {} };
    const wish: StudyWish = {
      data: data ?? [simulated],
      splits: (flags.splits?.map((rule) => ({ rule })) ?? file!.splits).map((split) =>
        withFolds(split, flags)
      ),
      models: entries.map((entry, at) => laidOver(entry, asked[at].asked.wish)),
      pretraining: file?.pretraining
        .filter((one) => entries.some(({ pretraining }) => pretraining === one.name))
        .map((one) => ({ ...one, data: flags.pretrainData ?? one.data })),
      seeds: flags.seeds ?? file?.seeds ?? 1,
      out: flags.out ?? await freeRunPath(name?.replace(/^.*\/|\.toml$/g, "") ?? "study"),
      title: flags.title ?? file?.title,
      method: file?.method,
      published: file?.published,
    };
    if (file?.needsClusters && flags.clusters === undefined) {
      throw new UsageError(`The study ${name} asks which mechanisms were seen; give --clusters FILE.`);
    }
    const bare = wish.pretraining?.find(({ data }) => data === undefined);
    if (bare) {
      throw new UsageError(
        `The study's models go on from a pretraining ("${bare.name}"); give its data with --pretrain-data DIR, or choose others with --models.`,
      );
    }
    // Before the plan, which takes its time.
    if (!flags.plan) refuseUnshared(flags.task);
    const planned = await studyTasks(wish);
    const list = studyList(planned, wish, { clusters: flags.clusters, command: taskCommand(context.args) });
    // One of many processes does not time everything for all of them.
    if (flags.plan || flags.task === undefined) await printPlan(list, flags, context);
    if (flags.plan) return;
    const tasks = await runTasks(list, flags, context);
    if (tasks) printStudy(wish.out, await collectStudy(list, tasks), flags);
  });
}

/** What will be trained and how long it takes, before it starts. */
async function printPlan(
  { tasks, out }: TaskList,
  flags: StudyFlags,
  context: CommandContext,
): Promise<void> {
  await watched(flags, context, async ({ watch }) => {
    const note = (line: string) => watch?.note?.(line);
    const estimate = await estimateStudy(tasks, out, note);
    estimateLines(estimate).forEach(note);
    note(
      `${tasks.length} trainings; what is left takes at most ${
        durationText(estimate.seconds)
      } on this adapter, without evaluation` +
        (estimate.unknown.length > 0 ? `, and ${estimate.unknown.join(", ")}, whose time is not known` : "") +
        ".",
    );
    if (!flags.plan) return;
    const runs = tasks.map(({ path }) => path.slice(out.length + 1));
    printAnswer(flags, {
      result: { status: "planned", path: out, runs, ...estimate },
      table: { head: ["task", "run"], body: runs.map((run, at) => [String(at), run]) },
      lines: [],
    });
  });
}

/** Prints the table of a study. */
export function printStudy(out: string, report: StudyReport, flags: { readonly json?: boolean }): void {
  printAnswer(flags, {
    result: { status: "finished", path: out, ...report },
    table: studyTable(report),
    lines: report.notes,
    written: `${out}/study.html, study.md, study.csv, study.json, figures/`,
  });
}

/** A study that looks at a finished run. */
async function analyse(file: AnalysisStudy, flags: StudyFlags, context: CommandContext): Promise<void> {
  const out = flags.out ?? await freeRunPath(file.kind);
  const { sentence, notes } = await runAnalysis({
    ...file,
    title: flags.title ?? file.title,
    run: flags.run,
    out,
    data: flags.data?.[0],
    drugs: flags.drugs,
    gmt: flags.gmt,
    clusters: flags.clusters,
    command: commandText(context.args),
  });
  printAnswer(flags, {
    result: { status: "finished", path: out, sentence, notes },
    table: { head: [file.title], body: [[sentence]] },
    lines: notes,
    written: `${out}/study.html, study.json, figures/, tables as CSV`,
  });
}

/** Those that were named, of a study's own by their labels. */
function chosenModels(
  { models: names }: StudyFlags,
  own: readonly StudyModel[] | undefined,
): readonly StudyModel[] {
  if (!own) return names!.map((model) => ({ model }));
  if (!names) return own;
  return names.map((name) => {
    const found = own.find(({ label, model }) => label === name || label === undefined && model === name);
    if (found) return found;
    throw new UsageError(
      `--models ${name}: the study has no such model; expected of ${
        own.map(({ label, model }) => label ?? model).join(", ")
      }.`,
    );
  });
}

/** Folds where a rule has them, and the table of mechanisms where it needs one. */
function withFolds(
  split: StudyWish["splits"][number],
  { folds, clusters }: StudyFlags,
): StudyWish["splits"][number] {
  return {
    ...split,
    ...(folds !== undefined && (split.folds !== undefined || hasFolds(split.rule!)) ? { folds } : {}),
    ...(split.rule!.startsWith("mechanism") ? { targets: split.targets ?? clusters } : {}),
  };
}

/** What was typed over what the study says, field by field. */
function laidOver(entry: StudyModel, typed: object): StudyModel {
  const given = (value: unknown) =>
    Object.fromEntries(Object.entries(value ?? {}).filter(([, one]) => one !== undefined));
  const over = given(typed) as Record<string, unknown>;
  const { data: _, split: __, from: ___, ...own } = over;
  const sections = ["reading", "settings", "training"] as const;
  return {
    ...own,
    ...entry,
    ...Object.fromEntries(
      sections.filter((name) => name in over || name in entry).map((
        name,
      ) => [name, { ...entry[name], ...given(over[name]) }]),
    ),
  } as StudyModel;
}
