import type { Reference } from "../../testing/reference.ts";

/** Attention inside packed molecules: (lambda softmax(q k' / sqrt(depth)) + constant) v, a head at a time. */
export function matAttentionReference(
  { molecules, heads, depth, lambda, rows }: {
    /** Rows that ask and, among them from the first on, rows that are asked, of each molecule. */
    readonly molecules: readonly { readonly rows: number; readonly keys: number }[];
    readonly heads: number;
    readonly depth: number;
    readonly lambda: number;
    /** Rows of q, k, v: the molecules', then surplus ones. */
    readonly rows: number;
  },
): Reference {
  const width = heads * depth;
  const scale = 1 / Math.sqrt(depth);
  const places: { first: number; pairs: number; asking: number; count: number }[] = [];
  let [first, pairs] = [0, 0];
  for (const { rows: asking, keys: count } of molecules) {
    places.push({ first, pairs, asking, count });
    first += asking;
    pairs += asking * count;
  }
  /** Calls back once a molecule, head and row i, with softmax probabilities over j. */
  const visit = (
    q: ArrayLike<number>,
    k: ArrayLike<number>,
    call: (
      place: { first: number; pairs: number; count: number; at: number; i: number },
      p: number[],
    ) => void,
  ) => {
    for (const { first, pairs, asking, count } of places) {
      for (let head = 0; head < heads; head++) {
        const at = head * depth;
        for (let i = 0; i < asking; i++) {
          const scores = Array.from({ length: count }, (_, j) => {
            let sum = 0;
            for (let c = at; c < at + depth; c++) {
              sum += q[(first + i) * width + c] * k[(first + j) * width + c];
            }
            return scale * sum;
          });
          const largest = Math.max(...scores);
          const powers = scores.map((score) => Math.exp(score - largest));
          const sum = powers.reduce((total, power) => total + power, 0);
          call({ first, pairs, count, at, i }, powers.map((power) => power / sum));
        }
      }
    }
  };
  return {
    forward({ q, k, v, constant }) {
      const y = new Float64Array(rows * width);
      visit(q, k, ({ first, pairs, count, at, i }, p) => {
        for (let j = 0; j < count; j++) {
          const weight = lambda * p[j] + constant[pairs + i * count + j];
          for (let c = at; c < at + depth; c++) {
            y[(first + i) * width + c] += weight * v[(first + j) * width + c];
          }
        }
      });
      return y;
    },
    backward({ q, k, v, constant }, dy) {
      const [dq, dk, dv] = [0, 0, 0].map(() => new Float64Array(rows * width));
      visit(q, k, ({ first, pairs, count, at, i }, p) => {
        const row = (first + i) * width;
        const dp = p.map((_, j) => {
          let sum = 0;
          for (let c = at; c < at + depth; c++) sum += dy[row + c] * v[(first + j) * width + c];
          return lambda * sum;
        });
        const mean = dp.reduce((sum, value, j) => sum + value * p[j], 0);
        for (let j = 0; j < count; j++) {
          const column = (first + j) * width;
          const ds = scale * p[j] * (dp[j] - mean);
          const weight = lambda * p[j] + constant[pairs + i * count + j];
          for (let c = at; c < at + depth; c++) {
            dq[row + c] += ds * k[column + c];
            dk[column + c] += ds * q[row + c];
            dv[column + c] += weight * dy[row + c];
          }
        }
      });
      return { q: dq, k: dk, v: dv };
    },
  };
}
