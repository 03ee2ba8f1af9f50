import { Command } from "@commander-js/extra-typings";
import Table from "cli-table3";
import { csg2aCosts } from "../../../bench/reproduce/cost_tables.ts";
import { type ReferenceRun, referenceRuns } from "../../../bench/reproduce/reference_runs.ts";
import type { ReproducedLine, Reproduction } from "../../../bench/reproduce/reproduction.ts";
import { UserError } from "../../../datasets/user_error.ts";
import { writeFileAtomic } from "../../../engine/write_file_atomic.ts";
import { commandText } from "../../environment.ts";
import { UsageError } from "../../usage_error.ts";
import { wholeNumber } from "../training_options.ts";
import { benchDocument, openedMachine } from "./document.ts";

const costs = "csg2a-costs";
const names = [costs, ...referenceRuns.map(({ name }) => name)];

const help = `
Published figures stand beside and are marked as published. Runs need data that this project does not carry: --data.

Tables:
  ${costs}  CSG2A block: operations and times, materialised against closed form (no data needed)
${
  referenceRuns.map(({ name, title, data }) =>
    `  ${name.padEnd(11)}  ${title}\n${" ".repeat(15)}--data: ${data}`
  ).join("\n")
}

Examples:
  perturbine bench reproduce csg2a-costs --out costs.json
  perturbine bench reproduce C1 --data csg2a-format/skbr3 --ppi STRING_edges.csv
`;

/** `perturbine bench reproduce`. */
export function benchReproduceCommand() {
  return new Command("reproduce")
    .description("Repeat a published table or training run, with the published figures beside")
    .argument("<table>", `one of ${names.join(", ")}`)
    .option("--data <dir>", "data of a training run")
    .option("--ppi <file>", "STRING edges for CSG2A")
    .option("--seeds <n>", "only so many of the seeds", wholeNumber(1))
    .option("--epochs <n>", "other number of epochs: a trial, not a reproduction", wholeNumber(1))
    .option("--quick", "smaller sizes of a cost table: a trial, not a reproduction")
    .option("--keep <folder>", "keep the run folders here (default: they are deleted)")
    .option("--out <file>", "keep the table as JSON, for report")
    .option("--json", "print the table as JSON")
    .addHelpText("after", help)
    .action(async (name, flags) => {
      const run = referenceRuns.find((one) => one.name.toLowerCase() === name.toLowerCase());
      if (!run && name !== costs) {
        throw new UsageError(`There is no table called "${name}", only ${names.join(", ")}.`);
      }
      const machine = await openedMachine();
      const reproduction = run
        ? await repeat(run, flags)
        : await csg2aCosts(navigator.gpu, flags.quick ?? false);
      const document = benchDocument({ machine, reproductions: [reproduction] });
      const text = JSON.stringify(document, null, 1) + "\n";
      if (flags.out !== undefined) await writeFileAtomic(flags.out, text);
      console.log(flags.json ? text : reproductionTable(reproduction));
    });
}

interface RepeatFlags {
  readonly data?: string;
  readonly ppi?: string;
  readonly seeds?: number;
  readonly epochs?: number;
  readonly keep?: string;
}

/** Trains once a seed, by the same command a user would give, and reads what the runs report. */
async function repeat(
  run: ReferenceRun,
  { data, ppi, seeds, epochs, keep }: RepeatFlags,
): Promise<Reproduction> {
  if (data === undefined) throw new UsageError(`${run.name} needs --data: ${run.data}.`);
  // A command that runs commands: the program is loaded when it is asked for, since it holds this command too.
  const { main } = await import("../../main.ts");
  const folder = keep ?? await Deno.makeTempDir({ prefix: "perturbine_reproduce_" });
  const values = run.metrics.map((): number[] => []);
  const words = [
    ...run.words,
    ...["--data", data],
    ...(ppi === undefined ? [] : ["--ppi", ppi]),
    ...(epochs === undefined ? [] : ["--epochs", String(epochs)]),
  ];
  const chosen = run.seeds.slice(0, seeds);
  try {
    for (const seed of chosen) {
      const out = `${folder}/${run.name}-seed-${seed}`;
      const code = await main([...words, "--seed", String(seed), "--out", out, "--quiet"]);
      if (code !== 0) {
        throw new UserError(`${run.name}: the run with seed ${seed} did not finish; see above.`);
      }
      const results = JSON.parse(await Deno.readTextFile(`${out}/results.json`));
      run.metrics.forEach(({ field }, k) => values[k].push(results.scores[0][field]));
    }
  } finally {
    if (keep === undefined) await Deno.remove(folder, { recursive: true });
  }
  const trial = epochs === undefined ? [] : [`${epochs} epochs: a trial`];
  const lines = run.metrics.map(({ name, unit, published }, k): ReproducedLine => ({
    what: name,
    published,
    source: run.source,
    here: mean(values[k]),
    unit,
    note: [spread(values[k]), ...trial, ...(run.note ? [run.note] : [])].join("; "),
  }));
  return { name: run.name, title: run.title, command: commandText(words), lines };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): string {
  if (values.length < 2) return "1 seed";
  const squares = values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
  return `${values.length} seeds, ± ${Math.sqrt(squares / (values.length - 1)).toFixed(3)}`;
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
