import { InvalidArgumentError } from "@commander-js/extra-typings";
export { wholeNumber } from "../commands/training_options.ts";

/** Reads a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above 0.");
}
