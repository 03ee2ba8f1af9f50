import { UserError } from "../datasets/user_error.ts";
import { CheckpointError } from "../host/checkpoint/checkpoint_error.ts";
import type { HostTensor } from "./training_task.ts";

/** Place of the first value that is NaN or infinite; -1 when there is none. */
function indexOfNonFinite(values: ArrayLike<number>): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

/**
 * Refuses a tensor of a checkpoint that holds a NaN or an infinity.
 *
 * @param name what the message calls it
 * @throws {CheckpointError} naming the tensor, the place and the value.
 */
export function requireFiniteTensor(name: string, { shape, dtype, data }: HostTensor): void {
  if (dtype !== "F32") return;
  const values = data as Float32Array;
  const at = indexOfNonFinite(values);
  if (at < 0) return;
  throw new CheckpointError(
    `${name}: value ${at} of [${shape.join(", ")}] is ${values[at]}, expected finite numbers; the run that ` +
      "wrote the checkpoint diverged, or the file was damaged: use an earlier checkpoint.",
  );
}

/**
 * Refuses predictions that hold a NaN or an infinity.
 *
 * @param predicted rows x outputs
 * @param rows numbers of those rows in the data
 * @throws {UserError} naming row, output and value.
 */
export function requireFinitePredictions(
  predicted: Float32Array,
  rows: ArrayLike<number>,
  outputs: number,
  model: string,
): void {
  const at = indexOfNonFinite(predicted);
  if (at < 0) return;
  throw new UserError(
    `${model} predicts ${predicted[at]} for output ${at % outputs} of row ${
      rows[Math.floor(at / outputs)]
    } (counted from 0), ` +
      "expected finite numbers; look for values out of all proportion in the inputs of that row, or train again at a " +
      "lower learning rate.",
  );
}
