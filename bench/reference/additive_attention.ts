import {
  eachRow,
  type ReferenceOptions,
  referenceScoreGradient,
  type ReferenceSizes,
  referenceValues,
  referenceWeights,
} from "./attention.ts";

type Numbers = ArrayLike<number>;

/** Inputs of an additive attention whose queries and keys are already projected. */
export interface AdditiveReferenceInputs {
  readonly q: Numbers;
  readonly k: Numbers;
  readonly v: Numbers;
  readonly bias: Numbers;
  readonly vector: Numbers;
  readonly offset: Numbers;
}

/** Additive attention in float64 (badger.md 2.3): weights, values, gradients; `dweights` flows into the weights besides. */
export function referenceAdditive(
  { q, k, v, bias, vector, offset }: AdditiveReferenceInputs,
  sizes: ReferenceSizes,
  dy: Numbers,
  extra: Numbers,
  options: ReferenceOptions = {},
) {
  const { samples, heads, queries, keys, depth, shared = false } = sizes;
  const width = heads * depth;
  const scores = new Float64Array(heads * samples * queries * keys);
  const places = (head: number, sample: number, query: number) =>
    [
      ((shared ? 0 : sample) * queries + query) * width + head * depth,
      (j: number) => (sample * keys + j) * width + head * depth,
    ] as const;
  eachRow(sizes, (row, head, sample, query) => {
    const [from, at] = places(head, sample, query);
    for (let j = 0; j < keys; j++) {
      let score = offset[0];
      for (let c = 0; c < depth; c++) score += vector[c] * Math.tanh(q[from + c] + k[at(j) + c] + bias[c]);
      scores[row * keys + j] = score;
    }
  });
  const weights = referenceWeights(scores, sizes, options);
  const { y, dweights, dv } = referenceValues(weights, v, sizes, dy, options);
  const total = dweights.map((value, i) => value + extra[i]);
  const ds = referenceScoreGradient(scores, weights, total, sizes, options);
  const gradients = {
    q: new Float64Array(q.length),
    k: new Float64Array(k.length),
    v: dv,
    bias: new Float64Array(depth),
    vector: new Float64Array(depth),
    offset: new Float64Array(1),
  };
  eachRow(sizes, (row, head, sample, query) => {
    const [from, at] = places(head, sample, query);
    for (let j = 0; j < keys; j++) {
      const here = ds[row * keys + j];
      gradients.offset[0] += here;
      for (let c = 0; c < depth; c++) {
        const t = Math.tanh(q[from + c] + k[at(j) + c] + bias[c]);
        const g = here * vector[c] * (1 - t * t);
        gradients.vector[c] += here * t;
        gradients.q[from + c] += g;
        gradients.k[at(j) + c] += g;
        gradients.bias[c] += g;
      }
    }
  });
  return { y, weights, scores, gradients };
}
