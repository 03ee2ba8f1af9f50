import type { Stage } from "../../engine/ops/elementwise.ts";
import type { Reference } from "../../testing/reference.ts";

/** Value and slope of one stage at x. Dropout takes its factor from outside. */
function apply(stage: Stage, x: number, factor: number): { value: number; slope: number } {
  switch (stage.kind) {
    case "affine":
      return { value: stage.scale * x + stage.shift, slope: stage.scale };
    case "relu":
      return x > 0 ? { value: x, slope: 1 } : { value: 0, slope: 0 };
    case "leakyRelu":
      return x > 0 ? { value: x, slope: 1 } : { value: stage.slope * x, slope: stage.slope };
    case "dropout":
      return { value: x * factor, slope: factor };
    case "elu":
      return x > 0 ? { value: x, slope: 1 } : { value: Math.exp(x) - 1, slope: Math.exp(x) };
    case "tanh":
      return { value: Math.tanh(x), slope: 1 - Math.tanh(x) ** 2 };
    case "sigmoid": {
      const value = 1 / (1 + Math.exp(-x));
      return { value, slope: value * (1 - value) };
    }
    case "exp":
      return { value: Math.exp(x), slope: Math.exp(x) };
    case "square":
      return { value: x * x, slope: 2 * x };
  }
}

/** A chain of stages; `factors` are what dropout multiplies with, one an element. */
export function elementwiseReference(stages: readonly Stage[], factors: ArrayLike<number> = []): Reference {
  const run = (x: ArrayLike<number>) =>
    Array.from(x, (start, i) => {
      let [value, slope] = [start, 1];
      for (const stage of stages) {
        const next = apply(stage, value, factors[i]);
        [value, slope] = [next.value, slope * next.slope];
      }
      return { value, slope };
    });
  return {
    forward: ({ x }) => Float64Array.from(run(x), ({ value }) => value),
    backward: ({ x }, dy) => ({ x: run(x).map(({ slope }, i) => slope * dy[i]) }),
  };
}
