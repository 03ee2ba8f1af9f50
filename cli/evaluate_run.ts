import { resolve } from "node:path";
import { UserError } from "../datasets/user_error.ts";
import type { RunConfig } from "../models/run_config.ts";
import type { OpenBackend } from "./backend.ts";
import { requireSameData } from "./data_fingerprint.ts";
import { rowMolecules } from "./drug_control.ts";
import { environmentOf } from "./environment.ts";
import { countsOf, modelText, titleOf } from "./finish_run.ts";
import { withOtherData } from "./other_data.ts";
import { type PreparedRun, prepareRun } from "./prepare_run.ts";
import type { ReportData, Score } from "./report/report_data.ts";
import { modelScore } from "./report/verdict.ts";
import { readResults } from "./read_results.ts";
import { resultParameters } from "./result_parameters.ts";
import { readRunGenes } from "./run_genes.ts";
import { readRunConfig } from "./run_folder.ts";
import { type NamedPrediction, scoreRun } from "./score_run.ts";
import { tuningOfRun } from "../runs/tuning.ts";

/** What to evaluate, and beside what. */
export interface EvaluationRequest {
  readonly run: string;
  /** Another data folder, all rows of which are tested; undefined: the run's own test part. */
  readonly data?: string;
  /** Evaluate the same model with its drug input disturbed as well. */
  readonly controls: readonly ("removed" | "permuted")[];
  /** Finished runs on the same split whose model is shown too, for instance one retrained without the drug. */
  readonly beside: readonly string[];
  readonly command: string;
}

/**
 * Evaluates a run's result beside all free baselines.
 *
 * @throws {UserError} when run or data are faulty, or a run beside was tested on other rows.
 */
export async function evaluateRun(
  request: EvaluationRequest,
  openBackend: OpenBackend,
): Promise<ReportData> {
  const { run } = request;
  const config = await readRunConfig(run);
  const parameters = await resultParameters(run);
  const results = await readResults(run).catch(() => undefined);
  const own = await prepareRun(config, await readRunGenes(run));
  await requireSameData(run, own);
  const prepared = request.data === undefined ? own : await withOtherData(own, resolve(request.data), config);
  using backend = await openBackend({ tuning: await tuningOfRun(run) });
  const predictAs = async (drug: RunConfig["molecules"]["drug"]) => {
    const { data, molecules, split } = prepared;
    const shown = rowMolecules(data.samples, molecules, drug, config.training.seed);
    const task = await backend.createTask({ ...prepared, shown }, config);
    try {
      task.restore(parameters);
      return { prediction: await task.predict(split.test), memory: task.memory() };
    } finally {
      task.dispose();
    }
  };

  const { prediction, memory } = await predictAs(config.molecules.drug);
  const controls: NamedPrediction[] = [];
  for (const drug of request.controls) {
    controls.push({
      name: `CSG2A, drug ${drug}`,
      description: drug === "removed"
        ? "The same parameters, every molecule replaced by the dummy node."
        : "The same parameters, molecules shuffled over the rows.",
      prediction: (await predictAs(drug)).prediction,
    });
  }
  const scored = scoreRun(
    prepared.data,
    prepared.split,
    { name: "CSG2A", description: modelText(config), prediction },
    controls,
  );
  const beside: Score[] = [];
  for (const other of request.beside) beside.push(await scoreOf(other, prepared, request.data !== undefined));
  return {
    title: titleOf(config),
    stage: config.stage,
    splitName: prepared.split.name,
    counts: countsOf(prepared),
    ...scored,
    scores: [...scored.scores, ...beside],
    epochs: results?.epochs ?? [],
    bestEpoch: results?.bestEpoch ?? 0,
    kernels: results?.kernels ?? [],
    environment: environmentOf(backend, request.command),
    trainingSeconds: results?.trainingSeconds ?? 0,
    memory,
    parameters: results?.parameters ?? 0,
    notes: notesOn(prepared, request),
    config,
  };
}

/** Another run's model, scored on the same rows. */
async function scoreOf(run: string, prepared: PreparedRun, otherData: boolean): Promise<Score> {
  const results = await readResults(run);
  const { split, counts } = { split: prepared.split, counts: countsOf(prepared) };
  if (otherData || results.splitName !== split.name || results.counts.test !== counts.test) {
    throw new UserError(
      `${run} was tested on ${results.counts.test} rows of "${results.splitName}", expected ${counts.test} of ` +
        `"${split.name}"; put only runs on the same data and split beside each other.`,
    );
  }
  const { drug } = results.config.molecules;
  const name = drug === "intact" ? `CSG2A of ${run}` : `CSG2A retrained, drug ${drug}`;
  return { ...modelScore(results), name, description: modelText(results.config), role: "control" };
}

function notesOn(prepared: PreparedRun, { controls }: EvaluationRequest): string[] {
  if (controls.length === 0) return [...prepared.notes];
  return [
    ...prepared.notes,
    "The drug controls use the same parameters. A model retrained without the drug (train --drug removed, then " +
    "evaluate --beside) is the stricter control.",
  ];
}
