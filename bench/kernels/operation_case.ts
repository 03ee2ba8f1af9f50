import type { Engine, HostArray, Step, Tensor } from "../../engine/mod.ts";
import type { KernelCase, PreparedCase, Sizes } from "../kernel_case.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import type { Reference } from "../../testing/reference.ts";
import { boundInputs, keptResult } from "./kept_result.ts";

/** An input of a measured operation; `gradient: false` for data such as indices. */
export interface CaseInput {
  readonly shape: readonly number[];
  readonly values: HostArray;
  readonly gradient?: boolean;
  /** Floats that must stay as they are, since other inputs say the same. */
  readonly fixed?: boolean;
}

/** An operation to measure: inputs, how it is recorded, and the same in float64. */
export interface OperationCase
  extends Pick<KernelCase, "name" | "summary" | "sizes" | "skip" | "least" | "loud" | "flops"> {
  /** How each variant records the operation. */
  readonly variants: Readonly<
    Record<string, (step: Step, inputs: Record<string, Tensor>, sizes: Sizes) => Tensor>
  >;
  inputs(sizes: Sizes, random: RandomValues): Readonly<Record<string, CaseInput>>;
  reference(sizes: Sizes, inputs: Readonly<Record<string, CaseInput>>): Reference;
}

/** A kernel case of one differentiable operation: every gradient that an input asks for is measured and compared. */
export function operationCase({ variants, inputs, reference, ...named }: OperationCase): KernelCase {
  return {
    ...named,
    variants: Object.keys(variants),
    async prepare(
      engine: Engine,
      variant: string,
      sizes: Sizes,
      random: RandomValues,
    ): Promise<PreparedCase> {
      const given = inputs(sizes, random);
      const tensors: Record<string, Tensor> = {};
      for (const [key, { shape, values, gradient = true }] of Object.entries(given)) {
        tensors[key] = engine.constant(shape, values, key, gradient);
      }
      const wanted = Object.keys(tensors).filter((key) => tensors[key].requiresGradient);
      let upstream = new Float32Array();
      let dy!: Tensor;
      const { plan, result: kept } = await engine.record(`${named.name} ${variant}`, (step) => {
        const y = variants[variant](step, tensors, sizes);
        upstream = random.floats(y.size);
        dy = engine.constant(y.shape, upstream, "upstream");
        step.backward(y, dy);
        return [y, ...wanted.map((key) => step.gradient(tensors[key])!)].map((tensor) => step.keep(tensor));
      });
      const fixed = Object.keys(given).filter((key) => given[key].fixed);
      const bound = boundInputs({ ...tensors, upstream: dy }, {
        ...Object.fromEntries(Object.entries(given).map(([key, { values }]) => [key, values])),
        upstream,
      }, fixed);
      return {
        plan,
        inputs: bound,
        results: ["y", ...wanted].map((name, i) => keptResult(plan, name, kept[i])),
        expected({ upstream, ...values }) {
          const { forward, backward } = reference(sizes, given);
          return { y: forward(values), ...backward(values, upstream) };
        },
      };
    },
  };
}

/** Random floats of a shape, as an input that wants a gradient. */
export function randomInput(random: RandomValues, shape: readonly number[], amplitude = 1): CaseInput {
  return { shape, values: random.floats(shape.reduce((product, extent) => product * extent, 1), amplitude) };
}
