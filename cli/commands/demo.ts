import { Command } from "@commander-js/extra-typings";
import { resolveRunConfig } from "../../models/resolve_run_config.ts";
import type { CommandContext } from "../context.ts";
import { startRun } from "../run_command.ts";
import { freeRunPath } from "../run_folder.ts";
import { seedNumber, wholeNumber } from "../flags/words.ts";

const help = `
Examples:
  perturbine demo
  perturbine demo --seed 7 --out runs/demo-7

Data: the built-in L1000 simulator. Whole conditions (drug, cell line, dose, time) are held out.`;

/** \`perturbine demo\`: CSG2A on simulated data, from nothing to a report. */
export function demoCommand(context: CommandContext) {
  return new Command("demo")
    .description("Train CSG2A on the built-in simulator and write a report (about two minutes)")
    .option("--seed <n>", "seed of initialisation, batches and dropout", seedNumber)
    .option("--data-seed <n>", "seed of the simulator", seedNumber)
    .option("--epochs <n>", "at most so many epochs", wholeNumber(1))
    .option("--out <dir>", "run folder (default: a new one in runs/)")
    .option("--force", "replace the run that the folder holds")
    .option("--profile", "write trace.json: every kernel of one step, with its time")
    .option("--json", "print the result as JSON")
    .option("--quiet", "print no progress")
    .addHelpText("after", help)
    .action(async (flags) => {
      const config = resolveRunConfig("pretraining", "demo", {
        data: { source: "simulator", options: flags.dataSeed === undefined ? {} : { seed: flags.dataSeed } },
        training: { seed: flags.seed, epochs: flags.epochs },
      });
      await startRun(config, flags.out ?? await freeRunPath("demo"), flags, context);
    });
}
