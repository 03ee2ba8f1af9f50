import { Command } from "commander";
import type { QueryRequest } from "../../datasets/layouts/layout.ts";
import { readDrugLibrary } from "../../datasets/badger/read_drug_library.ts";
import { predict } from "../../runs/predict.ts";
import { positiveNumbers, wordList } from "../flags/words.ts";
import { UsageError } from "../usage_error.ts";

const help = `
FILE has one condition a row: smiles, dose (µM), time (h), then the basal profile, one column for every gene of the model in
any order; for a model of signatures smiles and cell_id. Other columns (names, ids) go to the output as they are. With --cell or
--profile the rows need no profile. Without FILE, --drugs and --cells give every combination.

Examples:
  perturbine predict runs/csg2a-skbr3 conditions.csv --out profiles.csv
  perturbine predict runs/csg2a-skbr3 drugs.csv --cell SKBR3 --out profiles.csv --skip-bad
  perturbine predict runs/csg2a-skbr3 --drugs drugs.csv --doses 1,10 --times 24 --cells SKBR3 --out grid.csv
  perturbine predict runs/badger --drugs drugs.csv --cells A375,MCF7 --out signatures.csv`;

/** `perturbine predict`: what a finished run says of new conditions. */
export function predictCommand(): Command {
  return new Command("predict")
    .description("Predict conditions of a CSV file, or every combination of drugs, doses and cell lines")
    .argument("<run>", "run folder")
    .argument("[file]", "CSV file of conditions")
    .requiredOption(
      "--out <file>",
      "file to write: .csv, .csv.gz, .tsv, .parquet, .h5ad, .gctx, .gct; one of that name is replaced",
    )
    .option("--cell <name>", "cell line of the run's data, for every row of FILE")
    .option("--profile <file>", "CSV of gene,value: the untreated profile of a new cell line")
    .option("--drugs <file>", "CSV of drugs (smiles, and name if there is one), instead of FILE")
    .option("--doses <list>", "µM, such as 1,10 (default: the commonest of the run's data)", positiveNumbers)
    .option(
      "--times <list>",
      "hours, such as 6,24 (default: the commonest of the run's data)",
      positiveNumbers,
    )
    .option("--cells <list>", "cell lines of the run's data, such as A375,MCF7", wordList)
    .option("--skip-bad", "leave faulty rows and unparseable SMILES out, and list them beside the output")
    .option("--json", "print a summary as JSON")
    .addHelpText("after", help)
    .action(async (run: string, file: string | undefined, flags: PredictFlags) => {
      const request = await requestOf(file, flags);
      const summary = await predict(run, request, flags.out);
      if (flags.json) return console.log(JSON.stringify({ run, output: flags.out, ...summary }));
      const what = summary.columns === 1 ? "responses" : `rows of ${summary.columns} genes`;
      console.log(`${summary.rows} ${what} written to ${flags.out}`);
      for (const warning of summary.warnings) console.log(warning);
      if (summary.skippedFile) console.log(`${summary.skipped} left out: see ${summary.skippedFile}`);
    });
}

interface PredictFlags {
  readonly out: string;
  readonly cell?: string;
  readonly profile?: string;
  readonly drugs?: string;
  readonly doses?: number[];
  readonly times?: number[];
  readonly cells?: string[];
  readonly skipBad?: boolean;
  readonly json?: boolean;
}

async function requestOf(file: string | undefined, flags: PredictFlags): Promise<QueryRequest> {
  const { cell, profile, drugs, doses, times, cells, skipBad = false } = flags;
  if ((file === undefined) === (drugs === undefined)) {
    throw new UsageError("Give either a CSV file of conditions, or --drugs FILE with --cells A,B.");
  }
  if (drugs === undefined) {
    if (doses || times || cells) {
      throw new UsageError(
        "--doses, --times and --cells belong to --drugs; a file of conditions has its own.",
      );
    }
    return { file, cell, profile, skipBad };
  }
  if (cell !== undefined && cells) {
    throw new UsageError("--cell and --cells contradict each other; give one of them.");
  }
  const named = cells ?? (cell === undefined ? undefined : [cell]);
  if ((named === undefined) === (profile === undefined)) {
    throw new UsageError("Say where: --cells A,B of the run's data, or --profile FILE of a new cell line.");
  }
  const library = await readDrugLibrary(drugs, undefined, skipBad);
  return { grid: { drugs: library.drugs, doses, times, cells: named ?? [] }, profile, skipBad };
}
