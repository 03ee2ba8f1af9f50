import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import { randomCode } from "../random/random.ts";
import { withWorkgroupSums, workgroupLoops } from "../reduce/workgroup.ts";
import countCode from "./count_steps.wgsl" with { type: "text" };
import squaresCode from "./gradient_squares.wgsl" with { type: "text" };
import recordCode from "./record_step.wgsl" with { type: "text" };
import updateCode from "./update.wgsl" with { type: "text" };

/** Which rule moves the parameters. */
export type OptimizerKind = "adam" | "adamw" | "sgd";

const kinds = { adam: 0, adamw: 1, sgd: 2 } as const;

// 2^-96: what squares are taken of where the square itself would overflow.
const small = "const SMALL = 1.262177448e-29;";

/** Gradients that one workgroup of `gradientSquares` adds up. */
export const squaresChunk = 16_384;

/** Sums of squared gradients by chunks, plain and scaled down, from place `first` of the sums on. */
export const gradientSquares: Kernel = {
  name: "gradient_squares",
  code: withWorkgroupSums(`${small}\n${squaresCode}`),
  workgroups: ({ chunks }) => linearGrid(chunks, 1),
  flops: ({ n }) => 5 * n,
  bytes: ({ n }) => 4 * n,
  iterations: ({ n }) => loop(Math.min(n, squaresChunk) / 64) + workgroupLoops(64),
};

/** Puts loss and gradient norm into the ring and stops all updates at the first value that is not finite. */
export const recordStep: Kernel = {
  name: "record_step",
  code: withWorkgroupSums(`${randomCode}\n${small}\n${recordCode}`),
  workgroups: () => [1, 1, 1],
  flops: ({ partials }) => 2 * partials,
  bytes: ({ partials }) => 8 * partials,
  iterations: ({ partials }) => loop(partials / 64) + workgroupLoops(64),
};

/** Values that one count of steps covers: every parameter begins such a block. */
export const countedBlock = 64;

/** Counts a step for blocks of parameters and finds the bias corrections of their moments. */
export const countSteps: Kernel = {
  name: "count_steps",
  code: countCode,
  workgroups: ({ blocks }) => linearGrid(blocks, 64),
  flops: ({ blocks }) => 60 * blocks,
  bytes: ({ blocks }) => 16 * blocks,
  iterations: () => loop(7),
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
