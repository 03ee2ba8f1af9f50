import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import { randomCode } from "../random/random.ts";
import recordCode from "./record_step.wgsl" with { type: "text" };
import updateCode from "./update.wgsl" with { type: "text" };

/** Which rule moves the parameters. */
export type OptimizerKind = "adam" | "adamw" | "sgd";

const kinds = { adam: 0, adamw: 1, sgd: 2 } as const;

/** Puts loss and gradient norm into the ring and stops all updates at the first value that is not finite. */
export const recordStep: Kernel = {
  name: "record_step",
  code: `${randomCode}\n${recordCode}`,
  workgroups: () => [1, 1, 1],
  flops: ({ partials }) => partials,
  bytes: ({ partials }) => 4 * partials,
  iterations: ({ partials }) => loop(partials),
};

/** Moves `n` parameters by one step. */
export function optimizerUpdate(kind: OptimizerKind): Kernel {
  return specialise({
    name: `${kind}_update`,
    code: `${randomCode}\n${updateCode}`,
    workgroups: ({ n }) => linearGrid(n, 64),
    flops: ({ n }) => 14 * n,
    bytes: ({ n }) => (kind === "sgd" ? 20 : 28) * n,
    iterations: () => 0,
  }, { KIND: kinds[kind] });
}
