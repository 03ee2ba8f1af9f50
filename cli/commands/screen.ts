import { Command } from "commander";
import { number, percent } from "../../report/kit/numbers.ts";
import { screenRemarks } from "../../report/remarks.ts";
import type { CellChoice } from "../../runs/ask_drugs.ts";
import { checkOutputFile } from "../../runs/output_file.ts";
import { screenLibrary } from "../../runs/screen.ts";
import { writeScreen } from "../../runs/write_answers.ts";
import { printAnswer } from "../print_answer.ts";
import { addCellFlags, cellChoice } from "../flags/drug_flags.ts";

const help = `
LIBRARY has a column smiles and, for names, one of name, pert_iname, pert_id. SIGNATURE has gene and value: positive where the
disease raises the gene.

Examples:
  perturbine screen runs/badger --cell MCF7 --library drugs.csv --signature disease.csv
  perturbine screen runs/csg2a --profile mycells.csv --library drugs.csv --signature disease.csv --out screens/mine`;

interface ScreenFlags extends CellChoice {
  readonly library: string;
  readonly signature: string;
  readonly skipBad?: boolean;
  readonly out: string;
  readonly json?: boolean;
}

/** `perturbine screen`: drugs by how well they reverse a disease signature. */
export function screenCommand(): Command {
  const command = new Command("screen")
    .description("Order a library of drugs by how well they reverse a disease signature, as CSV and page")
    .argument("<run>", "run folder of a model that predicts genes")
    .requiredOption("--library <file>", "CSV of drugs with SMILES")
    .requiredOption("--signature <file>", "CSV of gene and value");
  return addCellFlags(command)
    .option("--skip-bad", "leave out rows of the library without a usable SMILES")
    .option("--out <name>", "write NAME.csv and NAME.html", "screen")
    .option("--json", "print the result as JSON")
    .addHelpText("after", help)
    .action(async (run: string, flags: ScreenFlags) => {
      const choice = { ...cellChoice(flags), skipBad: flags.skipBad };
      for (const ending of ["csv", "html"]) await checkOutputFile(`${flags.out}.${ending}`);
      const { screen, skipped } = await screenLibrary(run, flags.library, flags.signature, choice);
      await writeScreen(flags.out, screen);
      printAnswer(flags, {
        result: { output: `${flags.out}.csv`, skipped, ...screen },
        table: {
          head: ["drug", "reversal", "raised", "lowered", "most similar drug trained on"],
          body: screen.drugs.slice(0, 15).map(({ name, reversal, upReversed, downReversed, nearest }) => [
            name.slice(0, 40),
            number(reversal, 3),
            percent(upReversed),
            percent(downReversed),
            nearest ? `${nearest.name} (${number(nearest.tanimoto, 2)})` : "",
          ]),
        },
        lines: [...screenRemarks(screen), ...skipped.map((line) => `left out: ${line}`)],
        written: `${flags.out}.csv, ${flags.out}.html`,
      });
    });
}
