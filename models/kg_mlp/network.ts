import type { Step, Tensor } from "../../engine/mod.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { linear } from "../../engine/ops/linear.ts";
import type { Lookup } from "../lookup.ts";

/**
 * Linear, ReLU, dropout, as often as there are widths, then a linear (kg-gat.md 8.2). Layers are called `0`, `1`, `2`, as in the
 * golden of the baseline.
 *
 * Shapes: x [rows, in] -> [rows, outputs].
 */
export function mlpBaseline(step: Step, p: Lookup, x: Tensor, layers: number, dropout: number): Tensor {
  let h = x;
  for (let layer = 0; layer < layers - 1; layer++) {
    const dense = linear(step, { x: h, weight: p(`${layer}.weight`), bias: p(`${layer}.bias`) }, {
      activation: "relu",
    });
    h = elementwise(step, { x: dense }, { stages: [{ kind: "dropout", rate: dropout }], site: 1 + layer });
  }
  const last = layers - 1;
  return linear(step, { x: h, weight: p(`${last}.weight`), bias: p(`${last}.bias`) }, {});
}

/** Shapes of its parameters by name. */
export function mlpShapes(
  width: number,
  hidden: readonly number[],
  outputs: number,
): Record<string, readonly number[]> {
  const widths = [width, ...hidden, outputs];
  return Object.fromEntries(
    widths.slice(1).flatMap((out, layer) => [
      [`${layer}.weight`, [out, widths[layer]]],
      [`${layer}.bias`, [out]],
    ]),
  );
}
