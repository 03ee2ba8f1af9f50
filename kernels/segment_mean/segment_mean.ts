import { type Kernel, linearGrid, loop, specialise } from "../descriptor.ts";
import backward from "./backward.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** Mean over the rows of each segment, `most` of them from the `skip`th on: [rows, width] -> [segments, width]. */
export function segmentMeanForward(accumulate: boolean): Kernel {
  return specialise({
    name: "segment_mean",
    code: forward,
    workgroups: ({ segments, width }) => linearGrid(segments * width, 64),
    flops: ({ rows, width }) => rows * width,
    bytes: ({ segments, rows, width }) => 4 * (segments + rows) * width,
    iterations: ({ most }) => loop(most),
  }, { ACCUMULATE: accumulate ? 1 : 0 });
}

/** Its derivative. */
export const segmentMeanBackward: Kernel = {
  name: "segment_mean_backward",
  code: backward,
  workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
  flops: ({ rows, width }) => rows * width,
  bytes: ({ segments, rows, width }) => 4 * (segments + rows) * width,
  iterations: () => 0,
};
