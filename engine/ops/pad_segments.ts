import { padSegmentsBackward, padSegmentsForward } from "../../kernels/sets/sets.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { SegmentMeanInputs } from "./segment_mean.ts";

/**
 * Packed segments as padded sets: segment s's rows become items 0, 1, ..; the rest is zero, and so is the gradient of
 * rows past the last segment. A segment longer than `items` is cut.
 *
 * Shapes: x [rows, width], starts [segments + 1] u32, segmentOf [rows] u32 -> [segments, items, width].
 * @throws {ShapeError} when `segmentOf` does not fit x.
 */
export const padSegments: (step: Step, inputs: SegmentMeanInputs, attributes: { items: number }) => Tensor =
  defineOperation<SegmentMeanInputs, { items: number }, void>({
    name: "pad_segments",
    forward(step, { x, starts, segmentOf }, { items }) {
      const [rows, width] = x.shape;
      if (segmentOf.size !== rows) throw new ShapeError(`padSegments(): ${segmentOf} does not fit x ${x}.`);
      const segments = starts.size - 1;
      const y = step.empty([segments, items, width], "padded sets");
      step.run(padSegmentsForward, { x, starts, y }, { segments, items, width });
      return { output: y, saved: undefined };
    },
    backward(step, { inputs: { x, starts, segmentOf }, attributes: { items }, dy, gradient }) {
      const [rows, width] = x.shape;
      const dx = gradient("x");
      if (!dx) return;
      const sizes = { rows, segments: starts.size - 1, items, width };
      step.run(padSegmentsBackward, { dy, starts, segment_of: segmentOf, dx }, sizes);
    },
  });

/** Mask of the padded sets: 1 where segment s has an item i. [segments, items]. */
export function segmentMask(starts: Uint32Array, items: number): Float32Array<ArrayBuffer> {
  const segments = starts.length - 1;
  return Float32Array.from(
    { length: segments * items },
    (_, k) => starts[Math.floor(k / items)] + k % items < starts[Math.floor(k / items) + 1] ? 1 : 0,
  );
}
