import { checkOutputFile } from "../../../runs/output_file.ts";
import { Command } from "@commander-js/extra-typings";
import { modelCases } from "../../../bench/models/mod.ts";
import type { ModelRow } from "../../../bench/models/model_row.ts";
import { modelTable } from "../../../bench/models/model_table.ts";
import { runModelCase } from "../../../bench/models/run_model_case.ts";
import { Canary } from "../../../bench/roofline/canary.ts";
import { measureRoofline } from "../../../bench/roofline/roofline.ts";
import { closestName } from "../../../datasets/readers/closest_name.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { writeFileAtomic } from "../../../host/write_file_atomic.ts";
import { userTuning } from "../../../runs/tuning.ts";
import { UsageError } from "../../usage_error.ts";
import { wholeNumber } from "../../flags/words.ts";
import { documentOf, openedMachine } from "./document.ts";

const help = `
Released sizes on a GPU, reduced ones with a software driver (stated in every row); --released or --reduced overrule that.
Kernels go by the rules of the adapter class, so that figures compare between machines; --tuned takes the table of
\`perturbine tune\`, as training does. Data are simulated. GPU idle: part of a step in which no kernel ran; host: part that
the host was busy.

Models:
${modelCases.map(({ name, summary }) => `  ${name.padEnd(14)} ${summary}`).join("\n")}

Examples:
  perturbine bench models --out models.json
  perturbine bench models --model csg2a,badger --released
  perturbine bench models --out rules.json && perturbine bench models --tuned --out tuned.json
`;

/** `perturbine bench models`. */
export function benchModelsCommand() {
  return new Command("models")
    .description("Time, idle share and memory of training steps and inference of every model")
    .option("--model <names>", "models, separated by commas (default: all)")
    .option("--released", "released sizes, also with a software driver")
    .option("--reduced", "reduced sizes, also on a GPU")
    .option("--tuned", "use the table of `perturbine tune`")
    .option("--steps <n>", "training steps a measurement (default: as many as fit 3 s)", wholeNumber(1))
    .option("--no-roofline", "do not measure the adapter's ceilings")
    .option("--out <file>", "keep the rows as JSON, for compare and report")
    .option("--json", "print the rows as JSON")
    .addHelpText("after", help)
    .action(async (flags) => {
      if (flags.out !== undefined) await checkOutputFile(flags.out);
      if (flags.released && flags.reduced) throw new UsageError("Give --released or --reduced, not both.");
      const chosen = chosenModels(flags.model);
      const machine = await openedMachine();
      const gpu = machine.adapterClass === "gpu";
      const scale = flags.released || gpu && !flags.reduced ? "released" as const : "reduced" as const;
      const roofline = flags.roofline ? await measureRoofline(navigator.gpu) : undefined;
      const tuning = flags.tuned ? await userTuning() : undefined;
      if (flags.tuned && !tuning) {
        throw new UserError(
          "There is no table for this adapter; run `perturbine tune` first, or leave --tuned out.",
        );
      }
      const canary = await Canary.open(navigator.gpu);
      const models: ModelRow[] = [];
      for (const model of chosen) {
        const rows = await runModelCase(navigator.gpu, model, {
          scale,
          steps: flags.steps,
          budgetMs: 3000,
          roofline,
          canary,
          tuning,
        });
        models.push(...rows);
        if (!flags.json) console.log(modelTable(rows) + "\n");
      }
      canary.dispose();
      const document = documentOf({ machine, roofline: roofline ?? null, models });
      const text = JSON.stringify(document, null, 1) + "\n";
      if (flags.out !== undefined) await writeFileAtomic(flags.out, text);
      if (flags.json) console.log(text);
    });
}

function chosenModels(names: string | undefined) {
  if (names === undefined) return modelCases;
  return names.split(",").map((part) => {
    const name = part.trim();
    const found = modelCases.find((model) => model.name === name);
    if (found) return found;
    const known = modelCases.map((model) => model.name);
    const close = closestName(name, known);
    throw new UsageError(
      `There is no model called "${name}"${
        close ? `; did you mean ${close}?` : `, only ${known.join(", ")}.`
      }`,
    );
  });
}
