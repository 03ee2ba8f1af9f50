import { isDeepStrictEqual } from "node:util";
import { UserError } from "../datasets/user_error.ts";
import { FinishedRuns } from "./prepare_finished.ts";
import { readConfig } from "./read_config.ts";
import { isFinished, readReport } from "./read_report.ts";
import type { RunConfig } from "./run_config.ts";
import { SettingsError } from "./errors.ts";
import { foldCount } from "./split_wish.ts";
import { type FinishedRun, resume, train, type TrainOptions } from "./train.ts";
import { system } from "../host/system.ts";

/** A run of a series: where it lies and what it is. */
export interface SeriesRun {
  /** Its folder. */
  readonly path: string;
  /** What it is. */
  readonly config: RunConfig;
}

/**
 * The same configuration with as many seeds, one run a seed: `OUT/seed-42`, ... A closed form that draws nothing needs one.
 *
 * @example
 * ```ts
 * await trainSeries(seedRuns(await configure({ model: "csg2a" }), 5, "runs/seeds"));
 * ```
 */
export function seedRuns(config: RunConfig, seeds: number, out: string): SeriesRun[] {
  return Array.from({ length: seeds }, (_, k) => {
    const seed = config.seed + k;
    return { path: `${out}/seed-${seed}`, config: { ...config, seed } };
  });
}

/**
 * Every fold of a configuration's split: `OUT/fold-0`, ...
 *
 * @throws {SettingsError} when its rule has no folds.
 * @example
 * ```ts
 * const config = await configure({ model: "ridge", split: { rule: "drug-folds", folds: 5 } });
 * await trainSeries(foldRuns(config, "runs/folds"));
 * ```
 */
export function foldRuns(config: RunConfig, out: string): SeriesRun[] {
  const { split } = config;
  if (!("fold" in split)) {
    throw new SettingsError(
      `A split by ${split.rule} has no folds; choose one with folds, such as drug-folds.`,
    );
  }
  return Array.from({ length: foldCount(split) }, (_, fold) => ({
    path: `${out}/fold-${fold}`,
    config: { ...config, split: { ...split, fold } },
  }));
}

/**
 * Brings runs to their end one after the other: a finished one is left alone, a stopped one goes on, a new one starts.
 *
 * @throws {UserError} when a folder holds a run that was configured otherwise, or the data of a finished one have changed; the
 * runs that are done stay.
 * @throws {StoppedError} when the signal stopped one; the same call goes on where it stopped.
 * @example
 * ```ts
 * const finished = await trainSeries(seedRuns(await configure({ model: "csg2a" }), 5, "runs/seeds"));
 * const report = await evaluateRun(finished.map(({ path }) => path));
 * ```
 */
export async function trainSeries(
  runs: readonly SeriesRun[],
  { out: _, ...options }: TrainOptions = {},
): Promise<FinishedRun[]> {
  const finished: FinishedRun[] = [], before = new FinishedRuns();
  for (const [place, run] of runs.entries()) {
    options.watch?.note?.(`Run ${place + 1} of ${runs.length}: ${run.path}`);
    finished.push(await bringToEnd(run, options, before));
  }
  return finished;
}

async function bringToEnd(
  { path, config }: SeriesRun,
  options: Omit<TrainOptions, "out">,
  before: FinishedRuns,
): Promise<FinishedRun> {
  const there = !options.force && await system.stat(`${path}/config.json`).then(() => true, () => false);
  if (!there) await requireFinishedSource(path, config);
  if (!there) return await train(config, { ...options, out: path });
  await requireSameSettings({ path, config });
  const report = await readReport(path).catch(() => undefined);
  if (!report) return await resume(path, options);
  // A result of other data than those that the next run would be trained on.
  await before.prepare(path);
  return { path, report };
}

/** Makes sure that a folder's run is configured as asked for. @throws {UserError} */
export async function requireSameSettings({ path, config }: SeriesRun): Promise<void> {
  if (isDeepStrictEqual(await readConfig(path), config)) return;
  throw new UserError(
    `${path} holds a run with other settings (its config.json); give another --out, or replace it with --force.`,
  );
}

/** A run of a series that goes on from another one may not take what that one had reached half-way. */
async function requireFinishedSource(path: string, { from }: RunConfig): Promise<void> {
  const isRun = from !== null &&
    await system.stat(from).then(({ isDirectory }) => isDirectory, () => undefined);
  if (from === null || isRun === false) return;
  if (isRun && await isFinished({ path: from })) return;
  throw new UserError(
    `${path} goes on from ${from}, which is not finished; bring that run to its end first.`,
  );
}
