import { Command } from "commander";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { type ControlName, controlNames } from "../../datasets/layouts/layout.ts";
import { layouts } from "../../datasets/layouts/mod.ts";
import { renderRunPage } from "../../report/run_page.ts";
import { evaluateModels, evaluatePredictions, type EvaluationWish } from "../../runs/evaluate.ts";
import { checkOutputFile } from "../../runs/output_file.ts";
import type { CommandContext } from "../context.ts";
import { commandText } from "../command_text.ts";
import { dataFlags } from "../flags/data_flags.ts";
import { addSplitFlags, readSplitFlags } from "../flags/split_flags.ts";
import { printReport } from "../print_answer.ts";
import { trainingsOf } from "../trainings_of.ts";
import { UsageError } from "../usage_error.ts";

const help = `
Examples:
  perturbine evaluate runs/csg2a-skbr3
  perturbine evaluate runs/csg2a-skbr3 --control drug-permuted --report control.html
  perturbine evaluate runs/csg2a-skbr3 runs/ridge-skbr3 --clusters targets.csv
  perturbine evaluate runs/csg2a-skbr3 --predictions mine.csv theirs.parquet
  perturbine evaluate runs/csg2a-skbr3 --data data/a375 --json
  perturbine evaluate --predictions mine.csv --data data/skbr3 --split runs/csg2a-skbr3/split.json

A file of predictions has the columns of a run's predictions.csv: keys of its rows, and one column an output.
Flags of Data and Split count where no run is named: they say what the predictions are judged on.`;

/** `perturbine evaluate`: runs and foreign predictions beside every free baseline, with one verdict. */
export function evaluateCommand(context: CommandContext): Command {
  const data = dataFlags({ layouts: layouts.map(({ name }) => name), presets: { none: { settings: {} } } });
  const command = new Command("evaluate")
    .description("Judge a run on its test part, or on other data, beside every free baseline")
    .argument(
      "[run...]",
      "run folders, or folders of --seeds: the first model is judged, the others beside it",
    )
    .option("--predictions <file...>", "predictions made anywhere, CSV or Parquet with row keys")
    .option(
      "--control <name...>",
      `the same model with an input disturbed: ${controlNames.join(", ")}; all; none (default: all)`,
    )
    .option("--beside <run...>", "runs on the same rows whose inputs need not be disturbed")
    .option("--clusters <file>", "table of drugs and targets or mechanisms: a second interval over them")
    .option("--report <file>", "write an HTML report of this evaluation")
    .option("--json", "print the result as JSON");
  data.addTo(command);
  addSplitFlags(command, "random");
  return command.addHelpText("after", help).action(async (runs: string[], options: EvaluateOptions) => {
    const { report: page, predictions, clusters } = options;
    if (page !== undefined) await checkOutputFile(page);
    const wish: Omit<EvaluationWish, "data"> = {
      predictions,
      beside: options.beside,
      clusters,
      controls: controlsOf(options.control),
      command: commandText(context.args),
    };
    const folder = runs.length === 0 ? undefined : otherData(options);
    const report = runs.length === 0
      ? await evaluatePredictions({ ...wish, ...await rowsOf(options) })
      : await evaluateModels(await trainingsOf(runs), { ...wish, data: folder });
    if (page !== undefined) await writeFileAtomic(page, await renderRunPage(report));
    printReport(report, options, { ...(runs.length === 0 ? {} : { run: runs[0] }), report: page });
  });

  /** The rows that foreign predictions are of. */
  async function rowsOf(options: EvaluateOptions) {
    if (options.predictions === undefined) {
      throw new UsageError("Nothing to judge: give a run folder, or files with --predictions FILE.");
    }
    const { wish: split, allFolds } = await readSplitFlags(options);
    if (allFolds) throw new UsageError("Predictions are judged on one fold; give --fold K.");
    return { ...data.read(options), split };
  }

  /** A run knows its rows: of the flags for rows it takes `--data` alone. */
  function otherData(options: EvaluateOptions): string | undefined {
    const { data: folder, split, splitNumber, folds, fold, ...rest } = options as Record<string, unknown>;
    const { data: _, ...reading } = data.read(rest);
    const given = [
      split,
      splitNumber,
      folds,
      fold,
      reading.identity,
      ...Object.values(reading.reading ?? {}),
    ];
    if (given.some((value) => value !== undefined) || rest.simulator !== undefined) {
      throw new UsageError(
        "A run knows its own rows and how they are read; leave the flags of Data and Split out, except --data.",
      );
    }
    return folder as string | undefined;
  }
}

type EvaluateOptions = Readonly<Record<string, unknown>> & {
  readonly predictions?: readonly string[];
  readonly control?: readonly string[];
  readonly beside?: readonly string[];
  readonly clusters?: string;
  readonly report?: string;
  readonly json?: boolean;
};

/** Undefined: all that the layout has. */
function controlsOf(words: readonly string[] = ["all"]): readonly ControlName[] | undefined {
  const names = words.flatMap((word) => word.split(","));
  if (names.length === 1 && names[0] === "all") return undefined;
  if (names.length === 1 && names[0] === "none") return [];
  for (const name of names) {
    if ((controlNames as readonly string[]).includes(name)) continue;
    throw new UsageError(`--control ${name}: expected ${controlNames.join(", ")}, all or none.`);
  }
  return names as ControlName[];
}
