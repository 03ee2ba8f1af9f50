import { segmentMeanBackward, segmentMeanForward } from "../../kernels/segment_mean/segment_mean.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { listPasses } from "../../engine/ops/list_passes.ts";

/** Inputs of a segment mean: rows starts[s] .. starts[s + 1] - 1 belong to segment s = segmentOf[row]. */
export type SegmentMeanInputs = { x: Tensor; starts: Tensor; segmentOf: Tensor };

/**
 * Mean of the rows of each segment; rows past the last segment are ignored and get no gradient.
 *
 * Shapes: x [rows, width], starts [segments + 1] u32, segmentOf [rows] u32 -> [segments, width].
 * @throws {ShapeError} when `segmentOf` does not fit x.
 */
export const segmentMean: (step: Step, inputs: SegmentMeanInputs, attributes: void) => Tensor =
  defineOperation<
    SegmentMeanInputs,
    void,
    void
  >({
    name: "segment_mean",
    forward(step, { x, starts, segmentOf }) {
      const [rows, width] = x.shape;
      if (segmentOf.size !== rows) throw new ShapeError(`segmentMean(): ${segmentOf} does not fit x ${x}.`);
      const segments = starts.size - 1;
      const y = step.empty([segments, width], "segment mean");
      for (const { from: skip, count: most } of listPasses(step, rows)) {
        step.run(segmentMeanForward(skip > 0), { x, starts, y }, { segments, width, rows, skip, most });
      }
      return { output: y, saved: undefined };
    },
    backward(step, { inputs: { x, starts, segmentOf }, dy, gradient }) {
      const [rows, width] = x.shape;
      const dx = gradient("x");
      if (!dx) return;
      step.run(segmentMeanBackward, { dy, starts, segment_of: segmentOf, dx }, {
        rows,
        width,
        segments: starts.size - 1,
      });
    },
  });
