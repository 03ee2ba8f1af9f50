import { z } from "zod";
import { CheckpointError } from "../../host/checkpoint/checkpoint_error.ts";
import type { HostTensor, NamedTensors } from "../training_task.ts";
import { jsonOf } from "../../host/json_text.ts";

/** Names as a tensor, so that a fitted model knows which of its rows belongs to which drug or cell line. */
export function nameTensor(names: readonly string[]): HostTensor {
  const data = Int32Array.from(new TextEncoder().encode(JSON.stringify(names)));
  return { shape: [data.length], dtype: "I32", data };
}

/** Numbers as a tensor, rounded to float32 as they are stored. */
export function floatTensor(shape: readonly number[], values: ArrayLike<number>): HostTensor {
  return { shape, dtype: "F32", data: Float32Array.from(values) };
}

const names = z.array(z.string());

/** The names of a {@link nameTensor}. @throws {CheckpointError} when it holds none. */
export function namesOf(state: NamedTensors, key: string): string[] {
  const bytes = Uint8Array.from(tensorOf(state, key).data as Int32Array);
  try {
    return names.parse(jsonOf(bytes));
  } catch (error) {
    throw new CheckpointError(`Parameter ${key}: holds no list of names; the checkpoint is damaged.`, {
      cause: error,
    });
  }
}

/**
 * Values of a state, of the given shape where one is asked for.
 *
 * @throws {CheckpointError} when the tensor is missing, of another shape, or not finite.
 */
export function valuesOf(
  state: NamedTensors,
  key: string,
  shape?: readonly number[],
): Float32Array<ArrayBuffer> {
  const tensor = tensorOf(state, key);
  if (shape && tensor.shape.join() !== shape.join()) {
    throw new CheckpointError(
      `Parameter ${key}: the checkpoint has shape [${tensor.shape.join(", ")}], expected [${
        shape.join(", ")
      }]; it is of other data or settings.`,
    );
  }
  const values = tensor.data as Float32Array<ArrayBuffer>;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new CheckpointError(`Parameter ${key}: value ${bad} is ${values[bad]}; the checkpoint is damaged.`);
  }
  return values;
}

function tensorOf(state: NamedTensors, key: string): HostTensor {
  const tensor = state.get(key);
  if (tensor) return tensor;
  throw new CheckpointError(`Parameter ${key}: the checkpoint has none; it is of another model.`);
}
