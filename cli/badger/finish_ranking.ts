import { trainedValues } from "../finish_run.ts";
import type { BadgerData } from "../../datasets/badger/types.ts";
import { pathwayMetrics } from "../../datasets/metrics/ranking_pathways.ts";
import { csvLine } from "../../datasets/readers/csv_line.ts";
import { float32Text } from "../../datasets/readers/float32_text.ts";
import { writeFileAtomic } from "../../host/write_file_atomic.ts";
import type { Engine } from "../../engine/mod.ts";
import { BadgerTask } from "../../models/badger/task.ts";
import type { RankingRunConfig } from "../../models/ranking_run_config.ts";
import type { RankingTask } from "../../models/ranking_task.ts";
import type { NamedTensors } from "../../models/training_task.ts";
import { writePartScores } from "../write_tables.ts";
import { familyNames, predictControls, predictRanking } from "./predict_ranking.ts";
import type { PreparedRanking } from "./prepare_ranking_run.ts";
import type { RankingReport } from "./ranking_report_data.ts";
import { controlSentences, rankingVerdict } from "./ranking_verdict.ts";
import { renderRankingReport } from "./report/render_ranking_report.ts";
import { scoreRanking } from "./score_ranking.ts";

/** What only training knows. */
export type TrainingFacts = Pick<
  RankingReport,
  "epochs" | "bestEpoch" | "kernels" | "environment" | "trainingSeconds"
>;

/** Tests parameters on a run's test rows, beside baselines and controls. */
export async function testRanking(
  engine: Engine,
  config: RankingRunConfig,
  prepared: PreparedRanking,
  task: RankingTask,
  parameters: NamedTensors,
  facts: TrainingFacts,
): Promise<{ report: RankingReport; prediction: Float32Array }> {
  const { data, shown, split } = prepared;
  task.restore(parameters);
  const prediction = await predictRanking(task, config, split, split.test);
  const scores = scoreRanking(
    data,
    split,
    config,
    { name: familyNames[config.model.family], description: modelLine(config), prediction },
    await predictControls(engine, config, prepared, parameters),
  );
  const known = task instanceof BadgerTask && config.model.family === "badger" && shown.pathways
    ? pathwayMetrics(
      await task.pathwayScores(split.test),
      Array.from(split.test).flatMap((row) => labelsOf(shown, row)),
      shown.pathways.names.length,
    )
    : undefined;
  const report: RankingReport = {
    format: "perturbine ranking results 1",
    title: `${familyNames[config.model.family]} on ${dataName(config)}`,
    splitName: split.name,
    counts: {
      train: split.train.length,
      validation: split.validation.length,
      test: split.test.length,
      drugs: new Set(data.drugs.map(({ name }) => name)).size,
      cells: data.cells.length,
      genes: data.genes.length,
    },
    ...scores,
    ...(known && known.rows > 0 ? { pathways: known } : {}),
    ...facts,
    memory: task.memory(),
    parameters: trainedValues(parameters),
    notes: [...controlSentences(scores), ...prepared.notes],
    config,
  };
  return { report, prediction };
}

/** Writes report, `results.json`, predictions and the tables by drug and by cell line. */
export async function writeRankingResults(
  path: string,
  report: RankingReport,
  { data, split }: PreparedRanking,
  prediction: Float32Array,
): Promise<void> {
  const baseline = rankingVerdict(report).best.name;
  await writePartScores(`${path}/per_drug.csv`, "drug", baseline, report.drugs);
  await writePartScores(`${path}/per_cell.csv`, "cell line", baseline, report.cells);
  await writeFileAtomic(`${path}/predictions.csv`, predictionLines(data, split.test, prediction));
  await writeFileAtomic(`${path}/results.json`, JSON.stringify(report, null, 1) + "\n");
  await writeFileAtomic(`${path}/report.html`, await renderRankingReport(report));
}

/** What a run's data are called. */
export function dataName({ data }: Pick<RankingRunConfig, "data">): string {
  return data.source === "simulator" ? "the simulator" : data.folder.replace(/\/+$/, "").split("/").at(-1)!;
}

function modelLine({ model, loss, reading }: RankingRunConfig): string {
  const control = reading.drug === "intact" ? "" : `, drug ${reading.drug}`;
  return `Hidden width ${model.hidden}, loss ${loss.main}${control}.`;
}

function labelsOf({ pathways, drugOfRow }: BadgerData, row: number): number[] {
  const width = pathways!.names.length, drug = drugOfRow[row];
  return [...pathways!.labels.subarray(drug * width, (drug + 1) * width)];
}

function* predictionLines(
  data: BadgerData,
  rows: Uint32Array,
  prediction: Float32Array,
): Generator<string> {
  const genes = data.genes.length;
  yield csvLine(["sig_id", "pert_id", "cell_id", ...data.genes]);
  for (const [place, row] of rows.entries()) {
    const values = prediction.subarray(place * genes, (place + 1) * genes);
    const label = [
      data.signatureIds[row],
      data.drugs[data.drugOfRow[row]].id,
      data.cells[data.cellOfRow[row]],
    ];
    yield csvLine([...label, ...Array.from(values, float32Text)]);
  }
}
