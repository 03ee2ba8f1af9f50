/** Attention in float64, by the book (badger.md 2.3, 5.3), with its derivative. Heads are slices of the channels. */

type Numbers = ArrayLike<number>;

/** Sizes of a reference attention. */
export interface ReferenceSizes {
  readonly samples: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly depth: number;
  readonly shared?: boolean;
}

/** Masks, normalisation, and dropout factors of the weights [heads, samples, queries, keys]. */
export interface ReferenceOptions {
  readonly normalisation?: "softmax" | "clipped" | "masked";
  readonly keyMask?: Numbers;
  readonly queryMask?: Numbers;
  readonly kept?: Numbers;
  /** Gradient that flows into the weights besides what the values send. */
  readonly upstream?: Numbers;
}

/** Weights [heads, samples, queries, keys] from scores. */
export function referenceWeights(
  scores: Numbers,
  { samples, heads, queries, keys }: ReferenceSizes,
  { normalisation = "softmax", keyMask, queryMask }: ReferenceOptions,
): Float64Array {
  const weights = new Float64Array(scores.length);
  for (let row = 0; row < heads * samples * queries; row++) {
    const sample = Math.floor(row / queries) % samples;
    const asked = (j: number) => keyMask?.[sample * keys + j] ?? 1;
    const asks = queryMask?.[sample * queries + row % queries] ?? 1;
    const u = Array.from({ length: keys }, (_, j) => {
      const e = scores[row * keys + j];
      if (normalisation === "clipped") return Math.exp(Math.min(10, Math.max(-10, e))) * asked(j) * asks;
      return normalisation === "masked" && asked(j) === 0 ? -1e10 : e;
    });
    if (normalisation !== "clipped") {
      const largest = Math.max(...u);
      u.forEach((e, j) => u[j] = Math.exp(e - largest));
    }
    const sum = u.reduce((total, value) => total + value, 0) + (normalisation === "clipped" ? 1e-5 : 0);
    u.forEach((value, j) => weights[row * keys + j] = value / sum);
  }
  return weights;
}

/** Gradient of the scores from that of the weights. */
export function referenceScoreGradient(
  scores: Numbers,
  weights: Numbers,
  upstream: Numbers,
  { samples, queries, keys }: ReferenceSizes,
  { normalisation = "softmax", keyMask }: ReferenceOptions,
): Float64Array {
  const gradient = new Float64Array(weights.length);
  for (let start = 0; start < weights.length; start += keys) {
    let inner = 0;
    for (let j = start; j < start + keys; j++) inner += weights[j] * upstream[j];
    for (let j = start; j < start + keys; j++) {
      const clipped = normalisation === "clipped" && Math.abs(scores[j]) > 10;
      const asked = keyMask?.[(Math.floor(start / (keys * queries)) % samples) * keys + j - start];
      const masked = normalisation === "masked" && asked === 0;
      gradient[j] = clipped || masked ? 0 : weights[j] * (upstream[j] - inner);
    }
  }
  return gradient;
}

/** Visits every (row of the weights, head, sample, query). */
export function eachRow(
  { samples, heads, queries }: ReferenceSizes,
  visit: (row: number, head: number, sample: number, query: number) => void,
): void {
  let row = 0;
  for (let head = 0; head < heads; head++) {
    for (let sample = 0; sample < samples; sample++) {
      for (let query = 0; query < queries; query++) visit(row++, head, sample, query);
    }
  }
}

/** weights v, and what flows back from its gradient: into the weights and into v. */
export function referenceValues(
  weights: Numbers,
  v: Numbers,
  sizes: ReferenceSizes,
  dy: Numbers,
  { kept }: ReferenceOptions = {},
): { y: Float64Array; dweights: Float64Array; dv: Float64Array } {
  const { samples, heads, queries, keys, depth } = sizes;
  const width = heads * depth;
  const y = new Float64Array(samples * queries * width);
  const dweights = new Float64Array(weights.length);
  const dv = new Float64Array(samples * keys * width);
  eachRow(sizes, (row, head, sample, query) => {
    const out = (sample * queries + query) * width + head * depth;
    for (let j = 0; j < keys; j++) {
      const at = (sample * keys + j) * width + head * depth;
      const factor = kept?.[row * keys + j] ?? 1;
      const weight = weights[row * keys + j] * factor;
      let product = 0;
      for (let c = 0; c < depth; c++) {
        y[out + c] += weight * v[at + c];
        dv[at + c] += weight * dy[out + c];
        product += dy[out + c] * v[at + c];
      }
      dweights[row * keys + j] = factor * product;
    }
  });
  return { y, dweights, dv };
}

/** Scaled dot attention: output, weights and gradients. */
export function referenceDotAttention(
  { q, k, v }: { q: Numbers; k: Numbers; v: Numbers },
  sizes: ReferenceSizes,
  scale: number,
  dy: Numbers,
  options: ReferenceOptions = {},
): { y: Float64Array; weights: Float64Array; dq: Float64Array; dk: Float64Array; dv: Float64Array } {
  const { samples, heads, queries, keys, depth, shared = false } = sizes;
  const width = heads * depth;
  const scores = new Float64Array(heads * samples * queries * keys);
  const queryAt = (head: number, sample: number, query: number) =>
    ((shared ? 0 : sample) * queries + query) * width + head * depth;
  eachRow(sizes, (row, head, sample, query) => {
    const from = queryAt(head, sample, query);
    for (let j = 0; j < keys; j++) {
      const at = (sample * keys + j) * width + head * depth;
      let product = 0;
      for (let c = 0; c < depth; c++) product += q[from + c] * k[at + c];
      scores[row * keys + j] = scale * product;
    }
  });
  const weights = referenceWeights(scores, sizes, options);
  const { y, dweights, dv } = referenceValues(weights, v, sizes, dy, options);
  const { upstream } = options;
  const total = upstream ? dweights.map((value, i) => value + upstream[i]) : dweights;
  const dscores = referenceScoreGradient(scores, weights, total, sizes, options);
  const dq = new Float64Array(q.length);
  const dk = new Float64Array(k.length);
  eachRow(sizes, (row, head, sample, query) => {
    const from = queryAt(head, sample, query);
    for (let j = 0; j < keys; j++) {
      const at = (sample * keys + j) * width + head * depth;
      const ds = scale * dscores[row * keys + j];
      for (let c = 0; c < depth; c++) {
        dq[from + c] += ds * k[at + c];
        dk[at + c] += ds * q[from + c];
      }
    }
  });
  return { y, weights, dq, dk, dv };
}
