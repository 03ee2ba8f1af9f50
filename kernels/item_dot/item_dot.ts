import { type AdapterClass, type Kernel, linearGrid, loop } from "../descriptor.ts";
import { rowShareLoops, withRowShares } from "../reduce/reduce.ts";
import backwardInput from "./backward_input.wgsl" with { type: "text" };
import backwardWeight from "./backward_weight.wgsl" with { type: "text" };
import forwardRows from "./forward_rows.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** Each item's own inner product: x [samples, items, width], weight [items, width], bias [items] -> [samples, items]. */
export function itemDotForward(adapterClass: AdapterClass): Kernel {
  const rows = adapterClass === "gpu";
  return {
    name: rows ? "item_dot_rows" : "item_dot",
    code: rows ? withRowShares(forwardRows) : forward,
    workgroups: ({ samples, items }) => linearGrid(samples * items, rows ? 4 : 64),
    flops: ({ samples, items, width }) => 2 * samples * items * width,
    bytes: ({ samples, items, width }) => 4 * items * ((samples + 1) * width + samples + 1),
    iterations: ({ width }) => rows ? loop(width / 16) + rowShareLoops : loop(width),
  };
}

/** Gradient of x. */
export const itemDotBackwardInput: Kernel = {
  name: "item_dot_backward_input",
  code: backwardInput,
  workgroups: ({ samples, items, width }) => linearGrid(samples * items * width, 64),
  flops: ({ samples, items, width }) => samples * items * width,
  bytes: ({ samples, items, width }) => 4 * items * ((samples + 1) * width + samples),
  iterations: () => 0,
};

/** Gradient of the weight. */
export const itemDotBackwardWeight: Kernel = {
  name: "item_dot_backward_weight",
  code: backwardWeight,
  workgroups: ({ items, width }) => linearGrid(items * width, 64),
  flops: ({ samples, items, width }) => 2 * samples * items * width,
  bytes: ({ samples, items, width }) => 4 * items * ((samples + 1) * width + samples),
  iterations: ({ samples }) => loop(samples),
};
