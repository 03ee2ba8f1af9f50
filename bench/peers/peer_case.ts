import { RandomValues } from "../../testing/random_values.ts";
import { referenceDotAttention } from "../reference/attention.ts";
import { referenceBlock } from "../reference/csg2a_block.ts";
import { referenceMatmul } from "../reference/matmul.ts";
import type { Sizes } from "../kernel_case.ts";

/** Names of the shared cases. */
export const peerCaseNames = ["matmul", "attention", "csg2a-core"] as const;
/** A shared case. */
export type PeerCaseName = typeof peerCaseNames[number];

/** How the CSG2A core is computed; the other cases have one form. */
export type PeerForm = "plain" | "materialised" | "closed";

/** A row-major float32 array with its shape. */
export interface PeerArray {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** What is timed: the output alone, or output and all gradients. */
export type PeerPass = "forward" | "both";

/** Inputs of a case by name, the same in every process for one seed. `differentiated` names those with a gradient. */
export interface PeerInputs {
  readonly arrays: Readonly<Record<string, PeerArray>>;
  readonly differentiated: readonly string[];
  /** Gradient of the loss with respect to the output. */
  readonly upstream: PeerArray;
}

/** Same work for every contender: inputs, and outputs in float64. */
export interface PeerCase {
  readonly summary: string;
  /** At the models' sizes, and small enough for a software driver. */
  readonly sizes: { readonly gpu: Sizes; readonly software: Sizes };
  readonly forms: readonly PeerForm[];
  inputs(sizes: Sizes, seed: number): PeerInputs;
  /** Output `y` and gradients `d` + input. */
  expected(sizes: Sizes, inputs: PeerInputs): Readonly<Record<string, Float64Array>>;
}

function array(random: RandomValues, ...shape: number[]): PeerArray {
  return { shape, data: random.floats(shape.reduce((product, extent) => product * extent, 1)) };
}

const matmul: PeerCase = {
  summary: "C = A B, n x n; backward dA = dC B', dB = A' dC",
  sizes: { gpu: { n: 1024 }, software: { n: 256 } },
  forms: ["plain"],
  inputs({ n }, seed) {
    const random = new RandomValues(seed);
    const arrays = { a: array(random, n, n), b: array(random, n, n) };
    return { arrays, differentiated: ["a", "b"], upstream: array(random, n, n) };
  },
  expected({ n }, { arrays: { a, b }, upstream }) {
    const size = { m: n, n, k: n };
    return {
      y: referenceMatmul(size, a.data, false, b.data, false),
      da: referenceMatmul(size, upstream.data, false, b.data, true),
      db: referenceMatmul(size, a.data, true, upstream.data, false),
    };
  },
};

const attention: PeerCase = {
  summary: "softmax(Q K' / sqrt(depth)) V over heads of tokens",
  sizes: { gpu: { heads: 4, tokens: 978, depth: 64 }, software: { heads: 2, tokens: 256, depth: 64 } },
  forms: ["plain"],
  inputs({ heads, tokens, depth }, seed) {
    const random = new RandomValues(seed);
    const some = () => array(random, heads, tokens, depth);
    return { arrays: { q: some(), k: some(), v: some() }, differentiated: ["q", "k", "v"], upstream: some() };
  },
  expected({ heads, tokens, depth }, { arrays: { q, k, v }, upstream }) {
    const sizes = { samples: heads, heads: 1, queries: tokens, keys: tokens, depth };
    const inputs = { q: q.data, k: k.data, v: v.data };
    const { y, dq, dk, dv } = referenceDotAttention(inputs, sizes, 1 / Math.sqrt(depth), upstream.data);
    return { y, dq, dk, dv };
  },
};

/** P as rows of ones: the identity and about 4 more a row. */
export function peerGraph(ppi: PeerArray): { indptr: Uint32Array; indices: Uint32Array } {
  const [genes] = ppi.shape;
  const indptr = new Uint32Array(genes + 1);
  const indices: number[] = [];
  for (let i = 0; i < genes; i++) {
    for (let k = 0; k < genes; k++) if (ppi.data[i * genes + k] !== 0) indices.push(k);
    indptr[i + 1] = indices.length;
  }
  return { indptr, indices: Uint32Array.from(indices) };
}

const core: PeerCase = {
  summary: "CSG2A core: queries of profile and condition, Q Q' / sqrt(width) + P applied to the profile",
  sizes: { gpu: { batch: 16, genes: 978, width: 64 }, software: { batch: 4, genes: 256, width: 64 } },
  forms: ["closed", "materialised"],
  inputs({ batch, genes, width }, seed) {
    const random = new RandomValues(seed);
    const ppi = { shape: [genes, genes], data: new Float32Array(genes * genes) };
    for (let i = 0; i < genes; i++) {
      ppi.data[i * genes + i] = 1;
      for (let edge = 0; edge < 4; edge++) ppi.data[i * genes + random.below(genes)] = 1;
    }
    const arrays = {
      profile: array(random, batch, genes),
      condition: array(random, batch, genes),
      wGex: array(random, genes, width),
      wComp: array(random, genes, width),
      ppi,
    };
    return {
      arrays,
      differentiated: ["profile", "condition", "wGex", "wComp"],
      upstream: array(random, batch, genes),
    };
  },
  expected(sizes, { arrays: { profile, condition, wGex, wComp, ppi }, upstream }) {
    const { batch, genes, width } = sizes;
    const { y, dProfile, dCondition, dWGex, dWComp } = referenceBlock({
      batch,
      genes,
      width,
      profile: profile.data,
      condition: condition.data,
      wGex: wGex.data,
      wComp: wComp.data,
      ...peerGraph(ppi),
      upstream: upstream.data,
    }, "matmul");
    return { y, dprofile: dProfile, dcondition: dCondition, dwGex: dWGex, dwComp: dWComp };
  },
};

/** The work that every contender does. */
export const peerCases: Readonly<Record<PeerCaseName, PeerCase>> = { matmul, attention, "csg2a-core": core };
