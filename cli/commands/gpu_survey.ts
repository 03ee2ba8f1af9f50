import { Command } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import type { BenchMachine } from "../../bench/bench_file.ts";
import { packSurvey } from "../../bench/survey/pack.ts";
import { isResult, type PartRow, type SurveyPart } from "../../bench/survey/part.ts";
import { surveyParts } from "../../bench/survey/parts.ts";
import { probeMachine } from "../../bench/survey/probe_machine.ts";
import { runSurvey } from "../../bench/survey/run_survey.ts";
import { continuedSurvey, type SurveyFile, writeSurvey } from "../../bench/survey/survey_file.ts";
import { writeSurveyReport } from "../../bench/survey/survey_report.ts";
import { planText, summaryText } from "../../bench/survey/survey_text.ts";
import { UserError } from "../../datasets/user_error.ts";
import { positiveNumber, wordList } from "../flags/words.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { UsageError } from "../usage_error.ts";
import { openedMachine } from "./bench/document.ts";

const help = `
For the day on which a GPU is at hand: launch cost, goldens, tests, subgroup forms (also in subgroups of 32 and 64 where
shaders may choose), every kernel, model and peer, tuning, PyTorch on CUDA where python3 has it; the most valuable first,
each in a process of its own. Every part leaves its file in the folder as it ends; a second call does what is missing.

Exit code 0 when all parts ended well, 1 when one was wrong or failed, or time was too short for all, 2 for a wrong line.

Examples:
  perturbine gpu-survey --plan                                what would be done, and how long it takes
  perturbine gpu-survey --goldens DIR                         at most eight minutes; again for the rest
  perturbine gpu-survey --quick --out DIR                     small sizes: does everything work here?
  perturbine gpu-survey --pack DIR --goldens DIR              what a machine without a network needs; there: sh DIR/survey.sh`;

/** `perturbine gpu-survey`: everything worth measuring on a GPU in one call. */
export function gpuSurveyCommand() {
  return new Command("gpu-survey")
    .description("Everything worth measuring on a GPU in one call of some minutes, the most valuable first")
    .option(
      "--out <dir>",
      "folder of the results; one with a survey of this machine is gone on with",
      "runs/gpu-survey",
    )
    .option("--minutes <n>", "time for this call", positiveNumber, 8)
    .option("--quick", "small sizes, few repeats: whether everything works")
    .option("--goldens <dir>", "folder of golden files, as PERTURBINE_GOLDENS takes")
    .option("--only <parts>", "these parts alone, by commas, as --plan names them", wordList)
    .option("--again", "do parts again that have a result")
    .option("--plan", "print the plan and do nothing")
    .option("--pack <dir>", "pack what an x86-64 Linux machine without a network needs to do this")
    .option("--json", "print the result as JSON")
    .addHelpText("after", help)
    .action(async (flags) => {
      if (flags.pack !== undefined) {
        return console.log(await packSurvey(flags.pack, flags.goldens, (line) => console.error(line)));
      }
      const begun = performance.now();
      if (flags.goldens !== undefined) await folderThatIs(flags.goldens);
      const machine = await openedMachine();
      const folder = resolve(flags.out);
      const before = flags.plan ? undefined : await continuedSurvey(folder, machine, flags.quick ?? false);
      const { dawn, noDawn, facts } = await probeMachine();
      const goldens = flags.goldens === undefined ? undefined : resolve(flags.goldens);
      const parts = chosenParts(surveyParts({ folder, quick: flags.quick, goldens }, facts), flags.only);
      const kept = (before?.parts ?? []).filter(({ name }) =>
        !flags.again || !parts.some((part) => part.name === name)
      );
      console.error(`${machine.adapter}\n${planText(parts, kept, flags.minutes)}\n`);
      if (flags.plan) return;
      await Deno.mkdir(folder, { recursive: true });
      const survey = (rows: readonly PartRow[]): SurveyFile => ({
        format: "perturbine survey 1",
        machine,
        quick: flags.quick ?? false,
        dawn,
        noDawn,
        parts: rows,
      });
      await writeSurvey(folder, survey(kept));
      using interrupt = listenForInterrupt();
      const { rows, left } = await runSurvey(parts, {
        folder,
        seconds: 60 * flags.minutes - (performance.now() - begun) / 1000,
        before: kept,
        signal: interrupt.signal,
        onBegin: ({ name, what, seconds }, leftSeconds) =>
          console.error(
            `${clock(begun)}  ${name}: ${what}, about ${seconds} s of ${Math.round(leftSeconds)} left`,
          ),
        onRow: async (row, all) => {
          await writeSurvey(folder, survey(all));
          if (row.state !== "lacking") {
            console.error(`${clock(begun)}  ${row.name} ${row.state}: ${row.said}`);
          }
        },
      });
      const page = await writeSurveyReport(folder, rows);
      const summary = survey(rows);
      console.log(
        flags.json
          ? JSON.stringify(
            { folder, report: page ?? null, left: left.map(({ name }) => name), ...summary },
            null,
            1,
          )
          : [summaryText(parts, rows), `Results: ${folder}`, page ? `Page: ${page}` : ""].filter(Boolean)
            .join("\n"),
      );
      refuseUnfinished(parts, rows, left, machine);
    });
}

/** @throws {UserError} where something was wrong, failed or is left. */
function refuseUnfinished(
  parts: readonly SurveyPart[],
  rows: readonly PartRow[],
  left: readonly SurveyPart[],
  { adapter }: BenchMachine,
): void {
  const own = rows.filter(({ name }) => parts.some((part) => part.name === name));
  const bad = own.filter(({ state }) => state === "wrong" || state === "failed");
  if (bad.length > 0) {
    throw new UserError(
      `On ${adapter} these were wrong or failed: ${bad.map(({ name }) => name).join(", ")}; see their logs.`,
    );
  }
  const open = left.filter(({ name }) => !own.some((row) => row.name === name && isResult(row)));
  if (open.length > 0) {
    throw new UserError(
      `No time was left for ${open.map(({ name }) => name).join(", ")}; the same command again does them.`,
    );
  }
}

function chosenParts(
  parts: readonly SurveyPart[],
  only: readonly string[] | undefined,
): readonly SurveyPart[] {
  if (!only) return parts;
  const odd = only.find((name) => !parts.some((part) => part.name === name));
  if (odd !== undefined) {
    throw new UsageError(`--only has "${odd}", expected ${parts.map(({ name }) => name).join(", ")}.`);
  }
  const chosen = parts.filter(({ name }) => only.includes(name));
  const impossible = chosen.find(({ lacking }) => lacking !== undefined);
  if (!impossible) return chosen;
  throw new UserError(`--only has "${impossible.name}", which cannot be done here: ${impossible.lacking}.`);
}

async function folderThatIs(path: string): Promise<void> {
  if (await Deno.stat(path).then((info) => info.isDirectory, () => false)) return;
  throw new UserError(`--goldens ${path}: there is no such folder; check the path.`);
}

/** Minutes and seconds since the call. */
function clock(begun: number): string {
  const seconds = Math.round((performance.now() - begun) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
