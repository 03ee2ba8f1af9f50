import { UserError } from "../datasets/user_error.ts";
import type { EpochLine, MetricsLine } from "../models/train_record.ts";
import type { RunReport } from "../report/run_report.ts";

/**
 * The results that a finished run wrote.
 *
 * @throws {UserError} when there are none, or of an older format.
 * @example
 * ```ts
 * const { verdict } = await readReport("runs/csg2a");
 * ```
 */
export async function readReport(run: string): Promise<RunReport> {
  const path = `${run}/results.json`;
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new UserError(
      `${path} cannot be read (${error.message}); finish the run with \`perturbine resume ${run}\`.`,
    );
  });
  let report: RunReport;
  try {
    // Written by this program from the same type.
    report = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${path}: not JSON (${(error as Error).message}); write it anew with \`perturbine resume ${run}\`.`,
    );
  }
  if (report.format === "perturbine results 2") return report;
  throw new UserError(
    `${path}: written by an older version; write it anew with \`perturbine resume ${run}\`.`,
  );
}

/** The epochs of a run, as its `metrics.jsonl` tells them. @throws {UserError} naming the line that is damaged. */
export async function epochLines(run: string): Promise<EpochLine[]> {
  const path = `${run}/metrics.jsonl`;
  const text = await Deno.readTextFile(path).catch(() => "");
  const lines = text.trimEnd().split("\n").filter((line) => line !== "").map((line, index): MetricsLine => {
    try {
      return JSON.parse(line);
    } catch (error) {
      throw new UserError(
        `${path}, line ${index + 1}: not JSON (${
          (error as Error).message
        }); the file was damaged after it was written, ` +
          "so restore it, or start the run anew with --force.",
      );
    }
  });
  return lines.filter((line) => line.type === "epoch");
}
