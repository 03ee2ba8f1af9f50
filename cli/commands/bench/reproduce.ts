import { checkOutputFile } from "../../../runs/output_file.ts";
import { Command } from "@commander-js/extra-typings";
import Table from "cli-table3";
import { costTables } from "../../../bench/reproduce/cost_tables.ts";
import { repeatRun } from "../../../bench/reproduce/repeat_run.ts";
import type { ReferenceRun } from "../../../bench/reproduce/reference_run.ts";
import { referenceRuns } from "../../../bench/reproduce/reference_runs.ts";
import type { ReproducedLine, Reproduction } from "../../../bench/reproduce/reproduction.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { writeFileAtomic } from "../../../host/write_file_atomic.ts";
import type { CommandContext } from "../../context.ts";
import { commandText } from "../../command_text.ts";
import { UsageError } from "../../usage_error.ts";
import { wholeNumber } from "../../flags/words.ts";
import { documentOf, openedMachine } from "./document.ts";

const names = [...costTables, ...referenceRuns].map(({ name }) => name);

const help = `
Published figures stand beside and are marked as published. Runs need data that this project does not carry: --data.

Tables of costs (no data needed):
${costTables.map(({ name, title }) => `  ${name.padEnd(12)}  ${title}`).join("\n")}

Training runs:
${
  referenceRuns.map(({ name, title, data, pretraining }) =>
    [
      `  ${name}  ${title}`,
      `    --data: ${data}`,
      ...(pretraining ? [`    --pretraining-data: ${pretraining.data}`] : []),
    ].join("\n")
  ).join("\n")
}

Examples:
  perturbine bench reproduce badger-costs --out costs.json
  perturbine bench reproduce C1 --data csg2a-format/skbr3 --ppi STRING_edges.csv
  perturbine bench reproduce F1 --data csg2a-format/gdsc_finetune --pretraining-data csg2a-format/skbr3
  perturbine prepare badger --out set-u --signatures chemical_signatures_a375_24h.csv --doses "3.33 um" "10 um" \\
    --other-columns pert_type n_rep --smiles drug_smiles.csv --similarity cell_embeddings_similarity.csv \\
    --targets drug_target_information.csv --min-tas off --no-qc --skip-bad
  perturbine bench reproduce B3 --data set-u
`;

/** `perturbine bench reproduce`. */
export function benchReproduceCommand(context: CommandContext) {
  return new Command("reproduce")
    .description("Repeat a published table or training run, with the published figures beside")
    .argument("<table>", `one of ${names.join(", ")}`)
    .option("--data <dir>", "data of a training run")
    .option("--pretraining-data <dir>", "data of the run that a fine-tuning run takes over")
    .option("--ppi <file>", "STRING edges for CSG2A")
    .option("--seeds <n>", "only so many of the seeds", wholeNumber(1))
    .option(
      "--epochs <n>",
      "other number of epochs: a trial, unless figures for it were published",
      wholeNumber(1),
    )
    .option("--quick", "smaller sizes of a cost table: a trial, not a reproduction")
    .option("--keep <folder>", "keep the run folders here (default: they are deleted)")
    .option("--out <file>", "keep the table as JSON, for report")
    .option("--json", "print the table as JSON")
    .addHelpText("after", help)
    .action(async (asked, flags) => {
      if (flags.out !== undefined) await checkOutputFile(flags.out);
      const named = ({ name }: { name: string }) => name.toLowerCase() === asked.toLowerCase();
      const table = costTables.find(named), run = referenceRuns.find(named);
      if (run) await checkData(run, flags);
      const chosen = table ?? run;
      if (!chosen) {
        throw new UsageError(`There is no table called "${asked}", only ${names.join(", ")}; choose one.`);
      }
      const machine = await openedMachine();
      const lines = run
        ? await repeat(run, flags, context)
        : await table!.lines(navigator.gpu, flags.quick ?? false);
      const { name, title } = chosen;
      const reproduction = { name, title, command: commandText(wordsOf(name, flags)), lines };
      const document = documentOf({ machine, reproductions: [reproduction] });
      const text = JSON.stringify(document, null, 1) + "\n";
      if (flags.out !== undefined) await writeFileAtomic(flags.out, text);
      console.log(flags.json ? text : reproductionTable(reproduction));
    });
}

interface RepeatFlags {
  readonly data?: string;
  readonly pretrainingData?: string;
  readonly ppi?: string;
  readonly seeds?: number;
  readonly epochs?: number;
  readonly quick?: true;
  readonly keep?: string;
}

/** The words that repeat the table. */
function wordsOf(name: string, { data, pretrainingData, ppi, seeds, epochs, quick }: RepeatFlags): string[] {
  const given = { data, "pretraining-data": pretrainingData, ppi, seeds, epochs };
  const words = Object.entries(given).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option}`, String(value)]
  );
  return ["bench", "reproduce", name, ...words, ...(quick ? ["--quick"] : [])];
}

/** @throws {UsageError} when data are not named. @throws {UserError} when they are not there. */
async function checkData(run: ReferenceRun, { data, pretrainingData }: RepeatFlags): Promise<void> {
  if (!run.pretraining && pretrainingData !== undefined) {
    throw new UsageError(`${run.name} takes no other run over; leave --pretraining-data out.`);
  }
  const needed = [
    ["--data", data, run.data],
    ...(run.pretraining ? [["--pretraining-data", pretrainingData, run.pretraining.data]] : []),
  ];
  for (const [option, folder, content] of needed) {
    if (folder === undefined) throw new UsageError(`${run.name} needs ${option}: ${content}.`);
    if (await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false)) continue;
    throw new UserError(
      `${folder}: ${option} of ${run.name} must be a folder with ${content}; check the path.`,
    );
  }
}

async function repeat(
  run: ReferenceRun,
  { data, keep, ...flags }: RepeatFlags,
  context: CommandContext,
): Promise<ReproducedLine[]> {
  const command = (words: readonly string[]) => commandAside(words, context);
  const folder = keep ?? await Deno.makeTempDir({ prefix: "perturbine_reproduce_" });
  try {
    return await repeatRun(run, { ...flags, data: data!, folder, command });
  } finally {
    if (keep === undefined) await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a command. */
async function commandAside(words: readonly string[], context: CommandContext): Promise<number> {
  // What a run prints at its end is a remark here: standard output holds the table, or JSON, and nothing else.
  const { log } = console;
  console.log = console.error;
  try {
    return await context.run([...words, "--quiet"]);
  } finally {
    console.log = log;
  }
}

function reproductionTable({ title, lines }: Reproduction): string {
  const table = new Table({
    head: ["what", "published", "here", "unit", "note"],
    colAligns: ["left", "right", "right", "left", "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const { what, published, here, unit, note } of lines) {
    table.push([what, published ?? "", here === null ? "" : here.toPrecision(4), unit, note ?? ""]);
  }
  const sources = [...new Set(lines.flatMap(({ source }) => source ?? []))];
  return `${title}\n${table.toString()}\nPublished: ${sources.join("; ")}`;
}
