import { defineOperation, ShapeError, type Step, type Tensor } from "../../../engine/mod.ts";
import { sumColumns } from "../../../engine/ops/mod.ts";
import { type Kernel, linearGrid, loop, withWorkgroupSums, workgroupLoops } from "../../../kernels/mod.ts";
import forwardCode from "./rms_norm.wgsl" with { type: "text" };
import gradientCode from "./rms_norm_gradient.wgsl" with { type: "text" };

/** Normalised rows, and the factor of each. */
export const rmsNormForward: Kernel = {
  name: "rms_norm",
  code: withWorkgroupSums(forwardCode),
  workgroups: ({ rows }) => linearGrid(rows, 1),
  flops: ({ rows, width }) => 4 * rows * width,
  bytes: ({ rows, width }) => 8 * rows * width,
  iterations: ({ width }) => 2 * loop(width / 64) + workgroupLoops(64),
};

/** The rows' gradient, and every row's part of the scale's. */
export const rmsNormGradient: Kernel = {
  name: "rms_norm_gradient",
  code: withWorkgroupSums(gradientCode),
  workgroups: ({ rows }) => linearGrid(rows, 1),
  flops: ({ rows, width }) => 8 * rows * width,
  bytes: ({ rows, width }) => 16 * rows * width,
  iterations: ({ width }) => 2 * loop(width / 64) + workgroupLoops(64),
};

type Inputs = { x: Tensor; scale: Tensor };

/**
 * Divides every row by the root of its mean square plus epsilon, and multiplies every column by its scale.
 *
 * Shapes: x [rows, width], scale [width] -> [rows, width].
 * @throws {ShapeError} when x is no matrix, or scale has another width.
 */
export const rmsNorm: (step: Step, inputs: Inputs, attributes: { epsilon: number }) => Tensor =
  defineOperation<Inputs, { epsilon: number }, Tensor>({
    name: "rms_norm",
    forward(step, { x, scale }, { epsilon }) {
      const [rows, width] = x.shape;
      if (x.shape.length !== 2 || scale.size !== width) {
        throw new ShapeError(`rmsNorm(): x is ${x}, scale is ${scale}; expected [rows, width] and [width].`);
      }
      const [y, factor] = [step.empty(x.shape, "rms norm"), step.empty([rows], "1 / rms")];
      step.run(rmsNormForward, { x, scale, y, factor }, { rows, width, epsilon });
      return { output: y, saved: factor };
    },
    backward(step, { inputs: { x, scale }, saved: factor, dy, gradient }) {
      const [rows, width] = x.shape;
      const [dscale, parts] = [gradient("scale"), step.empty(x.shape, "scale gradient by row")];
      const dx = gradient("x") ?? step.empty(x.shape, "unwanted gradient");
      step.run(rmsNormGradient, { x, scale, factor, dy, dx, parts }, { rows, width });
      if (dscale) sumColumns(step, parts, rows, width, dscale);
    },
  });
