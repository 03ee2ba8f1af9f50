import { ShapeError } from "../../engine/errors.ts";
import type { Step } from "../../engine/step.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { broadcastAdd, type BroadcastAddAttributes } from "../../engine/ops/broadcast_add.ts";
import { linear } from "../../engine/ops/linear.ts";

/** Inputs of a linear layer on concat(item part, sample part), or the other way round. */
export interface SplitLinearInputs {
  /** [samples, items, a], or [items, a] where all samples share it. */
  readonly items: Tensor;
  /** [samples, b]. */
  readonly samples: Tensor;
  /** [out, a + b]: the key a PyTorch layer on the concatenation has. */
  readonly weight: Tensor;
  /** [out]. */
  readonly bias?: Tensor;
}

/** Order of the concatenation, and what follows the product. */
export interface SplitLinearAttributes extends BroadcastAddAttributes {
  /** Which part comes first in the concatenation. */
  readonly first: "items" | "samples";
}

/**
 * activation(concat(items, samples repeated) W' + bias) without the concatenation: the sample's half of the product is
 * computed once a sample, a shared items' half once a batch (badger.md 6: gene fusion, CIGER's first layer).
 *
 * Shapes: as the inputs say -> [samples, items, out].
 * @throws {ShapeError} when widths do not add up to those of the weight.
 */
export function splitLinear(
  step: Step,
  inputs: SplitLinearInputs,
  attributes: SplitLinearAttributes,
): Tensor {
  const { items, samples, weight, bias } = inputs;
  const { first, ...rest } = attributes;
  const [itemWidth, sampleWidth] = [items.shape.at(-1) ?? 1, samples.shape.at(-1) ?? 1];
  if (weight.shape[1] !== itemWidth + sampleWidth) {
    throw new ShapeError(`splitLinear(): ${weight} does not take ${items} beside ${samples}.`);
  }
  const itemFirst = first === "items";
  const [from, samplesFrom] = itemFirst ? [0, itemWidth] : [sampleWidth, 0];
  const perItem = linear(step, { x: items, weight }, { from });
  const perSample = linear(step, { x: samples, weight, bias }, { from: samplesFrom });
  const terms = items.size === rest.items * itemWidth
    ? { item: perItem, sample: perSample }
    : { full: perItem, sample: perSample };
  return broadcastAdd(step, terms, rest);
}
