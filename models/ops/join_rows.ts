import { ShapeError } from "../../engine/errors.ts";
import { defineOperation } from "../../engine/operation.ts";
import type { Step } from "../../engine/step.ts";
import { Tensor, viewAs } from "../../engine/tensor.ts";
import { reshape } from "../../engine/ops/reshape.ts";
import { recordJoin, recordParts } from "../../engine/ops/concat_columns.ts";

const copied = defineOperation<Record<string, Tensor>, readonly number[], void>({
  name: "join_rows",
  forward(step, inputs, shape) {
    const y = step.empty(shape, "joined rows");
    recordJoin(step, Object.values(inputs).map((x) => ({ x, width: x.size, row: x.size })), 1, y);
    return { output: y, saved: undefined };
  },
  backward(step, { inputs, dy, gradient }) {
    const parts = Object.entries(inputs).map(([name, { size }]) => ({ into: gradient(name), width: size }));
    recordParts(step, dy, 1, parts);
  },
});

/** The first of tensors that lie end to end in one buffer, as long as all; undefined where they do not, as those of a plan. */
function endToEnd(parts: readonly Tensor[], shape: readonly number[], slot?: Tensor): Tensor | undefined {
  let end: number | undefined;
  const [{ dtype, storage: first, label }] = parts;
  for (const { storage, bytes } of parts) {
    if (first.kind !== "buffer" || storage.kind !== "buffer" || storage.buffer !== first.buffer) return;
    if (end !== undefined && storage.offset !== end) return;
    end = storage.offset + bytes;
  }
  return new Tensor(
    shape,
    dtype,
    { ...first },
    `${label} and ${parts.length - 1} more`,
    slot !== undefined,
    slot,
  );
}

/**
 * A parameter under another shape, which is all that is used of it: its gradient is written where it belongs instead of copied there.
 *
 * Shapes: parameter [any] -> shape, of equal size.
 */
export function shapedParameter(step: Step, parameter: Tensor, shape: readonly number[]): Tensor {
  const { gradientSlot: slot, dtype, storage, label } = parameter;
  if (!slot) return reshape(step, { x: parameter }, { shape });
  const output = new Tensor(shape, dtype, { ...storage }, label, true, viewAs(slot, shape));
  step.onTape({
    operation: "shaped_parameter",
    output,
    inputs: [parameter],
    backward: (_dy, { passThrough }) => passThrough(parameter),
  });
  return output;
}

/**
 * Tables of one width one below the other. Parameters that lie end to end (`Parameters` lays matrices out so, then vectors) are seen
 * as one without a copy, and so are their gradients: layers with one input become one product.
 *
 * Shapes: parts [rows_k, width] -> [sum of rows, width]; or vectors [size_k] -> [sum of sizes].
 * @throws {ShapeError} when widths differ.
 */
export function joinRows(step: Step, parts: readonly Tensor[]): Tensor {
  const [{ shape: [, ...rest] }] = parts;
  const odd = parts.find(({ shape: [, ...other] }) => `${other}` !== `${rest}`);
  if (odd) throw new ShapeError(`joinRows(): ${odd} is not as wide as ${parts[0]}.`);
  const shape = [parts.reduce((sum, { shape: [rows] }) => sum + rows, 0), ...rest];
  const slots = parts.flatMap(({ gradientSlot }) => gradientSlot ?? []);
  const learning = parts.some(({ requiresGradient }) => requiresGradient);
  const slot = slots.length === parts.length ? endToEnd(slots, shape) : undefined;
  const seen = learning && !slot ? undefined : endToEnd(parts, shape, slot);
  if (!seen) return copied(step, Object.fromEntries(parts.map((part, k) => [`part${k}`, part])), shape);
  if (learning) {
    step.onTape({
      operation: "join_rows",
      output: seen,
      inputs: parts,
      backward: (_dy, { passThrough }) => parts.forEach(passThrough),
    });
  }
  return seen;
}
