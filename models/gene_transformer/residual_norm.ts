import type { Step, Tensor } from "../../engine/mod.ts";
import { add } from "../../engine/ops/add.ts";
import { elementwise } from "../../engine/ops/elementwise.ts";
import { layerNorm } from "../../engine/ops/layer_norm.ts";
import { linear } from "../../engine/ops/linear.ts";
import type { Lookup } from "../lookup.ts";

/** Dropout at a place of the model; rate 0 outside training. */
export interface DropoutSite {
  readonly rate: number;
  readonly site: number;
}

/** LN(x + dropout(branch)), by the layer's one norm `layer_norm` (badger.md 5.3: one instance, used twice). */
export function residualNorm(
  step: Step,
  p: Lookup,
  x: Tensor,
  branch: Tensor,
  { rate, site }: DropoutSite,
): Tensor {
  const dropped = elementwise(step, { x: branch }, { stages: [{ kind: "dropout", rate }], site });
  return layerNorm(step, {
    x: add(step, { a: dropped, b: x }),
    scale: p("layer_norm.weight"),
    shift: p("layer_norm.bias"),
  }, { kind: "torch" });
}

/** Linear(dropout(ReLU(Linear(x)))), the layer's `positionwise_feedforward`. */
export function feedForward(step: Step, p: Lookup, x: Tensor, { rate, site }: DropoutSite): Tensor {
  const dense = (of: Tensor, name: string) =>
    linear(step, {
      x: of,
      weight: p(`positionwise_feedforward.${name}.weight`),
      bias: p(`positionwise_feedforward.${name}.bias`),
    }, {});
  const inner = elementwise(step, { x: dense(x, "fc_1") }, {
    stages: [{ kind: "relu" }, { kind: "dropout", rate }],
    site,
  });
  return dense(inner, "fc_2");
}
