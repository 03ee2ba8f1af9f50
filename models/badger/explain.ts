import { selectBadgerRows } from "../../datasets/badger/select_badger.ts";
import type { BadgerData, BadgerDrug } from "../../datasets/badger/types.ts";
import { Chemistry } from "../../datasets/molecules/chemistry.ts";
import { UserError } from "../../datasets/user_error.ts";
import type { ExplainedFragment, Explanation, MapAxis, MapName, MeanMap } from "../explanation.ts";
import type { NamedTensors } from "../training_task.ts";
import { placeFragments } from "./place_fragments.ts";
import { type AttentionMap, type BadgerAttention, BadgerTask } from "./task.ts";

/**
 * What predictions for rows of one drug rest on (badger.md 2.3): attention averaged over rows and heads, and what becomes of
 * the predictions when a fragment is left out.
 *
 * @throws {UserError} when the rows are of several drugs.
 */
export async function explainBadger(task: BadgerTask, rows: Uint32Array): Promise<Explanation> {
  const { data } = task.options;
  const drugs = new Set(Array.from(rows, (row) => data.drugOfRow[row]));
  if (drugs.size !== 1) {
    throw new UserError(
      `${drugs.size} drugs among the ${rows.length} rows to explain, expected one; choose rows of one drug.`,
    );
  }
  const drug = data.drugs[[...drugs][0]];
  const attentions: BadgerAttention[] = [];
  for (const row of rows) attentions.push(await task.attention(row));
  const attention = meanOfRows(attentions);
  const maps = mapsOf(attention);
  const looks = maps["pathway-fragment"] ?? maps["gene-fragment"]!;
  return {
    smiles: drug.smiles,
    genes: data.genes,
    prediction: attention.prediction,
    pathways: maps["gene-pathway"] ? data.pathways!.names : [],
    knownPathways: knownPathways(data, drug),
    fragments: await fragmentsOf(drug, looks, await effectsOf(task, rows, drug)),
    maps,
    pairs: [],
    heads: headsOf(attention),
  };
}

/** Attention of rows that have the same fragments, averaged. */
function meanOfRows(attentions: readonly BadgerAttention[]): BadgerAttention {
  const [first] = attentions;
  const mean = (of: (attention: BadgerAttention) => Float32Array) => {
    const sums = new Float64Array(of(first).length);
    for (const attention of attentions) of(attention).forEach((value, at) => sums[at] += value);
    return Float32Array.from(sums, (sum) => sum / attentions.length);
  };
  const maps = Array.from(first.maps, ([name, map]): [string, AttentionMap] => [
    name,
    { ...map, weights: mean((attention) => attention.maps.get(name)!.weights) },
  ]);
  return {
    maps: new Map(maps),
    fragments: first.fragments,
    prediction: mean(({ prediction }) => prediction),
  };
}

/** Which module gives which map; a pseudo token is the last key of those that look at fragments or pathways. */
const modules: readonly (readonly [module: string, name: MapName, queries: MapAxis, keys: MapAxis])[] = [
  ["path_mab.1", "pathway-fragment", "pathways", "fragments"],
  ["sign_mab.1", "gene-pathway", "genes", "pathways"],
  ["xros_mab.1", "gene-fragment", "genes", "fragments"],
  ["gene_sab.1", "gene-gene", "genes", "genes"],
];

function mapsOf({ maps, fragments }: BadgerAttention): Partial<Record<MapName, MeanMap>> {
  const result: Partial<Record<MapName, MeanMap>> = {};
  for (const [module, name, queries, keys] of modules) {
    const map = maps.get(module);
    if (!map) continue;
    // Slots beyond the fragments are padding.
    const kept = keys === "fragments" ? fragments : keys === "pathways" ? map.keys - 1 : map.keys;
    result[name] = { axes: [queries, keys], shape: [map.queries, kept], values: meanOverHeads(map, kept) };
  }
  return result;
}

/** [queries, kept]: the first `kept` keys. */
function meanOverHeads({ heads, queries, keys, weights }: AttentionMap, kept: number): Float64Array {
  const mean = new Float64Array(queries * kept);
  for (let head = 0; head < heads; head++) {
    for (let query = 0; query < queries; query++) {
      for (let key = 0; key < kept; key++) {
        mean[query * kept + key] += weights[(head * queries + query) * keys + key] / heads;
      }
    }
  }
  return mean;
}

function headsOf({ maps }: BadgerAttention): NamedTensors {
  return new Map(Array.from(maps, ([name, { heads, queries, keys, weights }]) => [
    name,
    { shape: [heads, queries, keys], dtype: "F32" as const, data: weights },
  ]));
}

/** Pathways that the data name for any drug of this structure: a query may repeat a known one. */
function knownPathways({ drugs, pathways }: BadgerData, { smiles }: BadgerDrug): string[] {
  if (!pathways || smiles === "") return [];
  const width = pathways.names.length;
  return pathways.names.filter((_, k) =>
    drugs.some((other, drug) => other.smiles === smiles && pathways.labels[drug * width + k] > 0)
  );
}

/** Change of the predictions when each fragment is left out, over their size; null for an only one. */
async function effectsOf(
  task: BadgerTask,
  rows: Uint32Array,
  drug: BadgerDrug,
): Promise<readonly (number | null)[]> {
  const { fragments, fragmentBits } = drug;
  if (fragments.length === 1) return [null];
  const without = (gone: number): BadgerDrug => ({
    ...drug,
    fragments: fragments.filter((_, k) => k !== gone),
    fragmentBits: fragmentBits.filter((_, k) => k !== gone),
  });
  const drugs = [drug, ...fragments.map((_, k) => without(k))];
  // Every row once with the whole drug, then once for each fragment without it.
  const repeated = selectBadgerRows(task.options.data, drugs.flatMap(() => [...rows]));
  const data = {
    ...repeated,
    drugs,
    drugOfRow: Uint32Array.from(repeated.drugOfRow, (_, at) => Math.floor(at / rows.length)),
    pathways: repeated.pathways && {
      ...repeated.pathways,
      labels: new Uint8Array(drugs.length * repeated.pathways.names.length),
    },
  };
  const ablated = new BadgerTask(task.engine, { ...task.options, data, trainRows: new Uint32Array() });
  try {
    ablated.restore(await task.parameters());
    const predicted = await ablated.predict(Uint32Array.from({ length: data.rows }, (_, row) => row));
    const size = predicted.length / drugs.length;
    const whole = predicted.subarray(0, size);
    return fragments.map((_, k) => distance(predicted.subarray((k + 1) * size, (k + 2) * size), whole));
  } finally {
    ablated.dispose();
  }
}

/** |a - b| / |b|, Euclidean. */
function distance(a: Float32Array, b: Float32Array): number {
  let difference = 0, size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

async function fragmentsOf(
  { smiles, fragments }: BadgerDrug,
  { shape: [queries, count], values }: MeanMap,
  effects: readonly (number | null)[],
): Promise<ExplainedFragment[]> {
  const atoms = placeFragments(await Chemistry.load(), smiles, fragments);
  return fragments.map((fragment, k) => ({
    smiles: fragment,
    atoms: atoms[k],
    attention: values.reduce((sum, value, at) => at % count === k ? sum + value : sum, 0) / queries,
    effect: effects[k],
  }));
}
