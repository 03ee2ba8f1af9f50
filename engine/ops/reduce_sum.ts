import { gpuPartials, reduceSum, termsOfSum } from "../../kernels/reduce/reduce.ts";
import { cutSum } from "../cut.ts";
import type { Step } from "../step.ts";
import type { Tensor, TensorRange } from "../tensor.ts";

/** Records `out[0] = scale * sum` of x, x^2, x y or (x - y)^2, in two stages of fixed order; 0 over nothing. */
export function recordSum(
  step: Step,
  map: "identity" | "square" | "product" | "squaredDifference",
  x: Tensor | TensorRange,
  y: Tensor | TensorRange,
  out: Tensor | TensorRange,
  scale = 1,
): void {
  const n = "length" in x ? x.length : x.size;
  const { adapterClass } = step.device;
  const gpu = adapterClass === "gpu";
  const { each: chunk, pieces: partials } = gpu ? { each: n, pieces: gpuPartials(n) } : cutSum(n, termsOfSum);
  if (partials === 1) {
    return step.run(reduceSum(map, adapterClass), { x, y, partial: out }, { n, scale, partials, chunk });
  }
  const partial = step.empty([partials], "partial sums");
  step.run(reduceSum(map, adapterClass), { x, y, partial }, { n, scale, partials, chunk });
  step.run(reduceSum("identity", adapterClass), { x: partial, y: partial, partial: out }, {
    n: partials,
    scale: 1,
    partials: 1,
    chunk: partials,
  });
}
