import { resolve } from "node:path";
import { storedZipChunks, type ZipEntry } from "../../host/checkpoint/stored_zip_writer.ts";
import { fileHash } from "../../datasets/layouts/common/source_files.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { UserError } from "../../datasets/user_error.ts";
import { raceChart } from "../../report/charts.ts";
import { explainBody } from "../../report/explain_page.ts";
import { rankBody } from "../../report/rank_page.ts";
import { runBody } from "../../report/run_page.ts";
import type { RunReport } from "../../report/run_report.ts";
import { drawings } from "../../report/structures.ts";
import { configure, runName, type RunWish } from "../../runs/configure.ts";
import { Device } from "../../runs/device.ts";
import { explainPrediction } from "../../runs/explain.ts";
import { baselinePredictions } from "../../runs/predictors.ts";
import { prepareRun } from "../../runs/prepare.ts";
import { FinishedRuns } from "../../runs/prepare_finished.ts";
import { readConfig } from "../../runs/read_config.ts";
import { isFinished } from "../../runs/read_report.ts";
import { rankGenes } from "../../runs/rank.ts";
import type { RunConfig } from "../../runs/run_config.ts";
import { type FinishedRun, resume, train, type TrainOptions } from "../../runs/train.ts";
import { writeRanking } from "../../runs/write_answers.ts";
import { writeExplanation } from "../../runs/write_explanation.ts";
import { modelNamed } from "../../models/registry.ts";
import type { EpochLine } from "../../models/train_record.ts";
import { place, system } from "../host/system.ts";
import { nearestDrugs } from "./nearest_drugs.ts";
import { type Yardstick, yardstickOf } from "./yardstick.ts";

/** A file that a visitor dropped, and where it lies in the page's tree. */
export interface PlacedFile {
  readonly path: string;
  readonly blob: Blob;
}

/** What is known before a model is trained. */
export interface Start {
  readonly config: RunConfig;
  readonly run: string;
  readonly title: string;
  readonly counts: { readonly train: number; readonly validation: number; readonly test: number };
  readonly outputs: number;
  /** What the curve shows. */
  readonly measure: string;
  /** Free baselines and what they reach on the rows that the curve is measured on, the best first. */
  readonly baselines: readonly { readonly name: string; readonly value: number }[];
  readonly notes: readonly string[];
  /** The chart with nothing but the line that is to be passed. */
  readonly chart: string;
}

/** What is told while a model trains. */
export type Told =
  | { readonly kind: "note"; readonly text: string }
  | {
    readonly kind: "step";
    readonly step: number;
    readonly epoch: number;
    readonly batch: number;
    readonly batches: number;
    readonly loss: number;
  }
  | { readonly kind: "epoch"; readonly line: EpochLine; readonly chart?: string };

/** A trained run. */
export interface Trained {
  readonly run: string;
  readonly report: RunReport;
  /** What its page shows, as HTML. */
  readonly page: string;
  /** SHA-256 of checkpoint.safetensors. */
  readonly weights: string;
}

/** A run that can be asked. */
export interface OpenedRun {
  readonly run: string;
  readonly config: RunConfig;
  readonly title: string;
  readonly drugs: readonly { readonly name: string; readonly smiles: string }[];
  readonly cells: readonly string[];
  readonly weights: string;
}

/** Where in the page's tree runs are written. */
const runsFolder = "/runs";
/** Where the files of the last answer are. */
const answerFolder = "/answer";

let stopping: AbortController | undefined;
/** How the training that was begun last is drawn. */
let race: Race | undefined;

interface Race {
  readonly yardstick: Yardstick;
  readonly level: { readonly name: string; readonly value: number };
  readonly epochs: number;
  readonly width: number;
  lines: EpochLine[];
}

let loading: Promise<unknown> | undefined;

/**
 * RDKit and the charts, fetched together and once. The page's security policy does not reach into a worker: so when a visitor's data
 * are here, the worker has no way to the network any more.
 */
