import {
  applySetNormBlocks,
  setNormColumnSumsBlocks,
  setNormInputGradientBlocks,
  wholeSetNorm,
  wholeSetNormGradient,
} from "../../kernels/set_norm/blocks.ts";
import {
  applySetNorm,
  columnSumChunk,
  mergeStatistics,
  partialStatistics,
  setNormColumnSums,
  setNormEpsilon,
  setNormInputGradient,
  type SetNormKind,
  type SetNormLanes,
  setNormSampleSums,
  statisticsChunk,
} from "../../kernels/set_norm/set_norm.ts";
import { specialise } from "../../kernels/descriptor.ts";
import { cutSum } from "../../engine/cut.ts";
import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { sumColumnPair } from "../../engine/ops/sum_rows.ts";
import { accumulationFlags } from "../../engine/tape.ts";

/** Inputs of a set normalisation; `mask` is data, 1 for the elements that count. */
export type SetNormInputs = { x: Tensor; scale: Tensor; shift: Tensor; mask?: Tensor };

/** How many sets there are, and what they are divided by. */
export interface SetNormAttributes {
  /** Sets; x holds as many blocks of rows. */
  readonly samples: number;
  /** "variance" as released, "deviation" as published. */
  readonly kind: SetNormKind;
}

function sizes({ x, scale, shift, mask }: SetNormInputs, { samples }: SetNormAttributes) {
  const width = scale.size;
  const elements = x.size / (width * samples);
  if (!Number.isInteger(elements) || elements < 1 || x.shape.at(-1) !== width || shift.size !== width) {
    throw new ShapeError(
      `setNorm(): x ${x} is not ${samples} sets of rows like scale ${scale}, shift ${shift}.`,
    );
  }
  if (mask && mask.size !== samples * elements) {
    throw new ShapeError(`setNorm(): mask ${mask} is not [${samples}, ${elements}].`);
  }
  const lanes: SetNormLanes = width % 4 === 0 ? 4 : 1;
  return { samples, elements, width, cells: width / lanes, lanes };
}

/**
 * Normalises every set by one mean and one variance over its elements and channels together, then scales and shifts its
 * channels. Masked elements do not count but are normalised too; a set without a member becomes the shift.
 *
 * Shapes: x [samples * elements, width], scale and shift [width], mask [samples, elements] -> as x.
 * Source: badger.md 2.4. Sums in two stages of fixed order.
 * @throws {ShapeError} when they disagree.
 */
export const setNorm: (step: Step, inputs: SetNormInputs, attributes: SetNormAttributes) => Tensor =
  defineOperation<SetNormInputs, SetNormAttributes, Tensor>({
    name: "set_norm",
    forward(step, inputs, attributes) {
      const { x, scale, shift, mask } = inputs;
      const { samples, elements, cells, lanes } = sizes(inputs, attributes);
      const { each: chunk, pieces: chunks } = cutSum(elements * cells, statisticsChunk);
      const partial = step.empty([samples, chunks, 4], "statistics by chunk");
      const y = step.empty(x.shape, "set norm");
      const whole = { samples, elements, cells };
      const epsilon = setNormEpsilon;
      const gpu = step.device.adapterClass === "gpu";
      if (gpu && chunks === 1) {
        const kernel = wholeSetNorm(lanes, attributes.kind, mask !== undefined);
        const tensors = { x, mask: mask ?? scale, scale, shift, statistics: partial, y };
        step.run(kernel, tensors, { ...whole, lanes, parts: 1, epsilon });
        return { output: y, saved: partial };
      }
      const first = { elements, cells, lanes, chunk, chunks, samples };
      step.run(partialStatistics(lanes, mask !== undefined), { x, mask: mask ?? scale, partial }, first);
      if (gpu) {
        const kernel = applySetNormBlocks(lanes, attributes.kind);
        step.run(kernel, { x, scale, shift, statistics: partial, y }, { ...whole, parts: chunks, epsilon });
        return { output: y, saved: partial };
      }
      const statistics = step.empty([samples, 4], "set statistics");
      step.run(mergeStatistics(attributes.kind), { partial, statistics }, { samples, chunks, epsilon });
      step.run(applySetNorm(lanes), { x, scale, shift, statistics, y }, whole);
      return { output: y, saved: statistics };
    },
    backward(step, { inputs, attributes, saved: statistics, dy, accumulate }) {
      const { x, scale, mask } = inputs;
      const { samples, elements, width, cells, lanes } = sizes(inputs, attributes);
      const { each: chunk, pieces: chunks } = cutSum(elements, columnSumChunk);
      const gpu = step.device.adapterClass === "gpu";
      const rows = gpu ? samples * chunks : samples;
      const of = [accumulate("scale"), accumulate("shift")] as const;
      // Parts of one row are the gradient itself.
      const direct = rows === 1 && of.every((target) => target && !target.add);
      const [dscales, dshifts] = of.map((target, k) =>
        direct && target
          ? target.into
          : step.empty([rows, width], `${["scale", "shift"][k]} gradient by parts`)
      );
      const sums = step.empty([rows, 2], "set gradient sums");
      const merged = { parts: statistics.size / 4 / samples, epsilon: setNormEpsilon };
      const first = { elements, cells, chunk, chunks, samples };
      const gradients = { scale, statistics, dscale: dscales, dshift: dshifts };
      const once = gpu && chunks === 1;
      const mayAdd = !(once && mask); // else no binding is left
      const dx = accumulate("x", mayAdd);
      const input = dx && { x, dy, scale, statistics, dx: dx.into, ...(mayAdd && { plus: dx.plus ?? dy }) };
      const whole = { samples, elements, cells };
      const atOnce = once && dx;
      if (atOnce) {
        const form = wholeSetNormGradient(lanes, attributes.kind, mask !== undefined);
        const tensors = { ...input, ...gradients, ...(mask && { mask }) };
        step.run(specialise(form, accumulationFlags(dx)), tensors, { ...whole, ...merged });
      } else if (gpu) {
        step.run(setNormColumnSumsBlocks(lanes, attributes.kind), { x, dy, ...gradients, sums }, {
          ...first,
          ...merged,
        });
      } else {
        const partial = step.empty([samples, chunks, 2, width], "column sums by chunk");
        step.run(setNormColumnSums(lanes), { x, dy, statistics, partial }, first);
        step.run(setNormSampleSums(lanes), { partial, ...gradients, sums }, { cells, chunks, samples });
      }
      if (!direct) sumColumnPair(step, [dscales, dshifts], rows, width, of);
      if (!input || atOnce) return;
      const form = gpu ? setNormInputGradientBlocks : setNormInputGradient;
      const kernel = specialise(form(lanes, attributes.kind, mask !== undefined), accumulationFlags(dx));
      const extents = { ...whole, ...(gpu && { chunks, ...merged }) };
      step.run(kernel, { ...input, mask: mask ?? scale, sums }, extents);
    },
  });
