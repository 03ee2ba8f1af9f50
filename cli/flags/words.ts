import { InvalidArgumentError } from "commander";

/** Reads a whole number of `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
    throw new InvalidArgumentError(`Expected a whole number of ${range}.`);
  };
}

/** Seeds are 32 bits wide. */
export const seedNumber = wholeNumber(0, 0xffffffff);

/** Reads a whole number of at least `least`, or `all`. */
export function wholeNumberOrAll(least: number): (text: string) => number | "all" {
  return (text) => {
    if (text === "all") return text;
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}, or all.`);
  };
}

/** Reads a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError("Expected a number above 0.");
}

/** Reads `A,B,C`; blanks around the commas are dropped. */
export function wordList(text: string): string[] {
  const words = text.split(",").map((word) => word.trim());
  if (words.every((word) => word !== "")) return words;
  throw new InvalidArgumentError("Expected words with commas between them, such as A,B.");
}

/** Reads `1,10,0.5`: numbers above 0. */
export function positiveNumbers(text: string): number[] {
  const values = text.split(",").map((word) => word.trim() === "" ? NaN : Number(word));
  if (values.every((value) => Number.isFinite(value) && value > 0)) return values;
  throw new InvalidArgumentError("Expected numbers above 0 with commas between them, such as 1,10.");
}

/** Reads `NAME=3,OTHER=0.5`. */
export function namedNumbers(text: string): Record<string, number> {
  const values: Record<string, number> = {};
  for (const part of text.split(",").map((piece) => piece.trim()).filter((piece) => piece !== "")) {
    const [, name, value] = /^(\w+)=(\S+)$/.exec(part) ?? [];
    if (name === undefined || !Number.isFinite(Number(value))) {
      throw new InvalidArgumentError(`"${part}" is no name with a number; expected such as genes=160.`);
    }
    values[name] = Number(value);
  }
  return values;
}