function everythingLoaded(): Promise<unknown> {
  return loading ??= Promise.all([Chemistry.load(), import("vega"), import("vega-lite")]).then(() => {
    for (
      const name of [
        "fetch",
        "XMLHttpRequest",
        "WebSocket",
        "WebTransport",
        "EventSource",
        "RTCPeerConnection",
      ]
    ) {
      Object.defineProperty(globalThis, name, { value: undefined, configurable: false });
    }
  });
}

/** What the page asks of the house; each is the function that the command line calls. */
export const house = {
  /**
   * Lays a dropped folder into the tree, in the place of an earlier one of its name.
   *
   * @throws {UserError} when the page itself keeps something under that name.
   */
  async place(folder: string, files: readonly PlacedFile[]): Promise<void> {
    if ([runsFolder, answerFolder, "/tmp"].includes(folder)) {
      throw new UserError(
        `A folder called ${folder.slice(1)} cannot be dropped: the page keeps its own there; rename it.`,
      );
    }
    await system.remove(folder, { recursive: true }).catch(() => {}); // there is none yet
    for (const { path, blob } of files) place(path, blob);
    await everythingLoaded();
  },

  /** Reads the data, splits them and fits every free baseline: what the model will have to pass is known before it is trained. */
  async begin(wish: RunWish, width: number): Promise<Start> {
    await everythingLoaded();
    const config = await configure(wish);
    const prepared = await prepareRun(config);
    const { data, split, model } = prepared;
    const rows = split.validation.length > 0 ? split.validation : split.test;
    using device = new Device();
    const { predictions, notes } = await baselinePredictions(prepared, rows, device, new Set());
    const truth = data.truth!.take(rows), yardstick = yardstickOf(data);
    const baselines = predictions.filter(({ role }) => role === "baseline")
      .map(({ name, values }) => ({ name, value: yardstick.of(values, truth) }))
      .sort((a, b) => yardstick.sign * (b.value - a.value));
    race = {
      yardstick,
      level: { name: `best free baseline: ${baselines[0].name}`, value: baselines[0].value },
      epochs: config.training?.epochs ?? 1,
      width,
      lines: [],
    };
    return {
      config,
      run: `${runsFolder}/${runName(config)}`,
      title: `${model.title} on ${data.name}`,
      counts: {
        train: split.train.length,
        validation: split.validation.length,
        test: split.test.length,
      },
      outputs: data.outputs.names.length,
      measure: yardstick.title,
      baselines,
      notes: [...prepared.notes, ...notes],
      chart: await chartOf(race),
    };
  },

  /** Trains what was begun, in the place of an earlier run of that name. */
  async train({ config, run }: Start, tell: (told: Told) => void): Promise<Trained> {
    if (race) race.lines = [];
    return await watched(
      tell,
      (options) => train(config, { ...options, out: run, force: true, command: "in a browser" }),
    );
  },

  /** Goes on with a run that stopped or lost its device. */
  async resume(run: string, tell: (told: Told) => void): Promise<Trained> {
    return await watched(tell, (options) => resume(run, options));
  },

  /** Training saves its state and ends. */
  stop(): void {
    stopping?.abort();
  },

  /** Folders in the page's tree that hold a finished run: trained in this visit, or dropped. */
  async runs(): Promise<string[]> {
    const found: string[] = [];
    await system.mkdir(runsFolder, { recursive: true });
    for (const parent of ["/", runsFolder]) {
      for await (const { name, isDirectory } of system.readDir(parent)) {
        const path = resolve(parent, name);
        if (isDirectory && await isFinished({ path })) found.push(path);
      }
    }
    return found.sort();
  },

  /** The data folder that a run was trained on, where it is not here: it has to be dropped too. */
  async missingData(run: string): Promise<string | undefined> {
    const { data } = await readConfig(run);
    if (data.source !== "folder") return undefined;
    return await system.stat(data.folder).then(() => undefined, () => data.folder);
  },

  /** A finished run's drugs, cell lines and weights. @throws {UserError} when it is none, or its data are not here. */
  async openRun(run: string): Promise<OpenedRun> {
    const { config, data } = await new FinishedRuns().prepare(run);
    return {
      run,
      config,
      title: modelNamed(config.model).title,
      drugs: data.drug.names.map((name, unit) => ({ name, smiles: data.structures[unit] })),
      cells: [...data.cell.names].sort(),
      weights: await fileHash(`${run}/checkpoint.safetensors`),
    };
  },

  /** What a drug does to the genes of a cell line by a run, as HTML; the files of the command line lie in {@link answerFolder}. */
  async rank(run: string, drug: string, cell: string): Promise<string> {
    const ranking = await rankGenes(run, drug, { cell });
    await system.remove(answerFolder, { recursive: true }).catch(() => {});
    await system.mkdir(answerFolder);
    await writeRanking(`${answerFolder}/ranking`, ranking);
    return (await rankBody(ranking)).source;
  },

  /** The drugs of the training part that are most like a molecule, with their structures, as HTML. */
  async nearest(run: string, drug: string): Promise<string> {
    const { data, split } = await new FinishedRuns().prepare(run);
    return (await nearestDrugs(drug, data, split)).source;
  },

  /** What that rests on, as HTML. @throws {UserError} for a model that has no attention to show. */
  async explain(run: string, drug: string, cell: string): Promise<string> {
    const report = await explainPrediction(run, drug, { cell });
    await writeExplanation(answerFolder, report);
    return (await explainBody(report)).source;
  },

  /** A structure as SVG, or why it is none. */
  async draw(smiles: string): Promise<{ readonly svg: string } | { readonly fault: string }> {
    await everythingLoaded();
    const chemistry = await Chemistry.load();
    const [svg] = await drawings([smiles], { width: 320, height: 220 });
    return svg ? { svg: svg.source } : { fault: chemistry.fault(smiles) ?? "it cannot be parsed" };
  },

  /** A folder of files as a zip file: a run for the command line, an answer for a spreadsheet. */
  async pack(run: string): Promise<Blob> {
    const files: ZipEntry[] = [];
    const name = run.slice(run.lastIndexOf("/") + 1);
    for await (const entry of system.readDir(run)) {
      if (entry.name === ".lock") continue;
      files.push({ name: `${name}/${entry.name}`, content: await system.readFile(`${run}/${entry.name}`) });
    }
    files.sort((a, b) => a.name < b.name ? -1 : 1);
    return new Blob([...storedZipChunks(files)], { type: "application/zip" });
  },
};

async function chartOf({ yardstick, lines, level, epochs, width }: Race): Promise<string> {
  return (await raceChart(yardstick.curves(lines), yardstick.title, level, epochs, width)).source;
}

/** Tells of a training as it goes, and hands on what it comes to. */
async function watched(
  tell: (told: Told) => void,
  run: (options: Pick<TrainOptions, "signal" | "watch">) => Promise<FinishedRun>,
): Promise<Trained> {
  stopping = new AbortController();
  /** Drawings come in their order, the last before the result. */
  let drawn: Promise<void> = Promise.resolve();
  const { path, report } = await run({
    signal: stopping.signal,
    watch: {
      note: (text) => tell({ kind: "note", text }),
      progress: (progress) => tell({ kind: "step", ...progress }),
      epoch(line) {
        const shown = race;
        if (!shown) return tell({ kind: "epoch", line });
        shown.lines.push(line);
        drawn = drawn.then(async () => tell({ kind: "epoch", line, chart: await chartOf(shown) }));
      },
    },
  });
  await drawn;
  return {
    run: path,
    report,
    page: (await runBody(report)).source,
    weights: await fileHash(`${path}/checkpoint.safetensors`),
  };
}
