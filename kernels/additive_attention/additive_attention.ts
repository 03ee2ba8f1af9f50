import { activationCode } from "../activation/activation.ts";
import { type AdapterClass, type Kernel, linearGrid, loop, type Uniforms } from "../descriptor.ts";
import { columnSumLoops, withColumnSums } from "../reduce/reduce.ts";
import { withWorkgroupSums, workgroupLoops } from "../reduce/workgroup.ts";
import factorsCode from "./factors.wgsl" with { type: "text" };
import gradientInterface from "./gradient_interface.wgsl" with { type: "text" };
import keyGradientCode from "./key_gradient.wgsl" with { type: "text" };
import keyGradientStore from "./key_gradient_store.wgsl" with { type: "text" };
import keyGradientTiledCode from "./key_gradient_tiled.wgsl" with { type: "text" };
import parameterGradientsCode from "./parameter_gradients.wgsl" with { type: "text" };
import parameterSumsCode from "./parameter_sums.wgsl" with { type: "text" };
import parameterSumsTallCode from "./parameter_sums_tall.wgsl" with { type: "text" };
import parameterWholeCode from "./parameter_whole.wgsl" with { type: "text" };
import pairCode from "./pair.wgsl" with { type: "text" };
import queryGradientCode from "./query_gradient.wgsl" with { type: "text" };
import queryGradientStore from "./query_gradient_store.wgsl" with { type: "text" };
import queryGradientTiledCode from "./query_gradient_tiled.wgsl" with { type: "text" };
import rangeCode from "./range.wgsl" with { type: "text" };
import rangePartsCode from "./range_parts.wgsl" with { type: "text" };
import rangeRowsCode from "./range_rows.wgsl" with { type: "text" };
import rangeChunksCode from "./range_chunks.wgsl" with { type: "text" };
import scoresCode from "./scores.wgsl" with { type: "text" };
import scoresTiledCode from "./scores_tiled.wgsl" with { type: "text" };

/**
 * How tanh of a pair is found: from two exponentials kept a row, or from one exponential a pair. "either" holds both loops, of which
 * one runs: a GPU then needs one dispatch, where in software both are recorded and one returns at once.
 */
export type TanhForm = "factorised" | "exact" | "either";

/** The numbers that range.wgsl knows the choice by; "auto" decides by the queries' range, on the device. */
export const tanhChoices = { auto: 0, factorised: 1, exact: 2 } as const;

/** Rows that one thread of the range looks through at least, where there are more than twice as many. */
export const rangeChunk = 64;

/** Terms of a thread that are worth a part of their own, and the dispatch that adds the parts, on a GPU that has little else to do. */
const termsOfPart = 224;

/** Into how many parts the sum of a gradient is cut at least: on a GPU as many as give some 65,536 threads, if it is long. */
export function gradientParts(adapterClass: AdapterClass, threads: number, terms: number): number {
  if (adapterClass === "software") return 1;
  return Math.max(1, Math.min(16, Math.ceil(65_536 / threads), Math.floor(terms / termsOfPart)));
}

/** Ends of each channel's queries by chunks of rows. */
export const rangeChunks: Kernel = {
  name: "additive_range_chunks",
  code: rangeChunksCode,
  workgroups: ({ columns, chunks }) => [Math.ceil(columns / 64), chunks, 1],
  flops: ({ rows, columns }) => 2 * rows * columns,
  bytes: ({ rows, columns }) => 4 * rows * columns,
  iterations: ({ chunk }) => loop(chunk),
};

/** Centres, the choice of the form, and the score's vector: from the ends of chunks, or from few queries themselves. */
export function range(chunked: boolean): Kernel {
  return {
    name: chunked ? "additive_range" : "additive_range_rows",
    code: withWorkgroupSums(`${chunked ? rangePartsCode : rangeRowsCode}\n${rangeCode}`),
    workgroups: () => [1, 1, 1],
    flops: ({ heads, depth, rows }) => 2 * heads * depth * rows,
    bytes: ({ heads, depth, rows }) => (chunked ? 8 : 4) * heads * depth * rows,
    iterations: ({ heads, depth, rows }) =>
      loop(heads * depth / 64, loop(rows)) + workgroupLoops(64) + loop(depth / 64 + 1) + loop(depth) +
      loop(3),
  };
}

