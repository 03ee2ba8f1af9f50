import { Command } from "@commander-js/extra-typings";
import { prepareTumours } from "../../runs/prepare_folder.ts";
import { printAnswer } from "../print_answer.ts";

const help = `
Profiles of tumours and of cell lines are log2 values of the same kind, a sample a row. Per type of cancer they are brought together by
ComBat, then scored together (robust z). patients.csv is a file of questions for a run that predicts ln IC50:

  perturbine prepare tcga --response drug_response.txt --profiles tumours.csv --reference lines.csv --types lines_types.csv \\
    --drugs drugs.csv --out data/tcga
  perturbine predict runs/csg2a-response data/tcga/patients.csv --out patients_predicted.csv
  perturbine study tcga --data patients_predicted.csv --out runs/tcga`;

/** \`perturbine prepare tcga\`: patients with known responses to questions for a response model. */
export function prepareTcgaCommand() {
  return new Command("tcga")
    .description("Bring tumours of patients with known responses to the scale of cell lines")
    .requiredOption("--response <file>", "table of patient.arr, cancers, drug.name, response")
    .requiredOption("--profiles <file>", "log2 expression of tumours, a patient a row, a gene a column")
    .requiredOption("--reference <file>", "log2 expression of the cell lines, a line a row")
    .requiredOption("--drugs <file>", "CSV of drug_name and canonical_smiles")
    .requiredOption("--out <dir>", "folder to write")
    .option("--types <file>", "CSV of cell_id and cancer (default: every type with all cell lines)")
    .option("--force", "replace what the folder holds")
    .option("--json", "print the counts as JSON")
    .addHelpText("after", help)
    .action(async ({ out, force, json, ...flags }) => {
      const { values: _, ...made } = await prepareTumours(
        { ...flags, output: out, floor: 0.1, clip: 10 },
        force ?? false,
      );
      printAnswer({ json }, {
        result: { output: out, ...made },
        table: { head: ["step", "left"], body: made.steps.map(({ step, left }) => [step, `${left}`]) },
        lines: [
          ...made.notes.map((note) => `note: ${note}`),
          `${out}: ${
            made.steps.at(-1)!.left
          } treatments of ${made.drugs.length} drugs, ${made.genes} genes, ${made.cancers.length} types of cancer`,
          `Next: perturbine predict RUN ${out}/patients.csv --out predicted.csv`,
        ],
        written: `${out}/prepared.html`,
      });
    });
}
