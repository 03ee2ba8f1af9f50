import { UserError } from "../datasets/user_error.ts";
import { type StoredTensor, toFloat32 } from "../host/checkpoint/stored_tensor.ts";
import type { HostTensor, NamedTensors } from "./training_task.ts";

/** Where a checkpoint's names may hang in a model: as they are, inside the transferred network, inside the encoder. */
const prefixes = ["", "CSG2A.", "CCE.MAT.", "CSG2A.CCE.MAT."];

/**
 * A model's parameters with those of a checkpoint laid over them by name: what to restore before fitting.
 *
 * A pretrained network inside a response model and published MAT weights find their place by prefix. `generator.*` (MAT's own
 * output layer) is skipped.
 *
 * @param own the model's parameters as initialised
 * @param given tensors of the checkpoint
 * @param file where these come from, for messages
 * @throws {UserError} when a tensor has no place in the model, or another shape, or there is none at all.
 *
 * @example
 * ```ts ignore
 * const given = await new RunStore("runs/csg2a-skbr3").result();
 * predictor.restore(startParameters(await predictor.state(), given, "runs/csg2a-skbr3"));
 * await predictor.fit({});
 * ```
 */
export function startParameters(
  own: NamedTensors,
  given: ReadonlyMap<string, StoredTensor>,
  file: string,
): NamedTensors {
  const parameters = new Map(own);
  let taken = 0;
  for (const [name, tensor] of given) {
    if (name.startsWith("generator.")) continue;
    const key = prefixes.map((prefix) => prefix + name).find((candidate) => own.has(candidate));
    if (key === undefined) {
      throw new UserError(
        `${file}, tensor ${name}: this model has no such parameter; check --preset, its sizes, and which model it is of.`,
      );
    }
    const target = own.get(key)!;
    if (target.shape.join() !== tensor.shape.join()) {
      throw new UserError(
        `${file}, tensor ${name}: shape [${tensor.shape.join(", ")}], expected [${
          target.shape.join(", ")
        }]; ` +
          "the checkpoint is of another size of model or another set of genes.",
      );
    }
    parameters.set(key, withTypeOf(target, tensor));
    taken++;
  }
  if (taken === 0) throw new UserError(`${file}: holds no parameters; give a run folder or a checkpoint.`);
  return parameters;
}

function withTypeOf(target: HostTensor, tensor: StoredTensor): HostTensor {
  if (target.dtype === "F32") return { shape: target.shape, dtype: "F32", data: toFloat32(tensor) };
  const whole = Array.from(tensor.data, Number);
  return target.dtype === "I32"
    ? { shape: target.shape, dtype: "I32", data: Int32Array.from(whole) }
    : { shape: target.shape, dtype: "I64", data: BigInt64Array.from(whole, BigInt) };
}
