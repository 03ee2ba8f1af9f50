import { degMetrics, energyDistance } from "../../datasets/metrics/change_metrics.ts";
import type { Metric } from "../../datasets/metrics/metric.ts";
import { MetricRow, TrueRow } from "../../datasets/metrics/metric_row.ts";
import { pearsonPooled, rootMeanSquaredError } from "../../datasets/metrics/metrics.ts";
import { topMetrics } from "../../datasets/metrics/ranking_metrics.ts";
import { metricOf } from "../../datasets/metrics/registry.ts";
import { readSafetensors } from "../../host/checkpoint/safetensors.ts";
import type { GoldenCheck } from "./compare.ts";

interface Case {
  readonly config: { readonly genes: number; readonly k: number; readonly samples: number };
  readonly file: string;
  readonly means: Readonly<Record<string, number>>;
  readonly pooled: Readonly<Record<string, number>>;
}

/** Golden README: metrics within 1e-9 when computed in float64. */
const tolerance = 1e-9;

/** Every formula of kg-gat.md section 10 on the golden of that name; every tensor of it must be known here. */
export async function checkMetrics(folder: string): Promise<GoldenCheck[]> {
  const manifest = JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`)) as {
    readonly cases: Readonly<Record<string, Case>>;
  };
  const golden = manifest.cases.metrics;
  const { genes, k, samples } = golden.config;
  const tensors = readSafetensors(await Deno.readFile(`${folder}/${golden.file}`), golden.file);
  const list = (name: string) => Float64Array.from(tensors.get(name)!.data, Number);
  const rowsOf = (name: string) => {
    const values = Float32Array.from(list(name));
    return Array.from(
      { length: values.length / genes },
      (_, row) => values.slice(row * genes, (row + 1) * genes),
    );
  };
  const truth = rowsOf("y_true"), predicted = rowsOf("y_pred"), train = rowsOf("y_train");
  const mean = new Float64Array(genes);
  for (const row of train) row.forEach((value, gene) => mean[gene] += value / train.length);
  const rows = (predictions: readonly Float32Array[]) =>
    predictions.map((values, row) =>
      new MetricRow(
        new TrueRow(truth[row], truth[row], mean, truth.filter((_, other) => other !== row)),
        values,
        values,
      )
    );
  const own = rows(predicted), baseline = rows(truth.map(() => Float32Array.from(mean)));
  const top = new Map([...degMetrics(k), ...topMetrics(k)].map((metric) => [metric.name, metric]));
  const perRow: Readonly<Record<string, Metric>> = {
    mse: metricOf("mse"),
    mae: metricOf("mae"),
    r2: metricOf("r2"),
    pearson: metricOf("pearson"),
    spearman: metricOf("spearman"),
    cosine: metricOf("cosineDelta"),
    pearson_ref: metricOf("pearsonReference"),
    wmse: metricOf("wmse"),
    centroid_accuracy: metricOf("centroidAccuracy"),
    discrimination_l1: metricOf("discriminationL1"),
    pearson_deg: top.get(`pearsonDeg${k}`)!,
    mse_deg: top.get(`mseDeg${k}`)!,
    direction_deg: top.get(`directionDeg${k}`)!,
    overlap_deg: top.get(`overlapDeg${k}`)!,
    pearson_ref_deg: top.get(`pearsonReferenceDeg${k}`)!,
    precision_up: top.get(`hitRatioUp${k}`)!,
    precision_down: top.get(`hitRatioDown${k}`)!,
  };
  const average = (metric: Metric, of: readonly MetricRow[]) =>
    of.reduce((sum, row) => sum + metric.perRow!(row), 0) / samples;
  const flat = (lists: readonly Float32Array[]) => Float64Array.from(lists.flatMap((row) => [...row]));
  const pooled: Readonly<Record<string, () => number>> = {
    energy_distance_pred_true: () => energyDistance(predicted, truth),
    mse_mean_baseline: () => average(metricOf("mse"), baseline),
    pearson_mean_baseline: () => average(metricOf("pearson"), baseline),
    pearson_ref_mean_baseline: () => average(metricOf("pearsonReference"), baseline),
    pearson_pooled: () => pearsonPooled(flat(predicted), flat(truth)),
    rmse_pooled: () => rootMeanSquaredError(flat(predicted), flat(truth)),
  };
  const known = (name: string) => {
    const metric = perRow[name];
    if (!metric) throw new Error(`kg-gat metrics: no formula is known here for "${name}".`);
    return metric;
  };
  return [
    ...[...tensors.keys()].filter((name) => name.startsWith("metric.")).map((name) =>
      close(name, own.map(known(name.slice("metric.".length)).perRow!), list(name))
    ),
    ...Object.entries(golden.means).map(([name, value]) =>
      close(`mean ${name}`, [average(known(name), own)], [value])
    ),
    ...Object.entries(golden.pooled).map(([name, value]) => close(name, [pooled[name]()], [value])),
    close(
      "deg_index",
      truth.flatMap((_, row) => [...own[row].truth.change.byMagnitude.subarray(0, k)]),
      list("deg_index"),
      0,
    ),
    close("wmse_weight", own.flatMap(({ truth }) => [...truth.weights]), list("wmse_weight"), 1e-7),
  ];
}

function close(
  name: string,
  found: readonly number[],
  expected: ArrayLike<number>,
  allowed = tolerance,
): GoldenCheck {
  let worst = found.length === expected.length ? 0 : Infinity, at = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(found[i] - expected[i]);
    if (!(error <= worst)) [worst, at] = [Number.isNaN(error) ? Infinity : error, i];
  }
  const passed = worst <= allowed;
  const detail = `entry ${at} is ${found[at]}, expected ${expected[at]}`;
  return { name, worst, tolerance: allowed, passed, ...(passed ? {} : { detail }) };
}
