import type { Reference } from "../../testing/reference.ts";

/** One row of a loss in float64: its value, and the gradient of its prediction. */
type RowLoss = (p: Float64Array, t: Float64Array) => { value: number; gradient: Float64Array };

const softmaxOf = (x: Float64Array) => {
  const largest = x.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = x.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return { weights: powers.map((power) => power / sum), logSum: largest + Math.log(sum) };
};

const rowLosses: Readonly<Record<string, RowLoss>> = {
  mse(p, t) {
    const gradient = p.map((value, i) => 2 * (value - t[i]) / p.length);
    return { value: p.reduce((sum, value, i) => sum + (value - t[i]) ** 2 / p.length, 0), gradient };
  },
  rankcosine(p, t) {
    let [pt, pp, tt] = [0, 0, 0];
    p.forEach((value, i) => {
      pt += value * t[i];
      pp += value * value;
      tt += t[i] * t[i];
    });
    const [a, b] = [Math.sqrt(pp), Math.sqrt(tt)];
    const gradient = p.map((value, i) => -2 * (t[i] / (a * b) - pt * value / (a ** 3 * b)));
    return { value: 2 * (1 - pt / (a * b)), gradient };
  },
  listnet(p, t) {
    const [predicted, wanted] = [softmaxOf(p), softmaxOf(t)];
    const value = -wanted.weights.reduce((sum, weight, i) => sum + weight * (p[i] - predicted.logSum), 0);
    return { value, gradient: predicted.weights.map((weight, i) => weight - wanted.weights[i]) };
  },
  ranknet(p, t) {
    const gradient = new Float64Array(p.length);
    let value = 0;
    for (let i = 0; i < p.length; i++) {
      for (let j = i + 1; j < p.length; j++) {
        const s = p[i] - p[j];
        const wrong = 0.5 * (1 - Math.sign(t[i] - t[j]));
        value += wrong * s + Math.log1p(Math.exp(-Math.abs(s))) + Math.max(-s, 0);
        const slope = wrong - 1 / (1 + Math.exp(s));
        gradient[i] += slope;
        gradient[j] -= slope;
      }
    }
    return { value, gradient };
  },
};

/**
 * Losses of badger.md 3.1 in float64, a sum of weighted terms: "mse", "rankcosine", "listnet" (means over rows) and
 * "ranknet" (a sum over rows).
 */
export function lossReference(
  terms: readonly (keyof typeof rowLosses)[],
  rows: number,
  width: number,
): Reference {
  const each = ({ prediction, target }: Readonly<Record<string, ArrayLike<number>>>) => {
    const gradient = new Float64Array(rows * width);
    let value = 0;
    for (let row = 0; row < rows; row++) {
      const cut = (x: ArrayLike<number>) =>
        Float64Array.from({ length: width }, (_, i) => x[row * width + i]);
      const [p, t] = [cut(prediction), cut(target)];
      for (const term of terms) {
        const factor = term === "ranknet" ? 1 : 1 / rows;
        const one = rowLosses[term](p, t);
        value += factor * one.value;
        one.gradient.forEach((slope, i) => gradient[row * width + i] += factor * slope);
      }
    }
    return { value, gradient };
  };
  return {
    forward: (inputs) => Float64Array.of(each(inputs).value),
    backward: (inputs, dy) => ({ prediction: each(inputs).gradient.map((slope) => dy[0] * slope) }),
  };
}
