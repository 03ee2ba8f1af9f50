import { pointwiseBackward, pointwiseForward, stageCodes } from "../../kernels/pointwise/pointwise.ts";
import { ShapeError } from "../errors.ts";
import { defineOperation } from "../operation.ts";
import { requireRate } from "./require_rate.ts";
import type { Step } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** One link of a chain. */
export type Stage =
  | { readonly kind: "affine"; readonly scale: number; readonly shift: number }
  | { readonly kind: "leakyRelu"; readonly slope: number }
  | { readonly kind: "dropout"; readonly rate: number }
  | { readonly kind: "relu" | "elu" | "tanh" | "sigmoid" | "exp" | "square" };

/** What `elementwise` does. */
export interface ElementwiseAttributes {
  /** Up to four stages, applied in order. */
  readonly stages: readonly Stage[];
  /**
   * Names the place in the model for the random numbers of a dropout stage; two of one site draw the same mask. Left out,
   * every dropout of a step has a site of its own.
   */
  readonly site?: number;
}

function scalars(stages: readonly Stage[], site: number, n: number): Record<string, number> {
  const values: Record<string, number> = { n, site };
  for (let i = 0; i < 4; i++) {
    const { scale, slope, rate, shift }: Partial<Record<"scale" | "slope" | "rate" | "shift", number>> & {
      kind?: string;
    } = stages[i] ?? {};
    values[`u${i}`] = scale ?? slope ?? rate ?? 0;
    values[`v${i}`] = shift ?? 0;
  }
  return values;
}

/** An activation that keeps the sign, and a dropout behind it. */
type Tail = {
  readonly activation?: "none" | "relu" | "leakyRelu";
  readonly slope?: number;
  readonly dropout?: { readonly rate: number; readonly site: number };
};

/** Records dx = dy f'(x) of a function whose output tells the branch. */
export function recordTailGradient(step: Step, tail: Tail, output: Tensor, dy: Tensor, dx: Tensor): void {
  const { activation, slope = 0, dropout } = tail;
  const stages: Stage[] = activation === "relu" ? [{ kind: "relu" }] : [{ kind: "leakyRelu", slope }];
  if (dropout) stages.push({ kind: "dropout", rate: dropout.rate });
  const codes = stages.map(({ kind }) => stageCodes[kind]);
  step.run(pointwiseBackward(codes), { x: output, dy, dx }, scalars(stages, dropout?.site ?? 0, dx.size));
}

const chain = defineOperation<{ x: Tensor }, ElementwiseAttributes, Record<string, number>>({
  name: "elementwise",
  forward(step, { x }, { stages, site = 0 }) {
    if (stages.length > 4) {
      throw new ShapeError(`elementwise(): ${stages.length} stages given; up to four can be fused.`);
    }
    if (stages.filter(({ kind }) => kind === "dropout").length > 1) {
      throw new ShapeError("elementwise(): a chain may hold one dropout stage.");
    }
    const y = step.empty(x.shape, stages.map(({ kind }) => kind).join("+"));
    const values = scalars(stages, site, x.size);
    step.run(pointwiseForward(stages.map(({ kind }) => stageCodes[kind])), { x, y }, values);
    return { output: y, saved: values };
  },
  backward(step, { inputs: { x }, attributes: { stages }, saved, dy, gradient }) {
    const dx = gradient("x");
    if (dx) step.run(pointwiseBackward(stages.map(({ kind }) => stageCodes[kind])), { x, dy, dx }, saved);
  },
});

/**
 * A fused chain of element-wise functions; dropout is redrawn in the backward pass from (seed, step, site, element).
 *
 * Shapes: x [any] -> same.
 * @throws {ShapeError} for more than four stages, or two dropouts.
 * @throws {RangeError} for a dropout rate outside [0, 1].
 */
export const elementwise = (step: Step, inputs: { x: Tensor }, attributes: ElementwiseAttributes): Tensor => {
  for (const stage of attributes.stages) {
    if (stage.kind === "dropout") requireRate("elementwise", stage.rate);
  }
  const stages = attributes.stages.filter((stage) => stage.kind !== "dropout" || stage.rate > 0);
  if (stages.length === 0) return inputs.x;
  const drops = stages.some(({ kind }) => kind === "dropout");
  const site = attributes.site ?? (drops ? step.nextDropoutSite() : 0);
  return chain(step, inputs, { stages, site });
};
