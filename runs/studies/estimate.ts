import { createHash } from "node:crypto";
import { z } from "zod";
import { jsonOf } from "../../host/json_text.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import { modelNamed } from "../../models/registry.ts";
import { durationText } from "../../report/kit/numbers.ts";
import type { SeriesRun } from "../series.ts";
import { Device } from "../device.ts";
import { openPredictor } from "../predictors.ts";
import { type PreparedRun, prepareRun } from "../prepare.ts";
import { isFinished } from "../read_report.ts";
import { tunedAdapter, userTuning } from "../tuning.ts";

/** What is to be trained of one kind. */
export interface EstimatedModel {
  /** Data set and model, or pretraining. */
  readonly name: string;
  /** Trainings in the list. */
  readonly trainings: number;
  /** Of them those that are finished. */
  readonly finished: number;
  /** Of one training, all epochs; null where it could not be told. */
  readonly seconds: number | null;
}

/** What a study will do, before it starts. */
export interface StudyEstimate {
  readonly models: readonly EstimatedModel[];
  /** Of all that is not finished, one after the other; evaluation comes on top. */
  readonly seconds: number;
  /** What could not be estimated. */
  readonly unknown: readonly string[];
}

const timesSchema = z.record(z.string(), z.number());

/** Steps of a network are timed for so long, in milliseconds; the first ones, which compile, do not count. */
const longest = 4000;
/** A closed form is fitted to so many rows. */
const rowsOfSample = 200;

/**
 * Counts the trainings that are left and estimates their time on this adapter: a few steps of each network are timed, closed forms are
 * fitted to 200 rows and scaled to all. What was measured is kept in the study's folder and not measured again,
 * unless the adapter or the settings are others.
 */
export async function estimateStudy(
  tasks: readonly SeriesRun[],
  out: string,
  note: (line: string) => void = () => {},
): Promise<StudyEstimate> {
  // Measured anew where the file is not there, or damaged.
  const kept: Record<string, number> = await Deno.readFile(`${out}/plan.json`).then(jsonOf)
    .then((value) => timesSchema.parse(value)).catch(() => ({}));
  const models: EstimatedModel[] = [];
  const adapter = await tunedAdapter().catch(() => "none");
  for (const [name, group] of Map.groupBy(tasks, (task) => kindOf(task, out))) {
    const measured = measuredAs(name, group[0], adapter);
    const finished = (await Promise.all(group.map(isFinished))).filter(Boolean).length;
    const left = group.length - finished;
    if (left > 0 && !(measured in kept)) {
      note(`Timing ${name}`);
      const seconds = await secondsOf(group[0]).catch(() => undefined);
      if (seconds !== undefined) kept[measured] = seconds;
    }
    models.push({ name, trainings: group.length, finished, seconds: kept[measured] ?? null });
  }
  await Deno.mkdir(out, { recursive: true });
  await writeFileAtomic(`${out}/plan.json`, JSON.stringify(kept, null, 1) + "\n");
  const left = models.filter(({ trainings, finished }) => trainings > finished);
  return {
    models,
    seconds: left.reduce(
      (sum, { trainings, finished, seconds }) => sum + (trainings - finished) * (seconds ?? 0),
      0,
    ),
    unknown: left.filter(({ seconds }) => seconds === null).map(({ name }) => name),
  };
}

/** Trainings that take about as long: of one model on one data set. */
function kindOf({ path }: SeriesRun, out: string): string {
  const parts = path.slice(out.length + 1).split("/");
  return parts[0] === "pretraining" ? parts.join("/") : `${parts[0]}/${parts.at(-2)}`;
}

/** Under what a time is kept: another adapter, or other settings, take another time; another seed or fold does not. */
export function measuredAs(name: string, { config }: Pick<SeriesRun, "config">, adapter: string): string {
  const { seed: _seed, split, ...settings } = config;
  const text = JSON.stringify([{ ...split, fold: undefined, number: undefined }, settings, adapter]);
  return `${name} ${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}

async function secondsOf({ config }: SeriesRun): Promise<number> {
  const prepared = await prepareRun(config);
  using device = new Device(userTuning);
  return config.training ? await ofNetwork(prepared, device) : await ofClosedForm(prepared, device);
}

async function ofNetwork(prepared: PreparedRun, device: Device): Promise<number> {
  const training = { ...prepared.config.training!, readEvery: 1, saveEvery: 0 };
  const own = { ...prepared, config: { ...prepared.config, training } };
  await using predictor = await openPredictor(own, prepared.shown, device);
  const stop = new AbortController();
  const times: { readonly step: number; readonly at: number }[] = [];
  const started = performance.now();
  await predictor.fit({
    signal: stop.signal,
    onProgress({ step }) {
      times.push({ step, at: performance.now() });
      if (times.length >= 8 || times.length >= 3 && performance.now() - started > longest) stop.abort();
    },
  });
  const [first, last] = [times[Math.min(1, times.length - 2)], times.at(-1)!];
  const aStep = (last.at - first.at) / 1000 / (last.step - first.step);
  const steps = Math.ceil(prepared.split.train.length / training.batchSize);
  return aStep * steps * training.epochs;
}

async function ofClosedForm(prepared: PreparedRun, device: Device): Promise<number> {
  const { train } = prepared.split;
  const rows = train.subarray(0, Math.min(train.length, rowsOfSample));
  await using predictor = await openPredictor(
    prepared,
    prepared.shown,
    device,
    { ...prepared.split, train: rows },
  );
  const started = performance.now();
  await predictor.fit({});
  return (performance.now() - started) / 1000 * train.length / rows.length;
}

/** `csg2a: 10 trainings, 2 finished, about 3 min each`, a line a kind. */
export function estimateLines({ models }: StudyEstimate): string[] {
  return models.map(({ name, trainings, finished, seconds }) => {
    const [, label] = name.split("/");
    const title = modelTitle(label);
    return `${name}${title ? ` (${title})` : ""}: ${trainings} training${
      trainings === 1 ? "" : "s"
    }, ${finished} finished` +
      (seconds === null ? "" : `, at most ${durationText(seconds)} each`);
  });
}

function modelTitle(label: string): string | undefined {
  try {
    return modelNamed(label).title;
  } catch {
    return undefined;
  }
}
