import type { Prediction } from "../datasets/evaluation/types.ts";
import type { ControlName } from "../datasets/layouts/layout.ts";
import { checksumOfSplit } from "../datasets/splits/split_file.ts";
import { listNames } from "../datasets/readers/named_columns.ts";
import { quoteValue } from "../datasets/readers/quote_value.ts";
import { UserError } from "../datasets/user_error.ts";
import { controlPredictions, openPredictor, ownPrediction } from "./predictors.ts";
import type { Device } from "./device.ts";
import type { PreparedRun } from "./prepare.ts";
import type { FinishedRuns } from "./prepare_finished.ts";
import { readReport } from "./read_report.ts";
import { trainedValues, type TrainingFacts } from "./report_of.ts";
import { resultParameters } from "./take_parameters.ts";

/** Read at a time: a table may be larger than memory. */
const rowsAtOnce = 512;

/** One model's finished trainings on the rows of a table. */
export interface ScoredRuns {
  /** Name of the model in the registry. */
  readonly name: string;
  /** Of the last training. */
  readonly prepared: PreparedRun;
  /** Its values, those of further seeds as repeats. A run on a disturbed input stands as a control. */
  readonly model: Prediction;
  readonly controls: readonly Prediction[];
  readonly notes: readonly string[];
  /** Of the first training. */
  readonly facts: Omit<TrainingFacts, "environment">;
}

/**
 * Predicts the test rows by every training of one model, intact and with inputs disturbed.
 *
 * @param table the rows; what a run was tested on must be the same.
 * @throws {UserError} when a run was trained or tested on other rows, or its data have changed.
 */
export async function scoreRuns(
  runs: readonly string[],
  table: PreparedRun,
  finished: FinishedRuns,
  device: Device,
  controls?: readonly ControlName[],
): Promise<ScoredRuns> {
  const values: Float32Array[] = [];
  const disturbed = new Map<string, Prediction & { readonly repeats: Float32Array[] }>();
  const notes = new Set<string>();
  let facts: ScoredRuns["facts"] | undefined;
  let prepared: PreparedRun | undefined;
  for (const run of runs) {
    prepared = await finished.prepare(run);
    requireSameRows(run, prepared, table);
    const { test } = prepared.split;
    const state = await resultParameters(run);
    await using predictor = await openPredictor(prepared, prepared.shown, device);
    predictor.restore(state);
    values.push(await predictor.predict(test));
    const { predictions, notes: untested } = await controlPredictions(
      prepared,
      test,
      state,
      device,
      controls,
    );
    for (const note of untested) notes.add(note);
    for (const prediction of predictions) {
      const first = disturbed.get(prediction.name);
      if (first) first.repeats.push(prediction.values);
      else disturbed.set(prediction.name, { ...prediction, repeats: [] });
    }
    facts ??= {
      ...await factsOf(run),
      ownScores: await predictor.ownScores?.(test) ?? {},
      memory: predictor.memory?.() ?? null,
      parameters: trainedValues(state),
    };
  }
  const [first, ...repeats] = values;
  const { control } = prepared!.config;
  const own = ownPrediction(prepared!, first, repeats);
  const { title } = prepared!.model;
  return {
    name: prepared!.model.name,
    prepared: prepared!,
    model: asEntry(own, control, table),
    controls: [...disturbed.values()].map((prediction) => ({
      ...prediction,
      of: own.name,
      ...(prediction.repeats.length > 0 ? {} : { repeats: undefined }),
    })),
    notes: [...notes].map((note) => `${title}: ${note}`),
    facts: facts!,
  };
}

/** A model that was retrained on a disturbed input is a control of the one that is judged. */
function asEntry(own: Prediction, control: ControlName | null, table: PreparedRun): Prediction {
  if (control === null || table.config.control !== null) return own;
  return { ...own, name: `${own.name}, retrained`, role: "control", control };
}

function requireSameRows(run: string, own: PreparedRun, table: PreparedRun): void {
  const remedy = "put only runs on the same data and split beside each other.";
  if (checksumOfSplit(own.data, own.split) !== checksumOfSplit(table.data, table.split)) {
    throw new UserError(
      `${run} was tested on "${own.split.name}" (${own.split.test.length} rows), expected the rows of "${table.split.name}" ` +
        `(${table.split.test.length}); ${remedy}`,
    );
  }
  // Rows of another folder can have the same names, which are often no more than numbers.
  if (own.data === table.data) return;
  const [names, expected] = [own.data.outputs.names, table.data.outputs.names];
  const other = names.findIndex((name, place) => name !== expected[place]);
  if (other >= 0 || names.length !== expected.length) {
    throw new UserError(
      `${run} predicts ${names.length} outputs (${
        listNames(names, 3)
      }), expected the ${expected.length} of the first run (${
        listNames(expected, 3)
      }) in their order; ${remedy}`,
    );
  }
  const row = firstOtherRow(own, table);
  if (row === undefined) return;
  throw new UserError(
    `${run}: the row ${
      quoteValue(own.data.rowNames[row])
    } of ${own.data.source} has other values than that of ` +
      `${table.data.source}; ${remedy}`,
  );
}

/** A row of the split, as `own` numbers it, whose truth is another one in the table. */
function firstOtherRow(own: PreparedRun, table: PreparedRun): number | undefined {
  for (const part of ["train", "validation", "test"] as const) {
    const rows = own.split[part], same = table.split[part];
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      const some = rows.subarray(start, start + rowsAtOnce);
      const values = own.data.truth!.take(some);
      const others = table.data.truth!.take(same.subarray(start, start + rowsAtOnce));
      const at = values.findIndex((value, k) => value !== others[k]);
      if (at >= 0) return some[Math.floor(at * some.length / values.length)];
    }
  }
}

async function factsOf(run: string) {
  const kept = await readReport(run).catch(() => undefined);
  return {
    epochs: kept?.epochs ?? [],
    bestEpoch: kept?.bestEpoch ?? null,
    ...(kept?.chosen ? { chosen: kept.chosen } : {}),
    kernels: kept?.kernels ?? [],
    trainingSeconds: kept?.trainingSeconds ?? 0,
  };
}
