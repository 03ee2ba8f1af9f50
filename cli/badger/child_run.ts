import { isDeepStrictEqual } from "node:util";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import { readRankingConfig } from "../run_folder.ts";
import { launcherVariable } from "../launcher/run_child.ts";
import { fileURLToPath } from "node:url";
import { UserError } from "../../datasets/user_error.ts";
import { withDawn } from "../../host/dawn/dawn.ts";
import { readRankingResults } from "./evaluate_ranking.ts";
import type { RankingReport } from "./ranking_report_data.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/**
 * Brings a run to its end in a process of its own: a finished one is left alone, a stopped one goes on, a new one starts.
 * The child inherits the environment in which this process found its adapter.
 *
 * @param force begin again in any case.
 * @param start the words after `perturbine` that start it.
 * @param config what these words configure.
 * @throws {UserError} when the folder holds a run that was configured otherwise; when the child fails or is stopped: the runs
 * that are done stay.
 */
export async function childRun(
  run: string,
  start: readonly string[],
  config: RankingRunConfig,
  { quiet = false, force = false }: { readonly quiet?: boolean; readonly force?: boolean },
): Promise<RankingReport> {
  const there = !force && await Deno.stat(`${run}/config.json`).then(() => true, () => false);
  if (there && !isDeepStrictEqual(await readRankingConfig(run), config)) {
    throw new UserError(
      `${run} holds a run with other settings (its config.json); give another --out, or replace it with --force.`,
    );
  }
  const done = force ? undefined : await readRankingResults(run).catch(() => undefined);
  if (done) return done;
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
