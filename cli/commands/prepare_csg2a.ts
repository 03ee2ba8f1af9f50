import { Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { PrepareStep, WellFilter } from "../../datasets/plates/prepare_plates.ts";
import { prepareFinetuning, preparePretraining } from "../../runs/prepare_folder.ts";
import { wholeNumber } from "../flags/words.ts";
import { type Answer, printAnswer } from "../print_answer.ts";
import { UsageError } from "../usage_error.ts";

const platesHelp = `
Every treated well gets a vehicle well of its own plate beside it; both are robust z-scores, (x - median) / max(1.4826 MAD, floor).
The folder gets condition_table.parquet, gex_DMSO.safetensors and gex_comp.safetensors, whose rows are read when they are needed (with
--tables csv the released code's CSV), prepared.json (options, counts, SHA-256 of what it came from) and prepared.html.

Examples:
  perturbine prepare csg2a level3.gctx --where cell_id=A375,MCF7 --smiles compoundinfo.csv --out data/two-lines
  perturbine prepare csg2a wells.h5ad --replicates modz --basal median --out data/consensus
  perturbine prepare csg2a --wells wells.csv --profiles log2expr.csv --reference vehicle --where use=1 --out data/skbr3`;

/** \`perturbine prepare csg2a\`: Level 3 profiles to pretraining rows. */
export function prepareCsg2aCommand() {
  return new Command("csg2a")
    .description("Make pretraining rows of CSG2A from profiles of wells (LINCS Level 3)")
    .argument("[files...]", "GCTX, GCT or h5ad with metadata of the wells")
    .requiredOption("--out <dir>", "folder to write")
    .option("--force", "replace the tables that the folder holds")
    .option("--wells <file...>", "CSV of wells: id, plate, cell_id, pert_id, pert_type, dose, time")
    .option(
      "--profiles <file...>",
      "CSV of their profiles, in the order of --wells: id, then one column a gene",
    )
    .option("--smiles <file>", "CSV of pert_id and canonical_smiles, where the wells have none")
    .optionsGroup("Wells:")
    .option(
      "--where <field=values...>",
      "only wells whose field has one of these values: cell_id=A375,MCF7",
      filter,
      [],
    )
    .option("--vehicles <name...>", "perturbations that are controls", ["DMSO"])
    .optionsGroup("Scores:")
    .addOption(
      new Option(
        "--reference <wells>",
        "median and MAD: over all wells of the plate, or over its vehicle wells",
      )
        .choices(["plate", "vehicle"] as const).default("plate" as const),
    )
    .option("--floor <n>", "smallest 1.4826 MAD, in log2 units", positive, 0.1)
    .option("--clip <n>", "largest score", positive, 10)
    .optionsGroup("Rows:")
    .addOption(
      new Option("--basal <how>", "control profile: one vehicle well, drawn, or the median of the plate's")
        .choices(["well", "median"] as const).default("well" as const),
    )
    .addOption(
      new Option(
        "--replicates <how>",
        "a row a well, or a condition's wells weighted by their agreement (MODZ)",
      )
        .choices(["keep", "modz"] as const).default("keep" as const),
    )
    .addOption(new Option("--seed <n>", "of the drawn controls").argParser(wholeNumber(0)).default(42))
    .addOption(tablesOption())
    .option("--json", "print the counts as JSON")
    .addHelpText("after", platesHelp)
    .action(async (files, { out, force, wells = [], profiles = [], tables, json, ...flags }) => {
      if (wells.length !== profiles.length) {
        throw new UsageError(
          `Found ${wells.length} tables of wells and ${profiles.length} of profiles; every --wells FILE needs its --profiles FILE.`,
        );
      }
      const made = await preparePretraining({
        ...flags,
        output: out,
        form: tables,
        matrices: files,
        tables: wells.map((path, at) => ({ wells: path, profiles: profiles[at] })),
      }, force ?? false);
      const { steps, plates, genes, drugs, notes } = made;
      const summary = `${steps.at(-1)!.left} rows, ${genes} genes, ${drugs} drugs, ${plates.length} plates`;
      printAnswer({ json }, answer(out, { steps, plates, genes, drugs, notes }, summary, "csg2a"));
    });
}

const screenHelp = `
The response table is long (cell line, drug and an IC50 that says its scale: LN_IC50, IC50_uM, pIC50, log10_IC50) or wide (ln of µM, a cell
line a row, a drug a column). Cell lines are joined by name whatever their case and punctuation, and by every id that --cells lists.

Examples:
  perturbine prepare gdsc --response gdsc1_ln_ic50_long.csv --profiles basal_z.csv --out data/gdsc1
  perturbine prepare gdsc --response matrix.csv --drugs drugs.csv --cells lines.csv --profiles log2tpm.csv --standardise robust-z --out data/g`;

/** \`perturbine prepare gdsc\`: ln IC50 and basal profiles to fine-tuning rows. */
export function prepareGdscCommand() {
  return new Command("gdsc")
    .description("Make fine-tuning rows of CSG2A from ln IC50 values and basal profiles of cell lines")
    .requiredOption("--response <file>", "CSV of ln IC50 (µM)")
    .requiredOption("--profiles <file>", "CSV of basal profiles, a cell line a row, a gene a column")
    .requiredOption("--out <dir>", "folder to write")
    .option("--force", "replace the tables that the folder holds")
    .option("--drugs <file>", "CSV of drug_name or drug_id and canonical_smiles")
    .option("--cells <file>", "CSV of names and ids (cosmic_id, depmap_id) of the cell lines")
    .addOption(
      new Option(
        "--standardise <how>",
        "robust z per gene over the cell lines that are written, or profiles as they are",
      )
        .choices(["robust-z", "none"] as const).default("none" as const),
    )
    .option("--floor <n>", "smallest 1.4826 MAD", positive, 0.1)
    .option("--clip <n>", "largest score", positive, 10)
    .addOption(tablesOption())
    .option("--json", "print the counts as JSON")
    .addHelpText("after", screenHelp)
    .action(async ({ out, force, tables, json, ...flags }) => {
      const { steps, notes, lines, drugs, genes } = await prepareFinetuning(
        { ...flags, output: out, form: tables },
        force ?? false,
      );
      const summary = `${
        steps.at(-1)!.left
      } pairs, ${lines.length} cell lines, ${drugs} structures, ${genes} genes`;
      printAnswer({ json }, answer(out, { steps, lines, drugs, genes, notes }, summary, "csg2a-response"));
    });
}

function tablesOption() {
  return new Option(
    "--tables <form>",
    "stored: safetensors and Parquet; csv: text, as the released code has it",
  )
    .choices(["stored", "csv"] as const).default("stored" as const);
}

/** Steps as a table, what is odd, and where to look and go on. */
function answer<Result extends { readonly steps: readonly PrepareStep[]; readonly notes: readonly string[] }>(
  out: string,
  result: Result,
  summary: string,
  model: string,
): Answer {
  return {
    result: { output: out, ...result },
    table: { head: ["step", "left"], body: result.steps.map(({ step, left }) => [step, `${left}`]) },
    lines: [
      ...result.notes.map((note) => `note: ${note}`),
      `${out}: ${summary}`,
      `Next: perturbine train ${model} --data ${out}`,
    ],
    written: `${out}/prepared.html`,
  };
}

/** \`field=a,b\`; given several times, all must hold. */
function filter(text: string, earlier: readonly WellFilter[]): WellFilter[] {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) {
    throw new InvalidArgumentError("Expected FIELD=VALUE or FIELD=VALUE,VALUE.");
  }
  return [...earlier, { field: text.slice(0, at), values: text.slice(at + 1).split(",") }];
}

function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Expected a number above 0.");
}
