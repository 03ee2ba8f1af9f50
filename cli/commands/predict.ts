import { Command } from "@commander-js/extra-typings";
import type { CommandContext } from "../context.ts";
import { predictRows } from "../predict_rows.ts";

const help = `
INPUT has one condition a row: smiles, dose (µM), time (h), then the basal profile, one column for every gene of the
model in any order. The output has the same conditions and one column a gene, or ln_IC50 for a fine-tuned run.

Examples:
  perturbine predict runs/csg2a-skbr3 conditions.csv --out profiles.csv
  perturbine predict runs/finetune-gdsc conditions.csv --out response.csv --skip-bad`;

/** \`perturbine predict\`: profiles or responses for new conditions. */
export function predictCommand(context: CommandContext) {
  return new Command("predict")
    .description("Predict profiles for a CSV of SMILES, dose, time and basal profile")
    .argument("<run>", "run folder")
    .argument("<input>", "CSV file of conditions")
    .requiredOption("--out <file>", "CSV file to write; a file of that name is replaced")
    .option("--skip-bad", "leave faulty rows and unparseable SMILES out, and list them beside the output")
    .option("--json", "print a summary as JSON")
    .addHelpText("after", help)
    .action(async (run, input, flags) => {
      const summary = await predictRows(run, input, flags.out, flags.skipBad ?? false, context.openBackend);
      if (flags.json) {
        console.log(JSON.stringify({ run, output: flags.out, ...summary }));
        return;
      }
      const what = summary.columns === 1 ? "responses" : `profiles of ${summary.columns} genes`;
      console.log(`${summary.rows} ${what} written to ${flags.out}`);
      if (summary.skippedFile) console.log(`${summary.skipped} left out: see ${summary.skippedFile}`);
    });
}
