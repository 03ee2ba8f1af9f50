import { type Kernel, linearGrid, loop } from "../descriptor.ts";
import backwardInput from "./backward_input.wgsl" with { type: "text" };
import backwardWeight from "./backward_weight.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** Each item's own inner product: x [samples, items, width], weight [items, width], bias [items] -> [samples, items]. */
export const itemDotForward: Kernel = {
  name: "item_dot",
  code: forward,
  workgroups: ({ samples, items }) => linearGrid(samples * items, 64),
  flops: ({ samples, items, width }) => 2 * samples * items * width,
  bytes: ({ samples, items, width }) => 4 * items * ((samples + 1) * width + samples + 1),
  iterations: ({ width }) => loop(width),
};

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
