/**
 * Inputs of each format in the default form and in the long one, 20,000 and 1,000,000 in all: more where reading one is quick.
 * Of HDF5 the default form takes inputs before the first one that its library is stopped on, which costs the time limit.
 */
export const counts: Readonly<Record<string, readonly [few: number, many: number]>> = {
  safetensors: [5_000, 227_000],
  "pt-zip": [5_000, 200_000],
  "pt-pickle": [3_000, 200_000],
  "pt-legacy": [2_500, 150_000],
  npy: [600, 40_000],
  conditions: [150, 6_000],
  expression: [150, 6_000],
  tsv: [100, 4_000],
  interactions: [100, 4_000],
  labels: [100, 4_000],
  config: [600, 40_000],
  split: [300, 20_000],
  tuning: [300, 14_000],
  gct: [100, 4_000],
  gctx: [200, 1_500],
  h5ad: [80, 1_500],
  parquet: [320, 3_000],
  gmt: [400, 20_000],
  sdf: [200, 10_000],
  primekg: [100, 4_000],
  targets: [100, 5_000],
  "drug-ids": [100, 4_000],
  graph: [100, 9_000],
  "stored-profiles": [120, 5_000],
  "stored-conditions": [60, 3_000],
  study: [100, 5_000],
  tasks: [60, 5_000],
  metrics: [60, 5_000],
};
