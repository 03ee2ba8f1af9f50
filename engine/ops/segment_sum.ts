import { specialise } from "../../kernels/descriptor.ts";
import { segmentMeanBackward, segmentMeanForward } from "../../kernels/segment_mean/segment_mean.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { SegmentMeanInputs } from "./segment_mean.ts";

/**
 * Sum of the rows of each segment; rows past the last segment are ignored and get no gradient.
 *
 * Shapes: x [rows, width], starts [segments + 1] u32, segmentOf [rows] u32 -> [segments, width].
 * @throws {ShapeError} when `segmentOf` does not fit x.
 */
export const segmentSum: (step: Step, inputs: SegmentMeanInputs, attributes: void) => Tensor =
  defineOperation<SegmentMeanInputs, void, void>({
    name: "segment_sum",
    forward(step, { x, starts, segmentOf }) {
      const [rows, width] = x.shape;
      if (segmentOf.size !== rows) throw new ShapeError(`segmentSum(): ${segmentOf} does not fit x ${x}.`);
      const segments = starts.size - 1;
      const y = step.empty([segments, width], "segment sum");
      step.run(specialise(segmentMeanForward, { MEAN: 0 }), { x, starts, y }, { segments, width, rows });
      return { output: y, saved: undefined };
    },
    backward(step, { inputs: { x, starts, segmentOf }, dy, gradient }) {
      const [rows, width] = x.shape;
      const dx = gradient("x");
      if (!dx) return;
      step.run(specialise(segmentMeanBackward, { MEAN: 0 }), { dy, starts, segment_of: segmentOf, dx }, {
        rows,
        width,
        segments: starts.size - 1,
      });
    },
  });
