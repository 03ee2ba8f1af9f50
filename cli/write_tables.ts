import { csvLine } from "../datasets/readers/csv_line.ts";
import { float32Text } from "../datasets/readers/float32_text.ts";
import { writeFileAtomic } from "../host/write_file_atomic.ts";
import { outputsOf, type PreparedRun, targetOf, type TrainingData } from "./prepare_run.ts";
import type { PartScore } from "./report/report_data.ts";

/**
 * Writes the predictions of the test rows.
 *
 * Pretraining: `row,drug,cell`, then the predicted value of every gene. Fine-tuning: `row,drug,cell,true,predicted` in ln
 * IC50. `row` is the row of the data files, 1 for the first below the header.
 */
export async function writePredictions(
  path: string,
  data: TrainingData,
  rows: Uint32Array,
  predicted: Float32Array,
): Promise<void> {
  await writeFileAtomic(path, predictionLines(data, rows, predicted));
}

/** Writes a table of model and best baseline per drug, gene or cell line. */
export async function writePartScores(
  path: string,
  kind: "drug" | "gene" | "cell line",
  baseline: string,
  parts: readonly PartScore[],
): Promise<void> {
  const lines = parts.map((part) =>
    csvLine([part.name, String(part.rows), ...[part.mse, part.baselineMse, part.pearson].map(decimal)])
  );
  await writeFileAtomic(path, [csvLine([kind, "rows", "mse", `mse of ${baseline}`, "pearson"]), ...lines]);
}

/** Genes, PPI edges and skipped rows: what `predict` needs and what a reader may ask for. */
export async function writeInputs(
  path: string,
  { data, ppi, skippedRows, badSmiles }: PreparedRun,
): Promise<void> {
  await writeFileAtomic(`${path}/genes.txt`, data.genes.join("\n") + "\n");
  const edges: string[] = [csvLine(["source", "target"])];
  for (let row = 0; row < ppi.genes.length; row++) {
    for (const column of ppi.indices.subarray(ppi.indptr[row], ppi.indptr[row + 1])) {
      if (column > row) edges.push(csvLine([ppi.genes[row], ppi.genes[column]]));
    }
  }
  await writeFileAtomic(`${path}/ppi_edges.csv`, edges);
  if (skippedRows.length + badSmiles.length > 0) {
    await writeFileAtomic(
      `${path}/skipped.json`,
      JSON.stringify({ smiles: badSmiles, rows: skippedRows }, null, 2) + "\n",
    );
  }
}

function* predictionLines(data: TrainingData, rows: Uint32Array, predicted: Float32Array): Generator<string> {
  const { samples } = data;
  const outputs = outputsOf(data);
  const profiles = data.kind === "pretraining";
  const target = targetOf(data);
  yield csvLine(["row", "drug", "cell", ...(profiles ? data.genes : ["true", "predicted"])]);
  for (const [place, row] of rows.entries()) {
    const label = [
      String(samples.fileRows?.[row] ?? row + 1),
      samples.drugNames[samples.drugOfRow[row]],
      samples.cells?.[row] ?? "",
    ];
    const values = profiles
      ? Array.from(predicted.subarray(place * outputs, (place + 1) * outputs), float32Text)
      : [float32Text(target[row]), float32Text(predicted[place])];
    yield csvLine([...label, ...values]);
  }
}

function decimal(value: number | null): string {
  return value === null ? "" : value.toPrecision(6);
}
