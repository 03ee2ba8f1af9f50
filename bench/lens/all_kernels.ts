import type { Kernel } from "../../kernels/descriptor.ts";
import { tilings } from "../../kernels/additive_attention/additive_attention.ts";
import { matmulVariants } from "../../kernels/matmul/matmul.ts";
import { emulatedUnits, type MatrixUnits } from "../../kernels/matmul/matrix_units.ts";
import { type DiscoveredKernels, discoverKernels, type ToldArguments } from "./discover_kernels.ts";

/** Matrix units as adapters list them, the usual ones first, with subgroups of one size and of several. */
const matrixUnits: readonly MatrixUnits[] =
  ([[16, 16, 16], [8, 16, 16], [16, 8, 16], [16, 16, 8], [8, 8, 8]] as const)
    .flatMap(([m, n, k]) => [false, true].map((sized) => ({ m, n, k, lanes: 32, sized })));

/** What functions take that words and booleans do not tell; heads of the given depths. */
function toldArguments(depths: readonly number[], normalisations: readonly string[]): ToldArguments {
  const flags = [false, true];
  const options = depths.flatMap((depth) =>
    normalisations.flatMap((normalisation) =>
      flags.flatMap((masked) =>
        flags.map((dropout) => ({ depth, normalisation, masks: { keys: masked, queries: masked }, dropout }))
      )
    )
  );
  const additive = tilings.flatMap((tiling) =>
    ["factorised", "exact", ...(tiling === "tiles" ? ["either"] : [])].map((form) => [tiling, form])
  );
  const rows = [["software", 9], ["gpu", 9], ["gpu", 99]];
  const tails = [{ relu: false, dropout: false }, { relu: true, dropout: false }, {
    relu: true,
    dropout: true,
  }];
  const batchNorms = [
    ...flags.flatMap((affine) => tails.map((tail) => ({ train: true, counted: false, affine, ...tail }))),
    { train: true, counted: true, affine: false, relu: true, dropout: false },
  ].map((variant) => [variant]);
  const sums = [["full", "item"], ["full", "sample"], ["item"], ["sample"]].flatMap((parts) =>
    ["none", "relu", "leakyRelu"].map((activation) => ({
      full: parts.includes("full"),
      item: parts.includes("item"),
      sample: parts.includes("sample"),
      activation,
    }))
  );
  const ofSets = [1, 4].flatMap((lanes) => ["variance", "deviation"].map((kind) => [lanes, kind]));
  return {
    streamingForward: options.map((given) => [given]),
    streamingQueryPass: options.map((given) => [given]),
    streamingKeyPass: options.flatMap((given) => flags.map((together) => [given, together])),
    streamingSelfPass: depths.map((depth) => [depth]),
    matmulKernel: matmulVariants.map((variant) => [variant]),
    matrixUnitsKernel: [...matrixUnits, emulatedUnits].map((units) => [units]),
    splitHalves: matrixUnits.slice(0, 1).flatMap((units) =>
      flags.flatMap((a) => flags.map((b) => [units, a, b]))
    ),
    tiledMatmulKernel: flags.flatMap((sums) =>
      [1, 2].flatMap((rows) => [1, 2].map((columns) => [{ rows, columns }, sums]))
    ),
    joinColumns: [[1], [2], [3]],
    partColumns: [[1], [2], [3]],
    batchNormChunkStatistics: batchNorms,
    batchNormForward: batchNorms,
    batchNormChunkSums: batchNorms,
    batchNormBackward: batchNorms,
    broadcastAddKernel: [...sums, { full: true, sample: true, activation: "relu", dropout: true, mask: true }]
      .map((parts) => [parts]),
    sumRowsKernel: rows,
    sumPairKernel: rows,
    layerNormBackwardWeights: ["torch", "mat"].flatMap((kind) =>
      ["software", "gpu"].map((adapterClass) => [kind, adapterClass, { scale: false, shift: false }])
    ),
    applySetNormBlocks: ofSets,
    setNormColumnSumsBlocks: ofSets,
    wholeSetNorm: ofSets.flatMap((of) => flags.map((masked) => [...of, masked])),
    wholeSetNormGradient: ofSets.flatMap((of) => flags.map((masked) => [...of, masked])),
    setNormInputGradientBlocks: ofSets.flatMap((of) => flags.map((masked) => [...of, masked])),
    additiveScores: additive,
    additiveQueryGradient: additive,
    additiveKeyGradient: additive,
  };
}

/** Sizes of graph attention from one channel of one head to the widest, in both forms, with everything that edges may have. */
function graphAttentionArguments(
  sizes: readonly (readonly [number, number])[],
  full: boolean,
): ToldArguments {
  const flags = full ? [false, true] : [true];
  const kinds = full ? ["none", "drawn", "given"] : ["drawn"];
  const shapes = sizes.flatMap(([heads, quads]) =>
    ["thread", "lanes"].map((form) => ({ heads, quads, form }))
  );
  const each = <T>(of: readonly T[]) => shapes.flatMap((shape) => of.map((further) => [shape, further]));
  const values = flags.flatMap((relations) =>
    flags.flatMap((other) => kinds.map((dropout) => ({ relations, logits: other, features: other, dropout })))
  );
  return {
    attentionRows: each(values),
    attentionColumns: each(values),
    attentionRowsV2: each(values),
    attentionColumnsV2: each(kinds),
    mergeRows: shapes.map((shape) => [shape]),
    mergeColumns: shapes.map((shape) => [shape]),
    rowStatistics: each(flags),
    segmentSum: [1, 4].flatMap((heads) =>
      flags.flatMap((indirect) => flags.map((v2) => [heads, indirect, v2]))
    ),
    destinationSums: shapes.map((shape) => [shape]),
    applyVector: each(flags),
    featureGradient: shapes.map((shape) => [shape]),
    featureSums: shapes.map((shape) => [shape]),
    finishFeatures: shapes.map((shape) => [shape]),
  };
}

/** Every kernel of this project in every specialisation that its descriptor makes. */
export function allKernels(): Promise<DiscoveredKernels> {
  const sizes = [[1, 1], [3, 2], [4, 16], [1, 16], [2, 12], [4, 64]] as const;
  return discoverKernels(folder, {
    ...toldArguments([1, 16, 33, 64, 128], ["softmax", "clipped", "masked"]),
    ...graphAttentionArguments(sizes, true),
  });
}

/** Those that say something new about machine code: of streaming attention, heads of 16 and 64 with the usual softmax; of graph attention, 4 heads of 64. */
export function lensKernels(): Promise<DiscoveredKernels> {
  return discoverKernels(folder, {
    ...toldArguments([16, 64], ["softmax"]),
    ...graphAttentionArguments([[4, 16]], false),
    matrixUnitsKernel: [[matrixUnits[0]]], // refused: Deno's own WebGPU has none
  });
}

const folder = new URL("../../kernels/", import.meta.url);

/** A specialisation in words, such as "BIAS=1,ALPHA=0.5"; empty without constants. */
export function specialisationOf({ constants = {} }: Pick<Kernel, "constants">): string {
  return Object.entries(constants).map(([name, value]) => `${name}=${value}`).sort().join(",");
}
