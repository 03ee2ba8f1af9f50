import { Command } from "commander";
import { configure } from "../../runs/configure.ts";
import { freeRunPath } from "../../runs/run_folder.ts";
import type { Model } from "../../models/model.ts";
import { modelNamed, models } from "../../models/registry.ts";
import type { CommandContext } from "../context.ts";
import { addOutputFlags, addProfileFlag, addRankFlags, addSayingFlags } from "../flags/output_flags.ts";
import { addTaskFlags, type TaskFlags } from "../flags/task_flags.ts";
import { trainingFlags } from "../flags/training_flags.ts";
import { trainRun } from "../watched.ts";
import { refuseRankFlags, underMpi } from "../ranks.ts";
import { trainMany } from "../train_many.ts";
import { UsageError } from "../usage_error.ts";

/** `perturbine train`: one command for every model of the registry, baselines too. */
export function trainCommand(context: CommandContext): Command {
  const train = new Command("train").description(
    "Train a model, or fit a baseline, and judge it beside every baseline",
  )
    .addHelpText("after", "\n`perturbine models` lists them with their layouts.");
  for (const model of models) train.addCommand(trainModelCommand(model, context));
  return train;
}

const demoHelp = `  perturbine demo
  perturbine demo --seed 7 --out runs/demo-7
  perturbine demo --epochs 2 --out runs/demo --force

Data: the built-in L1000 simulator. Whole conditions (drug, cell line, dose, time) are held out. It is \`train csg2a --preset demo\`
and takes all of its flags.`;

/** `perturbine demo`: CSG2A on simulated data, from nothing to a report. */
export function demoCommand(context: CommandContext): Command {
  return trainModelCommand(modelNamed("csg2a"), context, {
    words: "demo",
    description: "Train CSG2A on the built-in simulator and write a report (about two minutes)",
    preset: "demo",
    folder: "demo",
    help: demoHelp,
  });
}

const finetuneHelp = `  perturbine finetune csg2a --from runs/csg2a-skbr3 --data data/gdsc
  perturbine finetune csg2a --from weights.pt --data data/gdsc --preset released --split drug-blind --folds 10 --fold 3
  perturbine finetune csg2a --from runs/csg2a-skbr3 --data data/gdsc --no-frozen

It is \`train csg2a-response\`. Sizes and switches are those of the run named by --from; without --from the network starts at
random. A run names its genes, and data in another order are put in it; a bare checkpoint names none: give its order.`;

/** `perturbine finetune`: transfer to drug response, under the name that the paper has for it. */
export function finetuneCommand(context: CommandContext): Command {
  return new Command("finetune").description("Fine-tune a model on drug response").addCommand(
    trainModelCommand(modelNamed("csg2a-response"), context, { words: "finetune csg2a", help: finetuneHelp }),
  );
}

/** How the training command of a model differs from `train NAME`. */
interface TrainVariant {
  /** Words that lead to it: `finetune csg2a`. */
  readonly words: string;
  readonly description?: string;
  /** Preset that holds without `--preset`. */
  readonly preset?: string;
  /** Name of the run folder in `runs/`. */
  readonly folder?: string;
  /** Replaces the examples. */
  readonly help?: string;
}

/** `perturbine train NAME`, or another command that trains that model. */
function trainModelCommand(
  model: Model,
  context: CommandContext,
  variant: TrainVariant = { words: `train ${model.name}` },
): Command {
  const flags = trainingFlags(model, variant.preset);
  const command = new Command(variant.words.split(" ").at(-1)).description(
    variant.description ?? `${model.title}: ${model.summary}`,
  );
  flags.addTo(command);
  addSayingFlags(addProfileFlag(addRankFlags(addTaskFlags(addOutputFlags(command)))));
  return command
    .addHelpText("after", `\nExamples:\n${variant.help ?? examples(model, variant.words)}`)
    .action(async (options: TaskFlags) => {
      const { wish, allFolds, seeds } = await flags.read(options as unknown as Record<string, unknown>);
      const config = await configure(wish);
      if (seeds > 1 && config.training === null) {
        throw new UsageError(
          `${model.title} is fitted in closed form: ${seeds} trainings of it would be one; leave --seeds out.`,
        );
      }
      if (!underMpi() || allFolds || seeds > 1) refuseRankFlags(options);
      if (allFolds || seeds > 1) return await trainMany(config, { allFolds, seeds }, options, context);
      if (options.task !== undefined) {
        throw new UsageError(
          `--task ${options.task}: one training is no list of tasks; add --folds all or --seeds N.`,
        );
      }
      await trainRun(config, { ...options, out: options.out ?? await folderOf(variant) }, context);
    });
}

async function folderOf({ folder }: TrainVariant): Promise<string | undefined> {
  return folder === undefined ? undefined : await freeRunPath(folder);
}

function examples({ presets }: Model, words: string): string {
  const isTrained = Object.values(presets).some(({ training }) => training !== undefined);
  return [
    [`perturbine ${words}`, "simulated data"],
    [`perturbine ${words} --data DIR --split drug-blind`, "unseen drugs of your data"],
    [`perturbine ${words} --data DIR --split drug-blind --folds all`, "every fold, mean and deviation"],
    ...isTrained ? [[`perturbine ${words} --data DIR --seeds 5`, "five trainings, judged together"]] : [],
    [`perturbine ${words} --data DIR --control drug-removed`, "does the drug matter?"],
  ].map(([line, note]) => `  ${line.padEnd(66)} ${note}`.trimEnd()).join("\n");
}
