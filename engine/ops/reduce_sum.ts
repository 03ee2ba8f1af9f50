import { reduceSum, sumGroups } from "../../kernels/reduce/reduce.ts";
import type { Step } from "../step.ts";
import type { Tensor, TensorRange } from "../tensor.ts";

/** Records `out[0] = scale * sum` of x, x^2, x y or (x - y)^2, in two stages of fixed order. */
export function recordSum(
  step: Step,
  map: Parameters<typeof reduceSum>[0],
  x: Tensor | TensorRange,
  y: Tensor | TensorRange,
  out: Tensor,
  scale = 1,
): void {
  const n = "length" in x ? x.length : x.size;
  const groups = sumGroups(n);
  if (groups === 1) return step.run(reduceSum(map), { x, y, partial: out }, { n, scale, groups });
  const partial = step.empty([groups], "partial sums");
  step.run(reduceSum(map), { x, y, partial }, { n, scale, groups });
  step.run(reduceSum("identity"), { x: partial, y: partial, partial: out }, {
    n: groups,
    scale: 1,
    groups: 1,
  });
}
