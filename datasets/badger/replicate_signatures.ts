import { keyOf, numberConditions } from "../identity/key.ts";
import { valuesOf } from "../matrix.ts";
import { modz } from "../statistics/modz.ts";
import { robustZ } from "../statistics/robust_z.ts";
import type { PretrainingData } from "../types.ts";

/** One signature made from the replicates of a condition. */
export interface ReplicateSignature {
  /** The first replicate: a row of the profiles, for its drug, cell line, dose and time. */
  readonly row: number;
  /** One a gene. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Transcriptional activity: sqrt(genes with |value| >= 2 x agreement / genes). */
  readonly activity: number;
  /** 75th percentile of the Spearman correlations between replicates, not below 0; 0 for a single replicate. */
  readonly agreement: number;
}

/**
 * Signatures of treated and control profiles: treated minus control, robust z per gene over the wells of the cell line,
 * replicates combined by weights (mean Spearman correlation with the others, at least 0.01), as LINCS makes Level 5.
 */
export function replicateSignatures(data: PretrainingData): ReplicateSignature[] {
  const genes = data.genes.length;
  const change = standardised(data, genes);
  const { drugOfRow, cells, dose, time, rows: count } = data.samples;
  const cell = keyOf(cells ?? Array.from({ length: count }, () => ""), (name) => name);
  const condition = numberConditions({ of: drugOfRow }, cell, dose, time);
  return Map.groupBy(condition.keys(), (row) => condition[row]).values().map((rows) => {
    const own = rows.map((row) => change.subarray(row * genes, (row + 1) * genes));
    const { values, pairs } = modz(own);
    const agreement = pairs.length === 0 ? 0 : Math.max(0, percentile(pairs, 0.75));
    const strong = values.reduce((sum, value) => sum + (Math.abs(value) >= 2 ? 1 : 0), 0);
    return { row: rows[0], values, activity: Math.sqrt(strong * agreement / genes), agreement };
  }).toArray();
}

/** Treated minus control, as robust z-scores within each cell line. */
function standardised({ perturbed, basal, samples }: PretrainingData, genes: number): Float32Array {
  const before = valuesOf(basal), difference = valuesOf(perturbed).map((value, i) => value - before[i]);
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < samples.rows; row++) {
    const cell = samples.cells?.[row] ?? "";
    if (!rowsOf.has(cell)) rowsOf.set(cell, []);
    rowsOf.get(cell)!.push(row);
  }
  const result = new Float32Array(difference.length);
  for (const rows of rowsOf.values()) {
    const own = new Float32Array(rows.length * genes);
    rows.forEach((row, place) => own.set(difference.subarray(row * genes, (row + 1) * genes), place * genes));
    const { z } = robustZ(own, genes);
    rows.forEach((row, place) => result.set(z.subarray(place * genes, (place + 1) * genes), row * genes));
  }
  return result;
}

/** Linear between neighbours, as numpy's default. */
function percentile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1), low = Math.floor(at), high = Math.ceil(at);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
