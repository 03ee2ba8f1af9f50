import { UsageError } from "../usage_error.ts";

/** Reads `NAME=3,OTHER=0.5`. @throws {UsageError} when a part is not of that form. */
export function namedNumbers(text: string): Record<string, number> {
  const values: Record<string, number> = {};
  for (const part of text.split(",").map((piece) => piece.trim()).filter((piece) => piece !== "")) {
    const [, name, value] = /^(\w+)=(\S+)$/.exec(part) ?? [];
    if (name === undefined || !Number.isFinite(Number(value))) {
      throw new UsageError(`"${part}" is no name with a number; expected such as TILE=8.`);
    }
    values[name] = Number(value);
  }
  return values;
}
