import { attachMolecules } from "../datasets/molecules/attach_molecules.ts";
import { Chemistry } from "../datasets/molecules/chemistry.ts";
import { csvLine } from "../datasets/readers/csv_line.ts";
import { float32Text } from "../datasets/readers/float32_text.ts";
import { readPpiEdges } from "../datasets/readers/read_ppi_edges.ts";
import { ppiFromEdges } from "../datasets/readers/ppi_graph.ts";
import { readPredictionInput } from "../datasets/readers/read_prediction_input.ts";
import type { PredictionInput } from "../datasets/types.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import type { RunConfig } from "../models/run_config.ts";
import type { OpenBackend } from "./backend.ts";
import { rowMolecules } from "./drug_control.ts";
import { moleculeOptions, type TrainingData } from "./prepare_run.ts";
import { checkOutputFile } from "../runs/output_file.ts";
import { resultParameters } from "./result_parameters.ts";
import { readRunGenes } from "./run_genes.ts";
import { readRunConfig } from "./run_folder.ts";
import { tuningOfRun } from "../runs/tuning.ts";

/** What was predicted. */
export interface PredictionSummary {
  readonly rows: number;
  readonly columns: number;
  /** File with the rows that were left out; undefined when none was. */
  readonly skippedFile?: string;
  readonly skipped: number;
}

/**
 * Predicts profiles (or ln IC50, for a fine-tuned run) for the conditions of a CSV file and writes them atomically.
 *
 * The run folder alone is needed: genes and PPI edges are read from it.
 *
 * @throws {UserError} when run or input are faulty; nothing is written then.
 */
export async function predictRows(
  run: string,
  input: string,
  output: string,
  skipBad: boolean,
  openBackend: OpenBackend,
): Promise<PredictionSummary> {
  await checkOutputFile(output, [input]);
  const config = await readRunConfig(run);
  const parameters = await resultParameters(run);
  const genes = await readRunGenes(run);
  const raw = await readPredictionInput(input, genes, { skipBad });
  const options = { ...await moleculeOptions(config), skipBad };
  const { data, molecules, bad } = attachMolecules(await Chemistry.load(), raw, options);
  const samples = data.samples;
  using backend = await openBackend({ tuning: await tuningOfRun(run) });
  const task = await backend.createTask({
    data: asTrainingData(data, config),
    shown: rowMolecules(samples, molecules, config.molecules.drug, config.training.seed),
    ppi: await runPpi(run, genes, config),
  }, config);
  let predicted: Float32Array;
  try {
    task.restore(parameters);
    predicted = await task.predict(Uint32Array.from({ length: samples.rows }, (_, row) => row));
  } finally {
    task.dispose();
  }
  const columns = config.stage === "pretraining" ? genes : ["ln_IC50"];
  await writeFileAtomic(output, lines(data, columns, predicted));
  const skipped = [...raw.skipped ?? [], ...bad];
  const skippedFile = `${output}.skipped.json`;
  if (skipped.length > 0) await writeFileAtomic(skippedFile, JSON.stringify(skipped, null, 2) + "\n");
  // A list of an earlier prediction would be taken for this one's.
  else await Deno.remove(skippedFile).catch(() => {});
  return {
    rows: samples.rows,
    columns: columns.length,
    skipped: skipped.length,
    ...(skipped.length > 0 ? { skippedFile } : {}),
  };
}

/** A data set without truths, which prediction does not look at. */
function asTrainingData({ file, genes, samples, basal }: PredictionInput, config: RunConfig): TrainingData {
  const common = { folder: file, genes, samples, basal };
  return config.stage === "pretraining"
    ? { kind: "pretraining", ...common, perturbed: new Float32Array(basal.length) }
    : { kind: "finetuning", ...common, logIc50: new Float32Array(samples.rows) };
}

async function runPpi(run: string, genes: readonly string[], { ppi }: RunConfig) {
  const { identity } = ppi;
  if (ppi.edges === null) return ppiFromEdges(genes, [], { identity });
  return await readPpiEdges(`${run}/ppi_edges.csv`, genes, { identity });
}

function* lines(
  { samples }: PredictionInput,
  columns: readonly string[],
  predicted: Float32Array,
): Generator<string> {
  const { cells } = samples;
  yield csvLine(["smiles", "dose", "time", ...(cells ? ["cell_id"] : []), ...columns]);
  for (let row = 0; row < samples.rows; row++) {
    const values = predicted.subarray(row * columns.length, (row + 1) * columns.length);
    const condition = [samples.smiles[row], float32Text(samples.dose[row]), float32Text(samples.time[row])];
    yield csvLine([...condition, ...(cells ? [cells[row]] : []), ...Array.from(values, float32Text)]);
  }
}
