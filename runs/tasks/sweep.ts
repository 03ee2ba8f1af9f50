import { UserError } from "../../datasets/user_error.ts";
import { RandomStream } from "../../datasets/random.ts";
import { number } from "../../report/kit/numbers.ts";
import type { TextTable } from "../../report/kit/text_table.ts";
import { configure, type RunWish } from "../configure.ts";
import { SettingsError } from "../errors.ts";
import { epochLines, readReport } from "../read_report.ts";
import type { SeriesRun } from "../series.ts";
import type { KnownTask, TaskList } from "./task_list.ts";

/** A setting and the values that are tried, as typed: `learningRate`, `mat.width`. */
export interface Axis {
  readonly name: string;
  readonly values: readonly (string | number | boolean | null)[];
}

/** Reads `learningRate=1e-4,1e-3`. @throws {SettingsError} for anything else. */
export function axisOf(text: string): Axis {
  const [, name, list] = /^([A-Za-z][\w.]*)=(.+)$/.exec(text) ?? [];
  if (name === undefined) {
    throw new SettingsError(`--grid ${text}: expected NAME=VALUE,VALUE such as learningRate=1e-4,1e-3.`);
  }
  const values = list.split(",").map((word) => {
    if (word === "none" || word === "null") return null;
    if (word === "yes" || word === "true") return true;
    if (word === "no" || word === "false") return false;
    return word !== "" && Number.isFinite(Number(word)) ? Number(word) : word;
  });
  if (new Set(values).size < values.length) {
    throw new SettingsError(`--grid ${text}: a value is given twice.`);
  }
  return { name, values };
}

/** One combination of values, by the name of the setting. */
export type Trial = Readonly<Record<string, Axis["values"][number]>>;

/** All combinations, the last axis the fastest; or `some` different ones of them, drawn by `seed`. */
export function trialsOf(
  axes: readonly Axis[],
  some?: { readonly count: number; readonly seed: number },
): Trial[] {
  const twice = axes.find(({ name }, k) => axes.findIndex((other) => other.name === name) !== k);
  if (twice) throw new SettingsError(`--grid ${twice.name}: given twice; put its values in one list.`);
  const all = axes.reduce<Trial[]>(
    (trials, { name, values }) =>
      trials.flatMap((trial) => values.map((value) => ({ ...trial, [name]: value }))),
    [{}],
  );
  if (!some) return all;
  if (some.count > all.length) {
    throw new SettingsError(
      `--random ${some.count}: the grid has ${all.length} combinations; give at most as many.`,
    );
  }
  const drawn = new RandomStream(some.seed, 0x5eeb).permutation(all.length).slice(0, some.count).sort();
  return Array.from(drawn, (at) => all[at]);
}

/** The runs of a sweep's rung: `OUT/trial-3`, ..., each the wish with a trial laid over it. @throws {SettingsError} */
export async function sweepRuns(
  wish: RunWish,
  trials: readonly (readonly [number: number, trial: Trial])[],
  out: string,
  epochs?: number,
): Promise<SeriesRun[]> {
  const base = await configure(wish);
  if (base.training === null) {
    throw new SettingsError(
      `${wish.model} is fitted in closed form and chooses on the validation part by itself: there is nothing to sweep; give it to train.`,
    );
  }
  return await Promise.all(trials.map(async ([at, trial]) => {
    const settings: Record<string, unknown> = { ...wish.settings };
    const training: Record<string, unknown> = { ...wish.training, ...epochs === undefined ? {} : { epochs } };
    for (const [name, value] of Object.entries(trial)) {
      const isTraining = name in base.training!;
      if (!isTraining && !(name.split(".")[0] in base.settings)) {
        throw new SettingsError(
          `--grid ${name}: ${wish.model} has no such setting; expected one of ${
            [...Object.keys(base.training!), ...Object.keys(base.settings)].join(", ")
          }.`,
        );
      }
      lay(isTraining ? training : settings, name.split("."), value);
    }
    return { path: `${out}/trial-${at}`, config: await configure({ ...wish, settings, training }) };
  }));
}

function lay(into: Record<string, unknown>, [first, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) into[first] = value;
  else lay((into[first] = { ...into[first] as object }) as Record<string, unknown>, rest, value);
}

/** A trial with what decides about it. */
export interface JudgedTrial {
  readonly path: string;
  readonly trial: Trial;
  readonly state: KnownTask["state"];
  readonly error?: string;
  /** Validation loss of its best epoch; absent where it is not finished. */
  readonly validation?: number;
  /** That epoch. */
  readonly epoch?: number;
}

/** Trials by their validation loss, the best first; never by anything of the test part. */
export async function judgeTrials(
  trials: readonly Trial[],
  tasks: readonly KnownTask[],
): Promise<JudgedTrial[]> {
  const judged = await Promise.all(
    tasks.map(async ({ run: { path }, state, error }, k): Promise<JudgedTrial> => {
      if (state !== "finished") return { path, trial: trials[k], state, error };
      const { bestEpoch } = await readReport(path);
      const line = (await epochLines(path)).find(({ epoch }) => epoch === bestEpoch);
      if (line?.validationLoss === null || line === undefined) {
        throw new UserError(
          `${path} has no validation loss to choose by; choose a split with a validation part.`,
        );
      }
      return { path, trial: trials[k], state, validation: line.validationLoss, epoch: line.epoch };
    }),
  );
  return judged.sort((a, b) => (a.validation ?? Infinity) - (b.validation ?? Infinity));
}

/** How many trials go on to each rung of successive halving, and for how many epochs: the last rung trains for all. */
export function rungsOf(
  trials: number,
  epochs: number,
  factor: number,
): { readonly trials: number; readonly epochs: number }[] {
  const count = Math.max(1, Math.floor(Math.log(trials) / Math.log(factor) + 1e-9) + 1);
  return Array.from({ length: count }, (_, rung) => ({
    trials: Math.max(1, Math.floor(trials / factor ** rung + 1e-9)),
    epochs: Math.max(1, Math.round(epochs / factor ** (count - 1 - rung))),
  }));
}

/** All trials of all rungs, the last rung first. */
export function sweepTable(rungs: readonly (readonly JudgedTrial[])[]): TextTable {
  const names = Object.keys(rungs[0][0].trial);
  return {
    textColumns: 1,
    head: ["run", ...names, "validation loss", "best epoch", "state"],
    body: rungs.toReversed().flatMap((trials, above) =>
      trials.map(({ path, trial, validation, epoch, state }, k) => [
        above === 0 && k === 0 && validation !== undefined ? { strong: path } : path,
        ...names.map((name) => String(trial[name] ?? "none")),
        validation === undefined ? "" : number(validation),
        epoch === undefined ? "" : String(epoch),
        state,
      ])
    ),
  };
}

/** The list of one rung. */
export function rungTasks(
  out: string,
  runs: readonly SeriesRun[],
  trials: readonly Trial[],
  command: string,
): TaskList {
  return { out, kind: "sweep", of: { trials }, command, tasks: runs };
}
