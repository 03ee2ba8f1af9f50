import { Command } from "@commander-js/extra-typings";
import { fileURLToPath } from "node:url";
import { kernelCases } from "../../../bench/kernels/mod.ts";
import type { IsaRow } from "../../../bench/lens/isa_row.ts";
import { modelCases } from "../../../bench/models/mod.ts";
import { type Datasheet, datasheets } from "../../../bench/predict/datasheets.ts";
import { plannedKernel, plannedModel } from "../../../bench/predict/planned_steps.ts";
import { assumptions } from "../../../bench/predict/predict.ts";
import { type Prediction, predictions } from "../../../bench/predict/prediction.ts";
import {
  arithmeticTable,
  predictionMeaning,
  predictionTable,
} from "../../../bench/predict/prediction_table.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { writeFileAtomic } from "../../../host/write_file_atomic.ts";
import { checkOutputFile } from "../../../runs/output_file.ts";
import { positiveNumber, wordList } from "../../flags/words.ts";
import { UsageError } from "../../usage_error.ts";
import { documentOf, openedMachine } from "./document.ts";

const help = `
Records steps by the rules for GPUs on whatever adapter is here, and adds up the least time of every dispatch on a chip: its
launch, and the larger of operations over the peak (times the useful share of the hottest loop's instructions, times the
share of the chip that the grid fills) and bytes over what the bandwidth, or the resident lanes, allow. Nothing is run.
Machine code is of the tables that \`kernel isa\` writes: RDNA 3's for AMD, Ampere's for NVIDIA, none for Apple and Intel.

Chips:
${
  datasheets.map(({ name, known, source }) => `  ${name.padEnd(10)} ${known}\n${" ".repeat(13)}${source}`)
    .join("\n")
}

Examples:
  perturbine bench predict --model badger,csg2a --chip h200      the released training steps, with their arithmetic
  perturbine bench predict --out predicted.json && perturbine bench report kernels.json predicted.json --out page.html`;

const results = fileURLToPath(new URL("../../../bench/results", import.meta.url));
const committed = ["navi31", "ga102"].map((chip) => `${results}/isa-${chip}.json`);

/** `perturbine bench predict`: what GPUs could reach on paper. */
export function benchPredictCommand() {
  return new Command("predict")
    .description(
      "Predicted bounds of kernels and training steps on GPUs that are not here, from their datasheets",
    )
    .option(
      "--kernel <names>",
      "kernels of `bench kernels`, by commas (default: all, where no --model is given)",
      wordList,
    )
    .option("--model <names>", "training steps of `bench models`, by commas", wordList)
    .option("--chip <names>", "chips, by commas (default: all)", wordList)
    .option("--reduced", "models at the reduced sizes of `bench models`")
    .option("--isa <files>", "tables of machine code (default: the committed ones)", wordList)
    .option("--launch-us <us>", "microseconds a dispatch", positiveNumber, assumptions.launchMicroseconds)
    .option("--out <file>", "keep the predictions as JSON, for report")
    .option("--json", "print the predictions as JSON")
    .addHelpText("after", help)
    .action(async (flags) => {
      if (flags.out !== undefined) await checkOutputFile(flags.out);
      const chips = chosen("--chip", flags.chip, datasheets);
      const models = flags.model === undefined && flags.kernel === undefined
        ? modelCases
        : flags.model === undefined
        ? []
        : chosen("--model", flags.model, modelCases);
      const kernels = flags.kernel === undefined && flags.model !== undefined
        ? []
        : chosen("--kernel", flags.kernel, kernelCases);
      const rows = (await Promise.all((flags.isa ?? committed).map(isaRows))).flat();
      const machine = await openedMachine();
      const assumed = { ...assumptions, launchMicroseconds: flags.launchUs };
      const found: Prediction[] = [];
      const take = (more: readonly Prediction[]) => {
        found.push(...more);
        if (flags.json) return;
        if (found.length === more.length) console.log(`${predictionMeaning(more[0])}\n`);
        console.log(predictionTable(more));
        if (more[0].kind === "model" && chips.length === 1) console.log(`\n${arithmeticTable(more[0])}\n`);
      };
      for (const kernel of kernels) {
        take(predictions(await plannedKernel(navigator.gpu, kernel), chips, rows, assumed));
      }
      const scale = flags.reduced ? "reduced" : "released";
      for (const model of models) {
        take(predictions(await plannedModel(navigator.gpu, model, scale), chips, rows, assumed));
      }
      const text = JSON.stringify(documentOf({ machine, predictions: found }), null, 1) + "\n";
      if (flags.out !== undefined) await writeFileAtomic(flags.out, text);
      if (flags.json) console.log(text);
    });
}

function chosen<T extends Pick<Datasheet, "name">>(
  flag: string,
  names: readonly string[] | undefined,
  all: readonly T[],
): readonly T[] {
  const odd = names?.find((name) => !all.some((one) => one.name === name));
  if (odd === undefined) return all.filter(({ name }) => names?.includes(name) ?? true);
  throw new UsageError(
    `${flag} has "${odd}", expected ${all.map(({ name }) => name).join(", ")}.`,
  );
}

async function isaRows(path: string): Promise<IsaRow[]> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new UserError(`${path} cannot be read (${error.message}); \`kernel isa all --json\` prints one.`);
  });
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    rows = undefined;
  }
  if (Array.isArray(rows) && rows.every((row) => typeof row?.occupancy === "number" && row.loop)) return rows;
  throw new UserError(`${path} is no table of machine code; \`kernel isa all --json\` prints one.`);
}
