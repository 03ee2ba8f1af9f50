import {
  additiveKeyGradient,
  additiveQueryGradient,
  additiveScores,
  factors,
  gradientParts,
  keyQuadsOfTile,
  parameterGradients,
  parameterGradientsAtOnce,
  parameterSums,
  range,
  rangeChunk,
  rangeChunks,
  tanhChoices,
  type TanhForm,
  type Tiling,
} from "../../kernels/additive_attention/additive_attention.ts";
import { additiveTilingTunable } from "../../kernels/additive_attention/tunable.ts";
import type { Kernel, Uniforms } from "../../kernels/descriptor.ts";
import { rowsOfSum } from "../../kernels/reduce/reduce.ts";
import type { Normalisation } from "../../kernels/attention_rows/attention_rows.ts";
import { type Cut, cutFiner, cutInto, cutSum } from "../../engine/cut.ts";
import { GpuError, ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import {
  type AttentionLayout,
  type AttentionSizes,
  attentionSizes,
} from "../../engine/ops/attention_sizes.ts";
import { recordScoreGradient, recordWeights, wholeBatch } from "../../engine/ops/attention_weights.ts";
import { sumColumns } from "../../engine/ops/sum_rows.ts";

/** Inputs of the additive weights: queries and keys already projected (q U and k T); masks are data. */
export type AdditiveWeightsInputs = {
  q: Tensor;
  k: Tensor;
  bias: Tensor;
  vector: Tensor;
  offset: Tensor;
  keyMask?: Tensor;
  queryMask?: Tensor;
};

/** Layout, and how tanh is found: "auto" decides on the device, by the range of the queries. */
export interface AdditiveWeightsAttributes extends AttentionLayout {
  /** By factors of the queries and keys, which holds for moderate arguments, or exactly, pair by pair. */
  readonly tanh?: "auto" | "factorised" | "exact";
}

interface Saved {
  readonly weights: Tensor;
  readonly deficits: Tensor;
  readonly tables: PairTables;
}

/** Sizes and normalisation. @throws {ShapeError} @throws {GpuError} when the weights do not fit a binding. */
export function additiveSizes(
  step: Step,
  inputs: AdditiveWeightsInputs,
  attributes: AttentionLayout,
): { sizes: AttentionSizes; normalisation: Normalisation } {
  const sizes = attentionSizes("additiveAttention", inputs, attributes);
  const { bias, vector, offset } = inputs;
  if (bias.size !== sizes.depth || vector.size !== sizes.depth || offset.size !== 1) {
    throw new ShapeError(
      `additiveAttention(): bias ${bias} and vector ${vector} need ${sizes.depth} values, offset ${offset} one.`,
    );
  }
  const bytes = 4 * sizes.heads * sizes.samples * sizes.queries * sizes.stride;
  if (bytes > step.device.maxBinding) {
    const most = Math.floor((step.device.maxBinding / bytes) * sizes.samples);
    throw new GpuError(
      `additiveAttention(): weights of ${sizes.samples} samples need a binding of ${bytes} bytes, this adapter allows ` +
        `${step.device.maxBinding}; use a batch of at most ${most}.`,
    );
  }
  const normalisation = inputs.keyMask ?? inputs.queryMask ? "clipped" : "softmax";
  return { sizes, normalisation };
}

function uniforms({ samples, heads, queries, keys, depth, stride, shared }: AttentionSizes) {
  return {
    queries,
    keys,
    samples,
    heads,
    quads: Math.ceil(depth / 4),
    columns: heads * depth,
    shared_queries: shared ? 1 : 0,
    stride,
  };
}

function tilingOf({ device }: Step, { shared, ...sizes }: AttentionSizes): Tiling {
  const rule = device.adapterClass === "software" ? "registers" : "tiles";
  return device.tuning.choose(additiveTilingTunable, { ...sizes, shared: shared ? 1 : 0 }) ?? rule;
}

/** Terms of one thread's share of a gradient's sum, at least. */
const termsOfShare = 4096;

/** Quads of keys of such a share, at least. */
const quadsOfShare = 64;

/**
 * The parts of a gradient's sum over so many rows, `inner` terms each: enough for a GPU, for a sum that loses few digits, and for
 * a driver that stops long loops.
 */
function cutGradient(
  { device }: Step,
  kernels: readonly Kernel[],
  sizes: Uniforms,
  threads: number,
  rows: number,
  inner: number,
): Cut {
  const runs = (per: number) =>
    kernels.every(({ iterations }) => iterations({ ...sizes, per }) <= device.maxIterations);
  const { pieces } = cutSum(rows, termsOfShare / inner);
  return cutFiner(
    rows,
    cutInto(rows, Math.max(pieces, gradientParts(device.adapterClass, threads, rows * inner))),
    runs,
  );
}

/** The parts of the keys, in quads, over which one thread sums a query's gradient of one sample. */
function cutKeys({ device }: Step, kernels: readonly Kernel[], sizes: Uniforms): Cut {
  const quads = sizes.stride / 4;
  const runs = (key_quads: number) =>
    kernels.every(({ iterations }) => iterations({ ...sizes, per: 1, key_quads }) <= device.maxIterations);
  return cutFiner(quads, cutSum(quads, quadsOfShare, keyQuadsOfTile), runs, keyQuadsOfTile);
}

/** Where the device decides: both forms, of which one returns at once; on GPUs one kernel with both. */
const forms = (tanh: keyof typeof tanhChoices, tiling: Tiling): readonly TanhForm[] =>
  tanh !== "auto" ? [tanh] : tiling === "tiles" ? ["either"] : ["factorised", "exact"];

/** What pairs need of queries and keys, the score's vector, and the centres with the choice of the form. */
export type PairTables = Readonly<Record<"query" | "key" | "vector" | "centre", Tensor>>;

/** Records the scores e_ij, laid out like the weights, and the tables that the backward pass needs again. */
export function recordAdditiveScores(
  step: Step,
  { q, k, bias, vector: score_vector, offset: score_offset }: AdditiveWeightsInputs,
  sizes: AttentionSizes,
  tanh: keyof typeof tanhChoices,
): { scores: Tensor; tables: PairTables } {
  const { samples, heads, queries, depth, stride } = sizes;
  const size = uniforms(sizes);
  const rows = q.size / size.columns;
  const { each: chunk, pieces: chunks } = cutSum(rows, rangeChunk);
  const centre = step.empty([size.columns + 1], "query centres");
  const vector = step.empty([4 * size.quads + 4], "score vector");
  const chunked = chunks > 1;
  const ends: Record<string, Tensor> = chunked
    ? { partial: step.empty([chunks, size.columns, 2], "query range by chunk") }
    : { query: q };
  if (chunked) step.run(rangeChunks, { query: q, ...ends }, { rows, columns: size.columns, chunk, chunks });
  step.run(range(chunked), { ...ends, score_vector, score_offset, centre, vector }, {
    heads,
    depth,
    rows: chunked ? chunks : rows,
    force: tanhChoices[tanh],
  });
  const table = (x: Tensor, side: string) =>
    step.empty([x.size / depth, 4 * size.quads], `pair factors of ${side}`);
  const tables = { query: table(q, "queries"), key: table(k, "keys"), vector, centre };
  step.run(factors, { q, k, bias, centre, query: tables.query, key: tables.key }, {
    query_rows: rows,
    key_rows: k.size / size.columns,
    heads,
    depth,
  });
  const scores = step.empty([heads * samples, queries, stride], "additive weights");
  const tiling = tilingOf(step, sizes);
  for (const form of forms(tanh, tiling)) {
    step.run(additiveScores(tiling, form), { ...tables, scores }, size);
  }
  return { scores, tables };
}

/** Records the gradients of bias, vector and offset from what the pass over the queries left: sums in two stages of fixed order. */
function recordParameterGradients(
  step: Step,
  tables: Readonly<Record<"dquery" | "r_sums" | "score_sums", Tensor>>,
  depth: number,
  gradient: (name: "bias" | "vector" | "offset") => Tensor | undefined,
): void {
  const wanted = [gradient("bias"), gradient("vector"), gradient("offset")];
  if (!wanted.some(Boolean)) return;
  const { adapterClass } = step.device;
  const rows = tables.dquery.size / depth, scores = tables.score_sums.size;
  const { each: chunk, pieces: chunks } = cutSum(rows, rowsOfSum[adapterClass]);
  const [dbias, dvector, doffset] = wanted.map((into, k) =>
    into ?? step.empty([k < 2 ? depth : 1], "unwanted")
  );
  const gradients = { dbias, dvector, doffset };
  if (adapterClass === "gpu" && chunks === 1) {
    return step.run(parameterGradientsAtOnce, { ...tables, ...gradients }, { rows, depth, scores });
  }
  const partial = step.empty([chunks, 2 * depth + 1], "sums for the attention's parameters");
  const scores_chunk = Math.ceil(scores / chunks);
  const sizes = { rows, depth, chunk, chunks, scores, scores_chunk };
  step.run(parameterSums(adapterClass), { ...tables, partial }, sizes);
  step.run(parameterGradients, { partial, ...gradients }, { depth, chunks });
}

/**
 * Weights of additive attention: e_ij = w . tanh(q_i + k_j + b) + c, normalised over the keys; nothing of [queries, keys,
 * depth] is ever stored. Without a mask softmax, with one the clipped form of badger.md 2.3.
 *
 * Shapes: q (already times U) [samples * queries, width], or [queries, width] shared by all samples; k (already times T)
 * [samples * keys, width]; bias, vector [depth]; offset [1]; keyMask [samples, keys], queryMask [samples, queries] ->
 * [heads * samples, queries, keys padded to whole quads with zeros], row head * samples + sample.
 * Source: badger.md 2.3; kernel-sketches.md 3 for the form.
 * @throws {ShapeError} when they disagree. @throws {GpuError} when the weights exceed the binding limit.
 */
export const additiveWeights: (
  step: Step,
  inputs: AdditiveWeightsInputs,
  attributes: AdditiveWeightsAttributes,
) => Tensor = defineOperation<AdditiveWeightsInputs, AdditiveWeightsAttributes, Saved>({
  name: "additive_weights",
  forward(step, inputs, attributes) {
    const { tanh = "auto" } = attributes;
    const { sizes, normalisation } = additiveSizes(step, inputs, attributes);
    const { scores: weights, tables } = recordAdditiveScores(step, inputs, sizes, tanh);
    const deficits = recordWeights(step, weights, sizes, wholeBatch(sizes), normalisation, inputs);
    return { output: weights, saved: { weights, deficits, tables } };
  },
  backward(step, { inputs, attributes, saved: { weights, deficits, tables }, dy, gradient }) {
    const { tanh = "auto" } = attributes;
    const { sizes, normalisation } = additiveSizes(step, inputs, attributes);
    const { samples, heads, queries, keys, depth, shared } = sizes;
    const size = uniforms(sizes);
    const tiling = tilingOf(step, sizes);
    const dscore = step.empty(weights.shape, "score gradient");
    const sums = recordScoreGradient(step, weights, dscore, sizes, wholeBatch(sizes), normalisation, {
      upstream: dy,
      deficits,
    });
    // Where one stage is enough the kernels write the gradient itself, else parts that are added up.
    const target = (name: "q" | "k", parts: number, count: number) => {
      const wanted = gradient(name);
      const into = wanted && parts === 1
        ? wanted
        : step.empty([parts, count], `gradient of ${name} by parts`);
      const finish = () => wanted && parts > 1 && sumColumns(step, into, parts, count, wanted);
      return { wanted, into, finish };
    };

    const queryThreads = Math.ceil(queries / 4) * heads * size.quads;
    const queryGradients = forms(tanh, tiling).map((form) => additiveQueryGradient(tiling, form));
    const { each: key_quads, pieces: key_parts } = cutKeys(step, queryGradients, size);
    const { each: per, pieces: parts } = shared
      ? cutGradient(
        step,
        queryGradients,
        { ...size, key_quads },
        queryThreads,
        samples,
        Math.min(keys, 4 * key_quads),
      )
      : { each: 1, pieces: samples };
    const count = queries * size.columns;
    const dq = target("q", shared ? key_parts * parts : key_parts, shared ? count : samples * count);
    const rSums = step.empty([key_parts * parts, count], "sums of ds r");
    for (const kernel of queryGradients) {
      const bindings = { ...tables, dscore, dquery: dq.into, r_sums: rSums };
      step.run(kernel, bindings, { ...size, depth, per, parts, key_quads, key_parts });
    }
    recordParameterGradients(step, { dquery: dq.into, r_sums: rSums, score_sums: sums }, depth, gradient);
    dq.finish();

    const keyThreads = Math.ceil(keys / 4) * heads * size.quads * samples;
    const keyGradients = forms(tanh, tiling).map((form) => additiveKeyGradient(tiling, form));
    const { each, pieces: keyParts } = cutGradient(step, keyGradients, size, keyThreads, queries, 1);
    const dk = target("k", keyParts, samples * keys * size.columns);
    if (!dk.wanted) return;
    for (const kernel of keyGradients) {
      const bindings = { ...tables, dscore, dkey: dk.into };
      step.run(kernel, bindings, { ...size, depth, per: each, parts: keyParts, key_quads: 0 });
    }
    dk.finish();
  },
});
