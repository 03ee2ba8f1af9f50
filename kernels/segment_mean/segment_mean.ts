import { type Kernel, linearGrid } from "../descriptor.ts";
import backward from "./backward.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };

/** Mean over the rows of each segment: [rows, width] -> [segments, width]. */
export const segmentMeanForward: Kernel = {
  name: "segment_mean",
  code: forward,
  workgroups: ({ segments, width }) => linearGrid(segments * width, 64),
  flops: ({ rows, width }) => rows * width,
  bytes: ({ segments, rows, width }) => 4 * (segments + rows) * width,
};

/** Its derivative. */
export const segmentMeanBackward: Kernel = {
  name: "segment_mean_backward",
  code: backward,
  workgroups: ({ rows, width }) => linearGrid(rows * width, 64),
  flops: ({ rows, width }) => rows * width,
  bytes: ({ segments, rows, width }) => 4 * (segments + rows) * width,
};
