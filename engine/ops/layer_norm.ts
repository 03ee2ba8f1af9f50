import {
  layerNormBackwardInput,
  layerNormBackwardWeights,
  layerNormEpsilon,
  layerNormForward,
  type LayerNormKind,
} from "../../kernels/layer_norm/layer_norm.ts";
import { specialise } from "../../kernels/descriptor.ts";
import { rowsOfSum } from "../../kernels/reduce/reduce.ts";
import { cutSum } from "../cut.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { accumulationFlags } from "../tape.ts";
import { sumColumnPair } from "./sum_rows.ts";

/** Inputs of a row normalisation. */
export type LayerNormInputs = { x: Tensor; scale: Tensor; shift: Tensor };

/**
 * Normalises every row, then scales and shifts its columns.
 *
 * Shapes: x [rows, width], scale and shift [width] -> [rows, width]. Kind "torch" is PyTorch's LayerNorm, "mat" the
 * one of the molecule attention transformer (csg2a.md 2.2): unbiased deviation, epsilon added to it.
 * @throws {ShapeError} when widths disagree, or for "mat" rows of one value, whose unbiased deviation is undefined.
 */
export const layerNorm: (step: Step, inputs: LayerNormInputs, attributes: { kind: LayerNormKind }) => Tensor =
  defineOperation<LayerNormInputs, { kind: LayerNormKind }, Tensor>({
    name: "layer_norm",
    forward(step, { x, scale, shift }, { kind }) {
      const width = scale.size;
      if (x.shape.at(-1) !== width || shift.size !== width) {
        throw new ShapeError(`layerNorm(): x ${x}, scale ${scale} and shift ${shift} differ in width.`);
      }
      if (kind === "mat" && width < 2) {
        throw new ShapeError(`layerNorm(): kind "mat" needs rows of two or more, x is ${x}.`);
      }
      const rows = x.size / width;
      const y = step.empty(x.shape, "layer norm");
      const statistics = step.empty([rows, 2], "row statistics");
      step.run(layerNormForward(kind, step.device.adapterClass, width), { x, scale, shift, y, statistics }, {
        rows,
        width,
        epsilon: layerNormEpsilon[kind],
      });
      return { output: y, saved: statistics };
    },
    backward(step, { inputs: { x, scale }, attributes: { kind }, saved: statistics, dy, accumulate }) {
      const width = scale.size;
      const rows = x.size / width;
      const epsilon = layerNormEpsilon[kind];
      const { adapterClass } = step.device;
      const dx = accumulate("x", true);
      if (dx) {
        const kernel = specialise(layerNormBackwardInput(kind, adapterClass, width), accumulationFlags(dx));
        const tensors = { x, scale, statistics, dy, dx: dx.into, plus: dx.plus ?? dy };
        step.run(kernel, tensors, { rows, width, epsilon });
      }
      const [dscale, dshift] = [accumulate("scale"), accumulate("shift")];
      if (!dscale && !dshift) return;
      const { each: chunk, pieces: chunks } = cutSum(rows, rowsOfSum[adapterClass]);
      const direct = chunks === 1;
      const scales = direct && dscale?.into || step.empty([chunks, width], "scale gradient by chunk");
      const shifts = direct && dshift?.into || step.empty([chunks, width], "shift gradient by chunk");
      const add = { scale: direct && !!dscale?.add, shift: direct && !!dshift?.add };
      const tensors = { x, statistics, dy, dscale: scales, dshift: shifts };
      const sizes = { rows, width, chunk, chunks, epsilon };
      step.run(layerNormBackwardWeights(kind, adapterClass, add), tensors, sizes);
      if (!direct) sumColumnPair(step, [scales, shifts], chunks, width, [dscale, dshift]);
    },
  });
