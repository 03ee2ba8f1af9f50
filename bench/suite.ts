import type { AdapterClass } from "../engine/mod.ts";
import type { Sizes } from "./kernel_case.ts";

/** What is measured of a kernel beside its default sizes, and what is left to `--full`. */
export interface SuiteEntry {
  /** Values of one size at a time, the others as by default, for `--sweep`. */
  readonly axes?: Readonly<Record<string, readonly number[]>>;
  /** Shapes that the models use, by name, for `--sweep`. */
  readonly shapes?: Readonly<Record<string, Sizes>>;
  /** Variants of the default run, by class of adapter; all where it says nothing. */
  readonly byDefault?: Partial<Readonly<Record<AdapterClass, readonly string[]>>>;
  /** Sizes at which the committed baseline guards ratios, memory and launches: small, and still telling. */
  readonly guard?: Sizes;
}

const genes = [128, 256, 512, 978, 2048, 4096, 10_167];
const batch = [1, 4, 16, 64, 128];
const width = [16, 32, 64, 128];

/** The suite by kernel. A kernel that is not named here is measured at its default sizes only. */
export const suite: Readonly<Record<string, SuiteEntry>> = {
  "csg2a-block": {
    axes: { genes, batch, width, degree: [0, 4, 16, 64, 256] },
    guard: { genes: 301, batch: 4, width: 32, degree: 4 },
  },
  "csg2a-block-rowsum": {
    axes: { genes, batch, width },
    // Its naive twin takes 20 s in software and says what the other block's says.
    byDefault: { software: ["closed"] },
    guard: { genes: 301, batch: 4, width: 32, degree: 4 },
  },
  "additive-attention": {
    axes: { genes: [128, 256, 512, 978], keys: [11, 64, 141, 309], depth: [16, 32, 64], batch: [1, 2, 4] },
    guard: { genes: 130, keys: 67, depth: 32, heads: 2, batch: 1 },
  },
  "gene-attention": {
    axes: { genes: [128, 256, 512, 978, 2048], depth: [16, 32, 64], batch: [1, 2, 4] },
    // The form for the other class of adapters is right here but not fast: ranking it would mislead.
    byDefault: { software: ["stored", "naive"], gpu: ["streaming", "stored", "naive"] },
    guard: { genes: 259, depth: 32, heads: 2, batch: 1 },
  },
  "mat-attention": {
    axes: { molecules: [1, 8, 32, 128], nodes: [9, 27, 60], width: [32, 64, 256] },
    guard: { molecules: 8, nodes: 27, width: 64, heads: 4 },
  },
  matmul: {
    // "half" loses digits, "subgroups" and "matrix_units" need an adapter that has them: when asked for.
    byDefault: {
      software: ["chosen", "naive", "register4", "register8", "quads8", "tiled"],
      gpu: ["chosen", "naive", "register4", "register8", "quads8", "tiled"],
    },
    shapes: {
      "CSG2A feed-forward, batch 128": { m: 128, n: 978, k: 978 },
      "CSG2A block, skinny": { m: 128, n: 64, k: 978 },
      "MAT released, 8 molecules": { m: 216, n: 1024, k: 1024 },
      "BADGER gene projection, batch 4": { m: 3912, n: 128, k: 128 },
      "MLP drug layer": { m: 32, n: 256, k: 1024 },
      "CIGER feed-forward, 978 genes": { m: 978, n: 512, k: 128 },
      "square": { m: 1024, n: 1024, k: 1024 },
    },
    guard: { m: 130, n: 259, k: 259 },
  },
  "degree-linear": {
    axes: { molecules: [1, 8, 32, 128] },
    guard: { molecules: 8, atoms: 27, width: 62, bondWidth: 6, out: 64 },
  },
  "graph-attention": { axes: { edges: [5_000, 20_000, 80_000], channels: [16, 64], heads: [1, 4] } },
  "graph-attention-v2": { axes: { edges: [5_000, 20_000, 80_000], channels: [16, 64], heads: [1, 4] } },
  "bit-linear": {
    axes: { rows: [32, 320], set: [3, 12, 48, 192] },
    guard: { rows: 64, bits: 1024, out: 256, set: 12 },
  },
  "layer-norm": {
    axes: { rows: [1, 16, 128], width: [64, 128, 978, 4096] },
    guard: { rows: 32, width: 978 },
  },
  "set-norm": { axes: { genes: [128, 978], batch: [1, 2, 8] }, guard: { genes: 259, width: 64, batch: 2 } },
  softmax: { axes: { rows: [100, 1000], width: [32, 141, 978] }, guard: { rows: 130, width: 141 } },
  "batch-norm": { axes: { rows: [16, 128], width: [64, 978] }, guard: { rows: 64, width: 259 } },
  elementwise: { axes: { elements: [4096, 65_536, 1_048_576] }, guard: { elements: 65_537 } },
  gather: {
    axes: { rows: [256, 2048, 16_384], width: [32, 128] },
    guard: { rows: 512, sources: 130, width: 67 },
  },
  "loss-ranknet": { axes: { width: [128, 512, 978, 2048] }, guard: { rows: 8, width: 259 } },
  optimizer: {
    axes: { parameters: [10_000, 100_000, 1_000_000, 10_000_000] },
    guard: { parameters: 100_003 },
  },
};
