import { itemChunk, sumItemsKernel } from "../../kernels/sets/sets.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** Records each sample's sum over its items, [samples, items, width] -> `out` [samples, width], in fixed order. */
export function recordSumItems(
  step: Step,
  x: Tensor,
  { samples, items, width }: { samples: number; items: number; width: number },
  out: Tensor,
): void {
  const chunks = Math.ceil(items / itemChunk);
  const sums = chunks <= 1 ? out : step.empty([samples, chunks, width], "item sums");
  step.run(sumItemsKernel, { x, sums }, { samples, items, width, chunk: itemChunk });
  if (chunks > 1) recordSumItems(step, sums, { samples, items: chunks, width }, out);
}
