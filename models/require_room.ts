import type { AdapterClass, ParameterSpec } from "../engine/mod.ts";
import { UserError } from "../datasets/user_error.ts";

/** Bytes that a software driver, whose memory is the machine's, is given at most: 268 million parameters that are trained. */
const mostOnCpu = 2 ** 32;

/**
 * Counts the parameters of a model before any is made: a width of millions would fill memory and minutes before the device says no.
 * What a GPU has nobody tells; there the allocation itself says so.
 *
 * @throws {UserError} when they are more than a software driver is given.
 */
export function requireRoom(name: string, adapterClass: AdapterClass, specs: readonly ParameterSpec[]): void {
  const floats = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);
  let count = 0, bytes = 0;
  for (const { shape, kind, trainable } of specs) {
    count += floats(shape);
    // With gradients and both moments.
    bytes += floats(shape) * (kind === "parameter" && trainable ? 16 : 4);
  }
  if (adapterClass !== "software" || bytes <= mostOnCpu) return;
  const gib = (value: number) => (value / 2 ** 30).toFixed(1);
  throw new UserError(
    `${name} has ${count.toLocaleString("en")} parameters, which need ${
      gib(bytes)
    } GiB with gradients and moments, ` +
      `expected ${gib(mostOnCpu)} GiB at most on a software driver; choose smaller sizes, or a GPU.`,
  );
}
