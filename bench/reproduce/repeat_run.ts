import { UserError } from "../../datasets/user_error.ts";
import { blankGeneTable } from "./blank_gene_table.ts";
import type { ReferenceRun, ReproducedMetric } from "./reference_run.ts";
import type { ReproducedLine } from "./reproduction.ts";

/** What a reference run is repeated on. */
export interface RepeatOptions {
  readonly data: string;
  /** Of the run that goes before, where there is one. */
  readonly pretrainingData?: string;
  /** STRING edges, where the run takes some. */
  readonly ppi?: string;
  /** Only so many of the seeds. */
  readonly seeds?: number;
  /** Other than the run's own. */
  readonly epochs?: number;
  /** Where run folders go. */
  readonly folder: string;
  /** Runs the words after `perturbine`, and returns the exit code. */
  command(words: readonly string[]): Promise<number>;
}

/** The part of results.json that is read: its first prediction is the model's. */
interface Results {
  readonly predictions: readonly {
    readonly name: string;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
}

/**
 * Trains once a seed, by the same commands that a user would give, and reads what the runs report. Where the epochs are
 * those of a published figure, it stands beside; else the one of the run's own epochs does, and the note says so.
 *
 * @throws {UserError} when a run does not finish.
 */
export async function repeatRun(run: ReferenceRun, options: RepeatOptions): Promise<ReproducedLine[]> {
  const { folder, pretrainingData, ppi, epochs = run.epochs } = options;
  const train = async (name: string, words: readonly string[]): Promise<string> => {
    const out = `${folder}/${name}`;
    if (await options.command([...words, "--out", out]) === 0) return out;
    throw new UserError(`${run.name}: the run ${name} did not finish; see above.`);
  };
  const edges = ppi === undefined ? [] : ["--ppi", ppi];
  // What is fine-tuned has the edges of the network that it takes over.
  const start = run.pretraining && pretrainingData !== undefined
    ? [
      "--from",
      await train(`${run.name}-pretraining`, [
        ...run.pretraining.words,
        ...["--data", pretrainingData],
        ...edges,
      ]),
    ]
    : edges;
  let data = options.data;
  if (run.geneTableWidth !== undefined) {
    data = `${folder}/${run.name}-data`;
    await blankGeneTable(options.data, data, run.geneTableWidth);
  }
  const results: Results[] = [];
  for (const seed of run.seeds.slice(0, options.seeds)) {
    const words = [
      ...run.words,
      "--data",
      data,
      ...start,
      "--epochs",
      String(epochs),
      "--seed",
      String(seed),
    ];
    const out = await train(`${run.name}-seed-${seed}`, words);
    results.push(JSON.parse(await Deno.readTextFile(`${out}/results.json`)));
  }
  return run.metrics.flatMap((metric) => [
    modelLine(run, metric, results.map((result) => valueAt(result, metric.field)!), epochs),
    ...baselineLines(run, metric, results[0]),
  ]);
}

function modelLine(
  run: ReferenceRun,
  { name, unit, published }: ReproducedMetric,
  values: readonly number[],
  epochs: number,
): ReproducedLine {
  const figure = published[epochs] ?? published[run.epochs];
  const own = moments(values);
  const notes = [values.length === 1 ? "1 seed" : `${values.length} seeds, ± ${own.deviation.toFixed(3)}`];
  if (figure?.[1] !== undefined) {
    notes.push(`published ± ${figure[1]}`);
    // The rule of reference-runs.md 5, which wants three seeds: two deviations and two standard errors of the own mean.
    const band = 2 * figure[1] + 2 * own.deviation / Math.sqrt(values.length);
    const side = Math.abs(own.mean - figure[0]) <= band ? "inside" : "outside";
    if (values.length >= 3 && published[epochs]) notes.push(`${side} the band of ± ${band.toFixed(3)}`);
  }
  if (epochs !== run.epochs && !published[epochs]) {
    notes.push(figure ? "a trial: the published figure is of a whole run" : "a trial");
  }
  if (run.note) notes.push(run.note);
  return {
    what: epochs === run.epochs ? name : `${name} after epoch ${epochs}`,
    published: figure?.[0] ?? null,
    ...(figure ? { source: run.source } : {}),
    here: own.mean,
    unit,
    note: notes.join("; "),
  };
}

/** Free baselines beside the published ones: the same rows and metric, so that a wrong split or metric shows. */
function baselineLines(
  { source }: ReferenceRun,
  { name, unit, field, baselines = {} }: ReproducedMetric,
  { predictions }: Results,
): ReproducedLine[] {
  return Object.entries(baselines).map(([baseline, published]) => {
    const score = predictions.find((one) => one.name === baseline);
    return {
      what: `${name} of ${baseline}`,
      published,
      source,
      here: score?.metrics[field] ?? null,
      unit,
      note: score ? "free baseline" : "free baseline that runs of this kind do not print",
    };
  });
}

/** A number of results.json, the metrics of its first prediction counting as its own; a dot leads deeper. */
function valueAt(results: Results, field: string): number | undefined {
  const start: unknown = { ...results, ...results.predictions[0].metrics };
  return field.split(".").reduce(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    start,
  ) as number | undefined;
}

/** Mean and sample standard deviation. */
function moments(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}
