import { Command } from "commander";
import type { Model } from "../../models/model.ts";
import { modelNamed, models } from "../../models/registry.ts";
import { comparisonTable } from "../../report/text/comparison_table.ts";
import { compareRuns, writeComparison } from "../../runs/compare.ts";
import { configure } from "../../runs/configure.ts";
import type { RunConfig } from "../../runs/run_config.ts";
import { freeRunPath } from "../../runs/run_folder.ts";
import { seedRuns, trainSeries } from "../../runs/series.ts";
import { commandText } from "../command_text.ts";
import type { CommandContext } from "../context.ts";
import { addOutputFlags, addSayingFlags } from "../flags/output_flags.ts";
import { sharedFlags } from "../flags/shared_flags.ts";
import { wordList } from "../flags/words.ts";
import { printAnswer } from "../print_answer.ts";
import { trainingsOf } from "../trainings_of.ts";
import { UsageError } from "../usage_error.ts";
import { type StartFlags, watched } from "../watched.ts";

const help = `
Every model is a run of its own in the folder: stopped ones go on, finished ones are kept when the command is given again. A flag
goes to every chosen model that has it: \`perturbine train MODEL --help\` shows which.

Examples:
  perturbine compare runs/csg2a-skbr3 runs/ridge-skbr3             finished runs on the same rows
  perturbine compare --models csg2a,ridge --split drug-blind       trained now, on simulated data
  perturbine compare --data DIR --models badger-light,mlp --split badger-cells --seeds 3
  perturbine compare --data DIR --split drug-blind --genes 128 --hidden 32 --lr 1e-3 --epochs 20 --patience 0`;

interface CompareFlags extends StartFlags {
  readonly models?: readonly string[];
  readonly clusters?: string;
}

/** `perturbine compare`: several models, baselines and controls on the same rows. */
export function compareCommand(context: CommandContext): Command {
  const shared = sharedFlags(models, ["--from", "--config", "--control", "--folds"]);
  const command = new Command("compare")
    .description("Put finished runs side by side, or train several models on one split")
    .argument("[run...]", "finished runs, or folders of --seeds")
    .option(
      "--models <names>",
      "models to train, such as csg2a,ridge; all: every network for the data",
      wordList,
    )
    .option("--clusters <file>", "table of drugs and targets or mechanisms: a second interval over them");
  shared.addTo(command);
  addSayingFlags(addOutputFlags(command, true));
  return command.addHelpText("after", help).action(async (runs: string[], flags: CompareFlags) => {
    const options = flags as unknown as Readonly<Record<string, unknown>>;
    if (runs.length > 0) {
      if (flags.models) throw new UsageError("--models has no meaning with finished runs; give one of them.");
      const typed = shared.typed(options);
      if (typed.length > 0) {
        throw new UsageError(`${typed[0]} has no meaning with finished runs; leave it out.`);
      }
      return await compared(
        await trainingsOf(runs),
        flags.out ?? await freeRunPath("compare"),
        flags,
        context,
      );
    }
    const chosen = await chosenModels(flags.models ?? ["all"], options);
    const asked = await shared.read(options, chosen);
    const configs: { config: RunConfig; seeds: number }[] = [];
    const [layout] = commonLayouts(chosen);
    for (const { asked: { wish, seeds } } of asked) {
      // Without a folder the simulator must give the same rows to all.
      const own = wish.data === undefined || typeof wish.data === "object"
        ? { layout: wish.layout ?? layout }
        : {};
      configs.push({ config: await configure({ ...wish, ...own }), seeds });
    }
    const out = flags.out ?? await freeRunPath(nameOf(configs[0].config));
    const groups = configs.map(({ config, seeds }) =>
      seeds > 1 && config.training
        ? seedRuns(config, seeds, `${out}/${config.model}`)
        : [{ path: `${out}/${config.model}`, config }]
    );
    await watched(flags, context, (how) => trainSeries(groups.flat(), { ...how, force: flags.force }));
    await compared(groups.map((group) => group.map(({ path }) => path)), out, flags, context);
  });
}

async function compared(
  groups: readonly (readonly string[])[],
  out: string,
  { clusters, json }: CompareFlags,
  context: CommandContext,
): Promise<void> {
  const comparison = await compareRuns(groups, { out, clusters, command: commandText(context.args) });
  await writeComparison(out, comparison);
  printAnswer({ json }, {
    result: { status: "finished", path: out, ...comparison },
    table: comparisonTable(comparison),
    lines: [comparison.verdict.sentence, comparison.verdict.controls, ...comparison.notes],
    written: `${out}/comparison.html, comparison.md, comparison.json`,
  });
}

/** `all`: every network that takes the layout of the data; for the simulator those that rank genes. */
async function chosenModels(
  names: readonly string[],
  { data, layout }: Readonly<Record<string, unknown>>,
): Promise<readonly Model[]> {
  if (names.join() !== "all") {
    const chosen = names.map(modelNamed);
    if (commonLayouts(chosen).length > 0) return chosen;
    throw new UsageError(
      `--models ${names.join(",")}: they share no layout of data (${
        chosen.map(({ name, layouts }) => `${name}: ${layouts.join(", ")}`).join("; ")
      }); choose models of one.`,
    );
  }
  const wanted = typeof layout === "string"
    ? layout
    : typeof data === "string"
    ? (await configure({ model: "training-mean", data })).layout
    : "signatures";
  return models.filter(({ role, layouts }) => role === "model" && layouts.includes(wanted));
}

function commonLayouts(chosen: readonly Model[]): string[] {
  return chosen[0].layouts.filter((layout) => chosen.every(({ layouts }) => layouts.includes(layout)));
}

function nameOf({ data, split }: RunConfig): string {
  const source = data.source === "folder" ? data.folder.split("/").at(-1) : "simulator";
  return `compare-${source}-${split.rule}`.replace(/[^\w.-]+/g, "-");
}
