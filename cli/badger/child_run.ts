import { launcherVariable } from "../launcher/run_child.ts";
import { fileURLToPath } from "node:url";
import { UserError } from "../../datasets/user_error.ts";
import { withDawn } from "../../engine/dawn/dawn.ts";
import { readRankingResults } from "./evaluate_ranking.ts";
import type { RankingReport } from "./ranking_report_data.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/**
 * Brings a run to its end in a process of its own: a finished one is left alone, a stopped one goes on, a new one starts.
 * The child inherits the environment in which this process found its adapter.
 *
 * @param force begin again in any case.
 * @param start the words after `perturbine` that start it.
 * @throws {UserError} when the child fails or is stopped; the runs that are done stay.
 */
export async function childRun(
  run: string,
  start: readonly string[],
  { quiet = false, force = false }: { readonly quiet?: boolean; readonly force?: boolean },
): Promise<RankingReport> {
  const done = force ? undefined : await readRankingResults(run).catch(() => undefined);
  if (done) return done;
  const there = !force && await Deno.stat(`${run}/config.json`).then(() => true, () => false);
  const words = there ? ["resume", run] : force ? [...start, "--force"] : start;
  const child = new Deno.Command(Deno.execPath(), {
    args: withDawn([
      "run",
      "-q",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-sys",
      main,
      ...words,
      ...(quiet ? ["--quiet"] : []),
    ]),
    // So that the child notices the death of this process, which it could not be stopped through any more.
    env: { [launcherVariable]: String(Deno.pid) },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const { code } = await child.status;
  if (code !== 0) {
    throw new UserError(
      `${run} did not finish (exit code ${code}, see above); give the same command again to go on where it stopped.`,
    );
  }
  return await readRankingResults(run);
}
