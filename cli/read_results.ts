import { UserError } from "../datasets/user_error.ts";
import type { ReportData } from "./report/report_data.ts";

/** The results that a finished run wrote. @throws {UserError} when there are none. */
export async function readResults(run: string): Promise<ReportData> {
  const path = `${run}/results.json`;
  try {
    // Written by this program from the same type.
    return JSON.parse(await Deno.readTextFile(path)) as ReportData;
  } catch (error) {
    throw new UserError(
      `${path} cannot be read (${
        (error as Error).message
      }); finish the run with \`perturbine resume ${run}\`.`,
    );
  }
}