/** What pairs need of each query and key. */
export const factors: Kernel = {
  name: "additive_factors",
  code: `${activationCode}\n${factorsCode}`,
  workgroups: ({ query_rows, key_rows, heads, depth }) =>
    linearGrid((query_rows + key_rows) * heads * Math.ceil(depth / 4), 64),
  flops: ({ query_rows, key_rows, heads, depth }) => 4 * (query_rows + key_rows) * heads * depth,
  bytes: ({ query_rows, key_rows, heads, depth }) => 8 * (query_rows + key_rows) * heads * depth,
  iterations: () => loop(4),
};

const pairs = ({ queries, keys, samples, heads }: Uniforms) => queries * keys * samples * heads;

/** A pass over pairs in a form: its WGSL begins main with `idle`, and asks `pair` for every pair. */
function inForm(form: TanhForm, pass: string): string {
  const one = (form: "factorised" | "exact", text: string) => text.replaceAll(/\bpair\(/g, `pair_${form}(`);
  if (form !== "either") {
    return one(form, pass).replace(/idle\((.*)\)\)/, `($1 == 1.0) != ${form === "factorised"})`);
  }
  const [, before, main, given, body] = pass.match(
    /^([^]*)(@compute .*\nfn main\((.*)\) \{)\n {2}if \(idle.*\n([^]*)$/,
  )!;
  const parameters = given.replaceAll(/@builtin\(\w+\) /g, "");
  const names = [...parameters.matchAll(/(\w+):/g)].map(([, name]) => name).join(", ");
  const run = (form: "factorised" | "exact") => `fn run_${form}(${parameters}) {\n${one(form, body)}`;
  return [
    before,
    run("factorised"),
    run("exact"),
    main,
    `  if (centre[params.columns] == 1.0) { run_factorised(${names}); } else { run_exact(${names}); }\n}`,
  ].join("\n");
}
const tables = ({ queries, keys, samples, heads, quads, shared_queries }: Uniforms) =>
  16 * heads * quads * (keys * samples + queries * (shared_queries ? 1 : samples));

/** Where the passes over pairs keep what they use again: in registers, or in tiles of workgroup memory. */
export const tilings = ["registers", "tiles"] as const;
/** One of them. */
export type Tiling = typeof tilings[number];

const named = (tiling: Tiling) => tiling === "registers" ? "" : "_tiled";

/** Workgroups across the channels: a tiled one stays inside a head. */
const across = (tiling: Tiling, { heads, quads }: Uniforms) =>
  tiling === "registers" ? Math.ceil((heads * quads) / 16) : heads * Math.ceil(quads / 16);

/** Scores of all pairs. */
export function additiveScores(tiling: Tiling, form: TanhForm): Kernel {
  const registers = tiling === "registers";
  return {
    name: `additive_scores${named(tiling)}_${form}`,
    code: `${activationCode}\n${pairCode}\n${inForm(form, registers ? scoresCode : scoresTiledCode)}`,
    workgroups: ({ queries, stride, samples, heads }) => [
      Math.ceil(stride / 32),
      Math.ceil(queries / (registers ? 32 : 64)),
      samples * heads,
    ],
    flops: (sizes) => 20 * sizes.quads * pairs(sizes),
    bytes: (sizes) => 4 * pairs(sizes) + tables(sizes),
    iterations: ({ quads }) => registers ? loop(quads) : loop(quads / 4, loop(4)) + loop(4),
  };
}

/** Quads of keys that a part of the queries' gradient takes a multiple of: a tile. */
export const keyQuadsOfTile = 4;

/** Gradient of the queries, by parts of the keys, and of the samples where they share them. */
export function additiveQueryGradient(tiling: Tiling, form: TanhForm): Kernel {
  const registers = tiling === "registers";
  return {
    name: `additive_query_gradient${named(tiling)}_${form}`,
    code: [
      activationCode,
      pairCode,
      gradientInterface,
      queryGradientStore,
      inForm(form, registers ? queryGradientCode : queryGradientTiledCode),
    ].join("\n"),
    workgroups: (sizes) => [
      across(tiling, sizes),
      Math.ceil(sizes.queries / (registers ? 16 : 64)),
      sizes.parts * sizes.key_parts,
    ],
    flops: (sizes) => 28 * sizes.quads * pairs(sizes),
    bytes: (sizes) => 4 * pairs(sizes) + tables(sizes),
    iterations: ({ per, key_quads }) =>
      (registers ? loop(per, loop(key_quads)) : loop(per * Math.ceil(key_quads / 4), loop(16))) +
      loop(4, loop(4)),
  };
}

/** Gradient of the keys, by parts of the queries. */
export function additiveKeyGradient(tiling: Tiling, form: TanhForm): Kernel {
  const registers = tiling === "registers";
  return {
    name: `additive_key_gradient${named(tiling)}_${form}`,
    code: [
      activationCode,
      pairCode,
      gradientInterface,
      keyGradientStore,
      inForm(form, registers ? keyGradientCode : keyGradientTiledCode),
    ].join("\n"),
    workgroups: (sizes) => [
      across(tiling, sizes),
      Math.ceil(sizes.keys / (registers ? 16 : 32)),
      sizes.samples * sizes.parts,
    ],
    flops: (sizes) => 24 * sizes.quads * pairs(sizes),
    bytes: (sizes) => 4 * pairs(sizes) + tables(sizes),
    iterations: ({ per }) => (registers ? loop(per) : loop(per / 16, loop(2) + loop(16))) + 4 * loop(4),
  };
}

/** Columns of one chunk of `parameterSums`: those of dq, those of R1, the sum of ds. */
const sumsOfChunk = (depth: number) => 2 * depth + 1;

/** First stage of the gradients of bias, vector and offset, by chunks of rows. */
export function parameterSums(adapterClass: AdapterClass): Kernel {
  const tall = adapterClass === "gpu";
  return {
    name: tall ? "additive_parameter_sums_tall" : "additive_parameter_sums",
    code: tall ? withColumnSums(parameterSumsTallCode) : parameterSumsCode,
    workgroups: ({ depth, chunks }) =>
      tall
        ? linearGrid(chunks * (Math.ceil(depth / 16) + 1), 1)
        : linearGrid(chunks * sumsOfChunk(depth), 64),
    flops: ({ rows, depth, scores }) => 2 * rows * depth + scores,
    bytes: ({ rows, depth, scores }) => 8 * rows * depth + 4 * scores,
    iterations: ({ chunk, scores_chunk }) =>
      tall
        ? Math.max(loop(chunk / 16), loop(scores_chunk / 256) + loop(16)) + columnSumLoops
        : Math.max(loop(chunk), loop(scores_chunk)),
  };
}

/** Those gradients of few rows at once, for GPUs. */
export const parameterGradientsAtOnce: Kernel = {
  name: "additive_parameter_whole",
  code: withColumnSums(parameterWholeCode),
  workgroups: ({ depth }) => [Math.ceil(depth / 16), 1, 1],
  flops: ({ rows, depth, scores }) => 2 * rows * depth + scores,
  bytes: ({ rows, depth, scores }) => 8 * rows * depth + 4 * scores,
  iterations: ({ rows, scores }) => loop(rows / 16) + loop(scores / 256) + loop(16) + columnSumLoops,
};

/** Those gradients. */
export const parameterGradients: Kernel = {
  name: "additive_parameter_gradients",
  code: parameterGradientsCode,
  workgroups: ({ depth }) => [Math.ceil(depth / 64), 1, 1],
  flops: ({ depth, chunks }) => 3 * depth * chunks,
  bytes: ({ depth, chunks }) => 4 * (sumsOfChunk(depth) * (chunks + 1)),
  iterations: ({ chunks }) => loop(chunks),
};
