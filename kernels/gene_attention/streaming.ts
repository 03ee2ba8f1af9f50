import { activationCode } from "../activation/activation.ts";
import { type MaskFlags, type Normalisation, normalisationCodes } from "../attention_rows/attention_rows.ts";
import { type Kernel, linearGrid, loop, specialise, type Uniforms } from "../descriptor.ts";
import { repeatLines } from "../repeat_lines.ts";
import { rowShareLoops, withRowShares } from "../reduce/reduce.ts";
import { randomCode } from "../random/random.ts";
import addRowsCode from "./add_rows.wgsl" with { type: "text" };
import forwardCode from "./forward.wgsl" with { type: "text" };
import gradientPairsCode from "./gradient_pairs.wgsl" with { type: "text" };
import joinMasksCode from "./join_masks.wgsl" with { type: "text" };
import keyPassCode from "./key_pass.wgsl" with { type: "text" };
import overRowCode from "./over_row.wgsl" with { type: "text" };
import queryPassCode from "./query_pass.wgsl" with { type: "text" };
import rowStatisticsCode from "./row_statistics.wgsl" with { type: "text" };
import selfPassCode from "./self_pass.wgsl" with { type: "text" };
import tileCode from "./tile.wgsl" with { type: "text" };

/** Widest head that the streaming passes hold in registers. */
export const widestHead = 128;

/** What a streaming pass is specialised for. */
export interface StreamingOptions {
  /** Channels of a head, at most `widestHead`. */
  readonly depth: number;
  readonly normalisation: Normalisation;
  readonly masks: MaskFlags;
  readonly dropout: boolean;
}

/** Groups of four others whose channels one staging holds, by the slices of 16 channels. */
const groupsOf = (slices: number) => slices <= 2 ? 8 : slices <= 4 ? 4 : 2;

/** The sums over a block of others: weights and channels of four others at a time, every index a literal but the thread's. */
function blockSums(sums: string, slices: number): string {
  const lines = count(groupsOf(slices)).flatMap((group) => [
    ...count(4).map((i) => `let ${sums}w${group}_${i} = pair_tile[block][${4 * group + i}][y];`),
    ...count(slices).flatMap((slice) => [
      `let ${sums}v${group}_${slice} = own_tile[${group * slices + slice}][x];`,
      ...count(4).map((i) => `${sums}_${slice} += ${sums}w${group}_${i} * ${sums}v${group}_${slice}[${i}];`),
    ]),
  ]);
  return lines.map((line) => `      ${line}`).join("\n");
}

const count = (n: number) => Array.from({ length: n }, (_, i) => i);

/**
 * Writes add_rows.wgsl out where a line says `@add TABLE to SUMS`, each line with the mark @s once a slice of 16 channels, and each
 * with @c once a channel of a slice.
 */
function unrolled(code: string, slices: number): string {
  const added = code.replaceAll(
    /^ *@add (\w+) to (\w+)\n/gm,
    (_, table, sums) =>
      addRowsCode.replaceAll("TABLE", table).replace(/^ *@group$/m, () => blockSums(sums, slices)),
  );
  return repeatLines(repeatLines(added, "c", 16), "s", slices);
}

/** Iterations of what the passes do with 32 of the others (tile.wgsl, add_rows.wgsl). */
const product = (depth: number) => loop(depth / 16);
const addRows = (depth: number) => loop(8 / groupsOf(Math.ceil(depth / 16)));

function streaming(
  name: string,
  body: string,
  { depth, normalisation, masks, dropout }: StreamingOptions,
  rows: "queries" | "keys",
  flops: number,
  [products, additions]: readonly [number, number],
  constants: Readonly<Record<string, number>> = {},
): Kernel {
  const slices = Math.ceil(depth / 16);
  const pairs = ({ samples, heads, queries, keys }: Uniforms) => samples * heads * queries * keys;
  return specialise({
    name: `gene_attention_${name}_${16 * slices}`,
    code: unrolled(
      `const SLICES = ${slices}u;\nconst GROUPS = ${
        groupsOf(slices)
      }u;\n${activationCode}\n${randomCode}\n${tileCode}\n${body}`,
      slices,
    ),
    workgroups: (sizes) => {
      const [y, z] = linearGrid(sizes.samples * sizes.heads, 1);
      return [Math.ceil(sizes[rows] / 64), y, z];
    },
    flops: (sizes) => flops * pairs(sizes) * sizes.depth,
    bytes: ({ samples, heads, queries, keys, depth }) => 8 * samples * heads * (queries + keys) * depth,
    iterations: ({ queries, keys, depth }) => {
      const tile = products * product(depth) + additions * addRows(depth);
      return loop((rows === "queries" ? keys : queries) / 32, tile) + 2 * loop(4);
    },
  }, {
    NORMALISE: normalisationCodes[normalisation],
    KEY_MASK: masks.keys ? 1 : 0,
    QUERY_MASK: masks.queries ? 1 : 0,
    DROPOUT: dropout ? 1 : 0,
    ...constants,
  });
}

/** Output, and the logarithm of each row's sum. */
export function streamingForward(options: StreamingOptions): Kernel {
  return streaming("forward", `${overRowCode}\n${forwardCode}`, options, "queries", 4, [1, 1]);
}

/** Gradient of the queries of each sample. */
export function streamingQueryPass(options: StreamingOptions): Kernel {
  return streaming("query_pass", `${gradientPairsCode}\n${queryPassCode}`, options, "queries", 6, [2, 1]);
}

/** Gradients of keys and values; `together` adds the two, for keys that are the values. */
export function streamingKeyPass(options: StreamingOptions, together: boolean): Kernel {
  const code = `${gradientPairsCode}\n${keyPassCode}`;
  return streaming("key_pass", code, options, "keys", 8, [2, 2], { TOGETHER: together ? 1 : 0 });
}

/** Gradient of one tensor that is queries, keys and values, without masks or dropout. */
export function streamingSelfPass(depth: number): Kernel {
  const options = {
    depth,
    normalisation: "softmax",
    masks: { keys: false, queries: false },
    dropout: false,
  } as const;
  return streaming("self_pass", `${gradientPairsCode}\n${selfPassCode}`, options, "queries", 10, [3, 2]);
}

/** Row statistics for the backward passes. */
export const rowStatistics: Kernel = {
  name: "gene_attention_row_statistics",
  code: withRowShares(rowStatisticsCode),
  workgroups: ({ samples, heads, queries }) => linearGrid(samples * heads * queries, 4),
  flops: ({ samples, heads, queries, depth }) => 2 * samples * heads * queries * depth,
  bytes: ({ samples, heads, queries, depth }) => 4 * samples * heads * queries * (2 * depth + 3),
  iterations: ({ depth }) => loop(depth / 16) + rowShareLoops,
};

/** Both masks in one buffer. */
export function joinMasks({ keys, queries }: MaskFlags): Kernel {
  return specialise({
    name: "gene_attention_join_masks",
    code: joinMasksCode,
    workgroups: (sizes) => linearGrid(sizes.keys + sizes.queries, 64),
    flops: () => 0,
    bytes: (sizes) => 8 * (sizes.keys + sizes.queries),
    iterations: () => 0,
  }, { KEY_MASK: keys ? 1 : 0, QUERY_MASK: queries ? 1 : 0 });
}
