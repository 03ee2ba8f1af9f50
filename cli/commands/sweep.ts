import { Command } from "commander";
import { UserError } from "../../datasets/user_error.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import {
  axisOf,
  judgeTrials,
  rungsOf,
  rungTasks,
  sweepRuns,
  sweepTable,
  trialsOf,
} from "../../runs/tasks/sweep.ts";
import type { JudgedTrial, Trial } from "../../runs/tasks/sweep.ts";
import { keepTaskList, stateOf } from "../../runs/tasks/task_list.ts";
import type { Model } from "../../models/model.ts";
import { models } from "../../models/registry.ts";
import { number } from "../../report/kit/numbers.ts";
import { renderTasksPage } from "../../report/tasks_page.ts";
import { configure } from "../../runs/configure.ts";
import { readReport } from "../../runs/read_report.ts";
import { freeRunPath } from "../../runs/run_folder.ts";
import { taskCommand } from "../command_text.ts";
import type { CommandContext } from "../context.ts";
import { addOutputFlags, addSayingFlags } from "../flags/output_flags.ts";
import { addTaskFlags, readTaskFlags, type TaskFlags } from "../flags/task_flags.ts";
import { trainingFlags } from "../flags/training_flags.ts";
import { wholeNumber } from "../flags/words.ts";
import { printAnswer } from "../print_answer.ts";
import { workWatched } from "../run_tasks.ts";
import { UsageError } from "../usage_error.ts";

interface SweepFlags extends TaskFlags {
  readonly grid: readonly string[];
  readonly random?: number;
  readonly sweepSeed?: number;
  readonly halving?: number;
}

/** `perturbine sweep`: which settings are best on the validation part. */
export function sweepCommand(context: CommandContext): Command {
  const sweep = new Command("sweep").description(
    "Try settings of a model, chosen on the validation part alone",
  );
  for (const model of models) {
    if (Object.values(model.presets).some(({ training }) => training)) {
      sweep.addCommand(sweepModel(model, context));
    }
  }
  return sweep;
}

function sweepModel(model: Model, context: CommandContext): Command {
  const flags = trainingFlags(model);
  const command = new Command(model.name).description(`${model.title}: ${model.summary}`)
    .requiredOption("--grid <axes...>", "settings and their values: learningRate=1e-4,1e-3 hiddenWidth=32,64")
    .option("--random <n>", "only so many combinations, drawn", wholeNumber(1))
    .option("--sweep-seed <n>", "of that drawing (default: 42)", wholeNumber(0))
    .option(
      "--halving <factor>",
      "successive halving: all trials for few epochs, the best of them (one in so many) anew for as many times more, up to --epochs",
      wholeNumber(2),
    );
  flags.addTo(command);
  addSayingFlags(addTaskFlags(addOutputFlags(command, true)));
  return command.addHelpText(
    "after",
    `\nExamples:
  perturbine sweep ${model.name} --grid learningRate=1e-4,3e-4,1e-3 batchSize=32,64
  perturbine sweep ${model.name} --grid learningRate=1e-4,3e-4,1e-3 --halving 3 --out runs/sweep --task any`,
  ).action(async (options: SweepFlags) => {
    const { grid, random, sweepSeed = 42, halving, task } = options;
    const { wish, allFolds, seeds } = await flags.read(options as unknown as Record<string, unknown>);
    if (allFolds || seeds > 1) {
      throw new UsageError("A sweep tries settings on one split with one seed; leave folds and --seeds out.");
    }
    if (options.force) {
      throw new UsageError(
        `--force: a sweep goes on with the trials that its folder holds; to begin anew remove ${
          options.out ?? "it"
        } or give another --out.`,
      );
    }
    if (halving !== undefined && task !== undefined && task !== "any") {
      throw new UsageError(
        `--halving and --task ${task}: which trials go on follows from all; give --task any to every process.`,
      );
    }
    const share = readTaskFlags(options) ?? "any";
    const out = options.out ?? await freeRunPath(`${model.name}-sweep`);
    const all = trialsOf(
      grid.map(axisOf),
      random === undefined ? undefined : { count: random, seed: sweepSeed },
    );
    const { training } = await configure(wish);
    const rungs = halving === undefined || !training
      ? [{ trials: all.length, epochs: undefined }]
      : rungsOf(all.length, training.epochs, halving);
    const judged: JudgedTrial[][] = [];
    let going = all.map((trial, at) => [at, trial] as const);
    for (const [rung, { trials: count, epochs }] of rungs.entries()) {
      going = going.slice(0, count);
      const place = rungs.length === 1 ? out : `${out}/rung-${rung}`;
      const runs = await sweepRuns(wish, going, place, epochs);
      const trials: Trial[] = going.map(([, trial]) => trial);
      const list = rungTasks(place, runs, trials, taskCommand(context.args));
      await keepTaskList(list);
      await workWatched(list, share, options, context);
      const best = await judgeTrials(trials, await Promise.all(runs.map(stateOf)));
      // One that diverges says that its settings are bad, no more; but where all fail the fault is elsewhere.
      if (best.every(({ state }) => state === "failed")) {
        throw new UserError(
          `All ${best.length} trials failed; choose other values with --grid. The first is ${best[0].path}: ${
            best[0].error
          }`,
        );
      }
      judged.push(best);
      going = best.flatMap(({ trial, validation }) =>
        validation === undefined ? [] : [[all.indexOf(trial), trial] as const]
      );
    }
    await printSweep(out, judged, options, taskCommand(context.args), model.title);
  });
}

async function printSweep(
  out: string,
  rungs: readonly JudgedTrial[][],
  flags: SweepFlags,
  command: string,
  title: string,
): Promise<void> {
  const [best] = rungs.at(-1)!;
  const table = sweepTable(rungs);
  const unfinished = rungs.flat().filter(({ state }) => state !== "finished");
  const chosen = best.validation === undefined ? undefined : await readReport(best.path);
  const words = Object.entries(best.trial).map(([name, value]) => `${name} ${value ?? "none"}`).join(", ");
  const sentence = chosen
    ? `${words} is best on the validation part: loss ${number(best.validation!)}`
    : "No trial is finished yet";
  const notes = unfinished.map(({ path, state, error }) =>
    `${path} is ${state}${error ? `: ${error}` : ""}.`
  );
  const verdict = chosen ? [`${best.path}, tested once: ${chosen.verdict.sentence}`] : [];
  const result = {
    status: unfinished.length === 0 ? "finished" : "unfinished",
    path: out,
    chosen: best,
    rungs,
  };
  await writeFileAtomic(`${out}/sweep.json`, JSON.stringify(result, null, 1) + "\n");
  await writeFileAtomic(
    `${out}/sweep.html`,
    renderTasksPage({
      title: `${title}, a sweep`,
      sentence,
      sentences: verdict,
      explanation:
        "Every trial with the validation loss of its best epoch, the best at the top; nothing of the test part was looked at to choose.",
      table,
      tasks: rungs.flat().map(({ path, state, error }) => ({ run: path, state, error })),
      notes,
      command,
    }),
  );
  printAnswer(flags, {
    result,
    table,
    lines: [sentence + ".", ...verdict, ...notes],
    written: `${out}/sweep.json, sweep.html`,
  });
}
