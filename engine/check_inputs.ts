import { checkIndices } from "./index_bounds.ts";
import type { InputData } from "./replay.ts";
import type { Step } from "./step.ts";

const arrayOf = { f32: Float32Array, u32: Uint32Array, i32: Int32Array } as const;

/**
 * Refuses values that do not fit the inputs of a step. Constants may be given as well, inputs must be.
 *
 * @throws {RangeError} when an input is left out, or values are of another number or type or belong to no input
 * @throws {ShapeError} when an index lies outside what it is an index of
 */
export function checkInputs(name: string, step: Step, inputs: InputData): void {
  const missing = step.inputs.find((tensor) => !inputs.has(tensor));
  if (missing) {
    throw new RangeError(
      `${name}: the input ${missing} was left out; every replay takes all inputs, because plans share memory.`,
    );
  }
  for (const [tensor, data] of inputs) {
    if (tensor.storage.kind === "planned" && !step.inputs.includes(tensor)) {
      throw new RangeError(`${name}: values were given for ${tensor}, which is no input of it.`);
    }
    if (data.length !== tensor.size) {
      throw new RangeError(
        `${name}: ${data.length} values were given for ${tensor}, which takes ${tensor.size}.`,
      );
    }
    const expected = arrayOf[tensor.dtype];
    if (!(data instanceof expected)) {
      throw new RangeError(
        `${name}: a ${data.constructor.name} was given for ${tensor}, which is ${tensor.dtype}; expected a ${expected.name}.`,
      );
    }
    const bound = step.indexBounds.get(tensor.storage);
    if (bound) checkIndices(tensor, data, bound);
  }
}
