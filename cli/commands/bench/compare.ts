import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { type BenchFile, parseBenchFile } from "../../../bench/bench_file.ts";
import { checkBaseline, isBaseline, parseBaseline } from "../../../bench/compare/baseline.ts";
import { changedRows } from "../../../bench/compare/changed_rows.ts";
import { compareRows, regressions, type Units } from "../../../bench/compare/compare_rows.ts";
import { compareTable } from "../../../bench/compare/compare_table.ts";
import { comparableRow } from "../../../bench/models/comparable_row.ts";
import { UserError } from "../../../datasets/user_error.ts";

const help = `
Ratios are B over A: above 1 is worse. What B refused, lacks or has anew stands first, in red, and ends with exit
code 1 (--allow-new: new rows are told only). Times are taken in canary units, so that a busier machine is no slower kernel;
another adapter or processor compares only --relative-to naive. A row counts as slower only when its whole 99 % bootstrap
interval, widened by what either run drifted beyond its noise, lies beyond the threshold. More memory or more launches count
always. Exit code 1 on a regression. A may be a committed baseline (ratios, memory and launches, no times).

Examples:
  perturbine bench compare before.json after.json
  perturbine bench compare before.json after.json --relative-to naive      (another day, another load)
  perturbine bench compare bench/results/baseline.json now.json
`;

/** `perturbine bench compare`. */
export function benchCompareCommand() {
  return new Command("compare")
    .description("Say whether a second measurement is faster or slower than a first, beyond its noise")
    .argument("<a>", "earlier measurement, or a baseline")
    .argument("<b>", "later measurement")
    .option("--threshold <share>", "relative change of time that matters", share, 0.1)
    .option(
      "--relative-to <what>",
      "divide times first: canary (multiply-adds timed beside every repeat; default where both have them), naive (the twin of the same run), nothing",
      relative,
    )
    .option("--allow-new", "rows that only B has are no failure")
    .option("--json", "print the comparison as JSON")
    .addHelpText("after", help)
    .action(async (pathA, pathB, { threshold, relativeTo, allowNew, json }) => {
      const [a, b] = await Promise.all([read(pathA), read(pathB)]);
      const after = parseBenchFile(b, pathB);
      if (isBaseline(a)) return judgeBaseline(a, pathA, after, json);
      const before = parseBenchFile(a, pathA);
      const processors = [before, after].map(({ machine }) => machine?.processor) as [string?, string?];
      const [first, second] = [before, after].map(({ rows, models, refused }) => ({
        rows: [...rows, ...models.map(comparableRow)],
        refused,
      }));
      const compared = compareRows(first.rows, second.rows, {
        threshold,
        relativeTo,
        processors: [processors[0], processors[1]],
      });
      const changed = changedRows(first, second);
      const lost = changed.filter(({ change }) => !(allowNew && change === "new"));
      if (compared.length === 0 && !changed.some(({ change }) => change === "refused")) {
        throw new UserError(
          `${pathA} and ${pathB} share no row; measure the same kernels, variants and sizes in both.`,
        );
      }
      const worse = regressions(compared);
      console.log(
        json
          ? JSON.stringify({ changed, compared, regressions: worse.length, lost: lost.length }, null, 1)
          : compareTable(compared, changed),
      );
      if (lost.length > 0) {
        throw new UserError(
          `${pathA} and ${pathB} do not hold the same rows: ${
            lost.map(({ key, change }) => `${key} is ${change}`).join("; ")
          }.`,
        );
      }
      if (worse.length > 0) {
        throw new UserError(`${worse.length} rows regressed: ${worse.map(({ key }) => key).join("; ")}.`);
      }
    });
}

function judgeBaseline(text: string, path: string, after: BenchFile, json?: boolean): void {
  const { lost, checked } = checkBaseline(parseBaseline(text, path), after);
  if (checked === 0) {
    throw new UserError(
      `${path} has no row of this adapter and these sizes; measure with bench kernels --guard, or add the adapter ` +
        "with --baseline FILE.",
    );
  }
  console.log(
    json
      ? JSON.stringify({ checked, lost }, null, 1)
      : [...lost, `${checked} rows checked, ${lost.length} lost ground`].join("\n"),
  );
  if (lost.length > 0) {
    throw new UserError(
      `${lost.length} kernels lost ground against ${path}; mend them, or measure again on a quiet machine.`,
    );
  }
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new UserError(`${path} cannot be read (${(error as Error).message}); check the path.`);
  }
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 10)) throw new InvalidArgumentError("Expected a positive share such as 0.1.");
  return value;
}

function relative(text: string): Units {
  if (text === "nothing" || text === "naive" || text === "canary") return text;
  throw new InvalidArgumentError("Expected canary, naive or nothing.");
}
