import { broadcastAddKernel } from "../../kernels/sets/sets.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import { recordTailGradient } from "./elementwise.ts";
import { recordRowSums, sumColumns } from "./sum_rows.ts";

/** The terms: at least one of a value an element, a value an item (all samples alike), a value a sample. */
export type BroadcastAddInputs = { full?: Tensor; item?: Tensor; sample?: Tensor };

/** Sizes of the sum, and what follows it. */
export interface BroadcastAddAttributes {
  /** Samples of the batch. */
  readonly samples: number;
  /** Items a sample. */
  readonly items: number;
  /** "none" unless told. */
  readonly activation?: "none" | "relu" | "leakyRelu";
  /** Of the leaky ReLU; must not be negative, because the backward reads the sign off the output. */
  readonly slope?: number;
}

/**
 * y[s, i] = activation(full[s, i] + item[i] + sample[s]), rows of equal width; with `sample` alone it repeats rows.
 *
 * Shapes: full [samples, items, width], item [items, width], sample [samples, width] -> [samples, items, width].
 * @throws {ShapeError} when nothing is given, something does not fit, or the slope is negative.
 */
export const broadcastAdd: (
  step: Step,
  inputs: BroadcastAddInputs,
  attributes: BroadcastAddAttributes,
) => Tensor = defineOperation<BroadcastAddInputs, BroadcastAddAttributes, number>({
  name: "broadcast_add",
  forward(step, { full, item, sample }, { samples, items, activation = "none", slope = 0 }) {
    const any = full ?? item ?? sample;
    if (!any) throw new ShapeError("broadcastAdd(): none of full, item and sample is given.");
    const width = any.shape.at(-1) ?? 1;
    for (const [tensor, rows] of [[full, samples * items], [item, items], [sample, samples]] as const) {
      if (tensor && tensor.size !== rows * width) {
        throw new ShapeError(`broadcastAdd(): ${tensor} has not ${rows} rows of ${width} values.`);
      }
    }
    if (slope < 0) {
      throw new ShapeError(`broadcastAdd(): slope ${slope} of the leaky ReLU must not be negative.`);
    }
    const y = step.empty([samples, items, width], "broadcast sum");
    const parts = { full: !!full, item: !!item, sample: !!sample, activation };
    const tensors = { full: full ?? any, item: item ?? any, sample: sample ?? any, mask: any, y };
    step.run(broadcastAddKernel(parts), tensors, { samples, items, width, slope, site: 0, rate: 0 });
    return { output: y, saved: width };
  },
  backward(step, { attributes, output, saved: width, dy, gradient, passThrough }) {
    const { samples, items, activation = "none" } = attributes;
    const [ditem, dsample] = [gradient("item"), gradient("sample")];
    let dz = dy;
    if (activation !== "none") {
      const derive = (dx: Tensor) => recordTailGradient(step, attributes, output, dy, dx);
      const dfull = gradient("full");
      if (dfull) derive(dfull);
      // A parameter's gradient shares its buffer with those of other terms: it cannot be read while they are written.
      if (dfull?.storage.kind === "planned") dz = dfull;
      else if (ditem || dsample) derive(dz = step.empty(output.shape, "d(broadcast sum)"));
    }
    if (ditem) sumColumns(step, dz, samples, items * width, ditem);
    if (dsample) recordRowSums(step, dz, { samples, rows: items, width }, dsample);
    if (activation === "none") passThrough("full");
  },
});
