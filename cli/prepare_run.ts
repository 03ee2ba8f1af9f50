import { attachMolecules } from "../datasets/molecules/attach_molecules.ts";
import type { BadSmiles } from "../datasets/molecules/bad_smiles.ts";
import { Chemistry } from "../datasets/molecules/chemistry.ts";
import { readConformers } from "../datasets/molecules/conformers.ts";
import { alignGenes } from "../datasets/readers/align_genes.ts";
import { ppiFromEdges } from "../datasets/readers/ppi_graph.ts";
import { readFinetuningFolder } from "../datasets/readers/read_finetuning_folder.ts";
import { readPpiEdges } from "../datasets/readers/read_ppi_edges.ts";
import { readPretrainingFolder } from "../datasets/readers/read_pretraining_folder.ts";
import type {
  FinetuningData,
  MoleculeGraph,
  PpiGraph,
  PretrainingData,
  SkippedRow,
  Split,
} from "../datasets/types.ts";
import { UserError } from "../datasets/user_error.ts";
import type { RunConfig } from "../models/run_config.ts";
import { type RowMolecules, rowMolecules } from "./drug_control.ts";
import { makeSplit } from "./make_split.ts";
import { simulatedRun } from "./simulated_run.ts";

/** Samples that a run can be trained on. */
export type TrainingData = PretrainingData | FinetuningData;

/** A run's data, ready for the model. */
export interface PreparedRun {
  readonly data: TrainingData;
  readonly split: Split;
  readonly ppi: PpiGraph;
  /** One a distinct drug of `data.samples`, intact. */
  readonly molecules: readonly MoleculeGraph[];
  /** What the model sees, after the drug control of the configuration. */
  readonly shown: RowMolecules;
  readonly skippedRows: readonly SkippedRow[];
  readonly badSmiles: readonly BadSmiles[];
  /** Sentences for the report. */
  readonly notes: readonly string[];
}

/**
 * Reads and checks everything that a run needs before a device is opened.
 *
 * @param genes order that the parameters prescribe, where they have one; the data are put in it
 * @throws {UserError} for any fault of the data.
 */
export async function prepareRun(config: RunConfig, genes?: readonly string[]): Promise<PreparedRun> {
  const { data: loaded, graph } = await loadData(config);
  const raw = genes ? alignGenes(loaded, genes) : loaded;
  const chemistry = await Chemistry.load();
  const { data, molecules, bad } = attachMolecules(chemistry, raw, await moleculeOptions(config));
  const ppi = await readPpi(config, data.genes, graph);
  const split = makeSplit(config.split, data.samples, chemistry);
  const shown = rowMolecules(data.samples, molecules, config.molecules.drug, config.training.seed);
  const skippedRows = data.skipped ?? [];
  const notes = notesOn(config, data, molecules, bad, skippedRows);
  return { data, split, ppi, molecules, shown, skippedRows, badSmiles: bad, notes };
}

/** How molecules are featurised, with the conformer file read where one is named. */
export async function moleculeOptions({ molecules }: Pick<RunConfig, "molecules">) {
  const { conformers, distances, skipBad } = molecules;
  return { distances, skipBad, conformers: conformers ? await readConformers(conformers) : undefined };
}

/** The true values: `rows * genes` profile values, or one ln IC50 a row. */
export function targetOf(data: TrainingData): Float32Array<ArrayBuffer> {
  return data.kind === "pretraining" ? data.perturbed : data.logIc50;
}

/** Values predicted a row. */
export function outputsOf(data: TrainingData): number {
  return data.kind === "pretraining" ? data.genes.length : 1;
}

async function loadData(config: RunConfig): Promise<{ data: TrainingData; graph?: PpiGraph }> {
  if (config.data.source === "simulator") return simulatedRun(config.stage, config.data.options);
  const { folder } = config.data;
  const { skipBad } = config.molecules;
  return {
    data: config.stage === "pretraining"
      ? await readPretrainingFolder(folder, { skipBad })
      : await readFinetuningFolder(folder, { skipBad }),
  };
}

async function readPpi(
  { ppi }: RunConfig,
  genes: readonly string[],
  simulated?: PpiGraph,
): Promise<PpiGraph> {
  const { edges, identity } = ppi;
  if (edges === null) return ppiFromEdges(genes, [], { identity });
  if (edges !== "simulator") return await readPpiEdges(edges, genes, { identity });
  if (simulated) return simulated;
  throw new UserError(
    "The PPI graph is to come from the simulator, but the data are read from a folder; give --ppi FILE.",
  );
}

function notesOn(
  config: RunConfig,
  data: TrainingData,
  molecules: readonly MoleculeGraph[],
  bad: readonly BadSmiles[],
  skipped: readonly SkippedRow[],
): string[] {
  const notes: string[] = [];
  const modes = Map.groupBy(molecules, ({ distanceMode }) => distanceMode);
  const how = { file: "a conformer file", rule: "the coordinate-free rule", path: "shortest paths" };
  notes.push(
    `Atom distances: ${
      [...modes].map(([mode, some]) => `${how[mode]} (${some.length} molecules)`).join(", ")
    }.`,
  );
  if (config.ppi.edges === null) {
    notes.push(`No PPI edges: P is ${config.ppi.identity ? "the identity" : "zero"}.`);
  }
  if (config.molecules.drug === "removed") {
    notes.push("Control run: every molecule was replaced by the dummy node, in training and in testing.");
  }
  if (config.molecules.drug === "permuted") {
    notes.push("Control run: molecules were shuffled over the rows, in training and in testing.");
  }
  if (bad.length > 0) {
    notes.push(`${bad.length} SMILES could not be parsed; their rows were left out: see skipped.json.`);
  }
  if (skipped.length > 0) notes.push(`${skipped.length} faulty rows were left out: see skipped.json.`);
  if (data.samples.cells && new Set(data.samples.cells).size === 1) {
    notes.push("The data have one cell line, so baselines that differ only in it coincide.");
  }
  return notes;
}
