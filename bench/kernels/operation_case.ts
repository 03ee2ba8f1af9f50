import type { Engine, HostArray, Step, Tensor } from "../../engine/mod.ts";
import type { KernelCase, PreparedCase, Sizes } from "../kernel_case.ts";
import type { RandomValues } from "../../testing/random_values.ts";
import type { Reference } from "../../testing/reference.ts";
import { relativeError } from "../relative_error.ts";

/** An input of a measured operation; `gradient: false` for data such as indices. */
export interface CaseInput {
  readonly shape: readonly number[];
  readonly values: HostArray;
  readonly gradient?: boolean;
}

/** An operation to measure: inputs, how it is recorded, and the same in float64. */
export interface OperationCase extends Pick<KernelCase, "name" | "summary" | "sizes" | "skip"> {
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
      const { plan, result: kept } = await engine.record(`${named.name} ${variant}`, (step) => {
        const y = variants[variant](step, tensors, sizes);
        upstream = random.floats(y.size);
        step.backward(y, engine.constant(y.shape, upstream, "upstream"));
        return [y, ...wanted.map((key) => step.gradient(tensors[key])!)].map((tensor) => step.keep(tensor));
      });
      return {
        plan,
        async errors() {
          const host = Object.fromEntries(Object.entries(given).map(([key, { values }]) => [key, values]));
          const expected = reference(sizes, given);
          const gradients = expected.backward(host, upstream);
          const errors: number[] = [];
          for (
            const [i, values] of [expected.forward(host), ...wanted.map((key) => gradients[key])].entries()
          ) {
            errors.push(relativeError(new Float32Array(await plan.read(kept[i])), values));
          }
          return { forward: errors[0], backward: Math.max(0, ...errors.slice(1)) };
        },
      };
    },
  };
}

/** Random floats of a shape, as an input that wants a gradient. */
export function randomInput(random: RandomValues, shape: readonly number[], amplitude = 1): CaseInput {
  return { shape, values: random.floats(shape.reduce((product, extent) => product * extent, 1), amplitude) };
}
