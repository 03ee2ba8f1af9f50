import type { Engine, HostArray, Step, Tensor } from "../../engine/mod.ts";
import { checkOperation, RandomValues } from "../../testing/mod.ts";

/** One input of the operation: numbers (differentiated if `wants`) or indices. */
export interface DifferencedInput {
  readonly shape: readonly number[];
  readonly values: HostArray;
  readonly wants?: boolean;
}

/** The operation, and what it should compute. */
export interface DifferenceCheck {
  readonly name: string;
  readonly inputs: Readonly<Record<string, DifferencedInput>>;
  readonly build: (step: Step, tensors: Readonly<Record<string, Tensor>>) => Tensor;
  /** The output from the inputs' values, in float64. */
  readonly reference: (values: Record<string, Float64Array>) => ArrayLike<number>;
  /** As `checkOperation` takes them. */
  readonly entries?: number;
  readonly tolerance?: number;
}

/** Numbers in [-1, 1) that follow from the seed. */
export function numbers(n: number, seed: number, scale = 1): Float32Array<ArrayBuffer> {
  return new RandomValues(seed).floats(n, scale);
}

/** `checkOperation` for a reference without a derivative, whose inputs want none unless they say so. */
export function checkByDifferences(
  engine: Engine,
  { inputs, reference, ...rest }: DifferenceCheck,
): Promise<void> {
  const each = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To) =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
  return checkOperation(engine, {
    ...rest,
    inputs: each(inputs, ({ shape, values, wants = false }) => ({ shape, values, gradient: wants })),
    reference: {
      forward: (values) => Float64Array.from(reference(each(values, (v) => Float64Array.from(v)))),
    },
    absolute: 1e-6,
  });
}
