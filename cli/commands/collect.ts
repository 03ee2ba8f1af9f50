import { Command } from "commander";
import { UserError } from "../../datasets/user_error.ts";
import { collectFolds, collectSeeds, collectStudy, unfinishedSentences } from "../../runs/tasks/collect.ts";
import { readTaskList, stateOf } from "../../runs/tasks/task_list.ts";
import { addSayingFlags } from "../flags/output_flags.ts";
import { printFolds, printSeeds } from "../train_many.ts";
import { printStudy } from "./study.ts";

const help = `
What is there is judged and put on a page; what is missing, stopped or failed is named, and the exit code is 1.

Example:
  perturbine train ridge --data DIR --split drug-blind --folds all --out runs/folds --task 0/2 &
  perturbine train ridge --data DIR --split drug-blind --folds all --out runs/folds --task 1/2
  perturbine collect runs/folds`;

/** `perturbine collect`: puts together what several processes did with `--task`. */
export function collectCommand(): Command {
  const command = new Command("collect")
    .description("Put the runs of a command with --task together: one table and one page")
    .argument("<dir>", "the --out of that command");
  addSayingFlags(command);
  return command.addHelpText("after", help).action(
    async (dir: string, flags: { readonly json?: boolean }) => {
      const list = await readTaskList(dir.replace(/(?<=.)\/+$/, ""));
      const tasks = await Promise.all(list.tasks.map(stateOf));
      switch (list.kind) {
        case "folds":
          printFolds(list.out, await collectFolds(list, tasks), flags);
          break;
        case "seeds":
          printSeeds(list.out, await collectSeeds(list, tasks), tasks, flags);
          break;
        case "study":
          printStudy(list.out, await collectStudy(list, tasks), flags);
          break;
        case "sweep":
          throw new UserError(
            `${dir} holds a sweep, which puts its trials together itself; give its command again: ${list.command}`,
          );
        default:
          throw new UserError(
            `${dir} holds a list of kind ${list.kind}, which this version does not know; collect it with the version that wrote it.`,
          );
      }
      const unfinished = unfinishedSentences(tasks);
      if (unfinished.length === 0) return;
      throw new UserError(
        `${unfinished.length} of ${tasks.length} runs are not finished; the first: ${unfinished[0]}`,
      );
    },
  );
}
