import { InvalidArgumentError } from "commander";
import { z } from "zod";
import { type Kind, kindsOf, type Leaf } from "./schema_leaves.ts";

/** What stands for null on the command line. */
export const none = "none";

/** Reads a whole number of `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (word: string) => number {
  return reader(z.int().min(least).max(most));
}

/** Seeds are 32 bits wide. */
export const seedNumber = wholeNumber(0, 0xffffffff);

/** Reads a whole number of at least `least`, or `all`. */
export function wholeNumberOrAll(least: number): (word: string) => number | "all" {
  return reader(z.union([z.int().min(least), z.literal("all")]));
}

/** Reads a number above 0. */
export const positiveNumber = reader(z.number().positive());

/** Reads a number from 0 to below 1. */
export const fraction = reader(z.number().min(0).lt(1));

/** Reads `A,B,C`; blanks around the commas are dropped. */
export const wordList = reader(z.array(z.string().min(1)));

/** Reads `1,10,0.5`: numbers above 0. */
export const positiveNumbers = reader(z.array(z.number().positive()));

/** A parser for commander of what a schema describes. */
function reader<Value>(schema: z.ZodType<Value>): (word: string) => Value {
  const kinds = kindsOf(schema)!;
  return (word) => readWord(word, { kinds, schema }) as Value;
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

/** All that can be typed, where that is a short list. */
export function choicesOf(kinds: readonly Kind[]): readonly string[] | undefined {
  const lists = kinds.map((kind) =>
    kind.kind === "words"
      ? kind.words.map(String)
      : kind.kind === "none"
      ? [none]
      : kind.kind === "boolean"
      ? ["yes", "no"]
      : undefined
  );
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

/** @throws {InvalidArgumentError} which commander completes with flag and word. */
export function readWord(word: string, { kinds, schema }: Pick<Leaf, "kinds" | "schema">): unknown {
  let refusal: string | undefined;
  for (const kind of kinds) {
    const value = valueOf(word.trim(), kind);
    if (value === undefined) continue;
    const checked = schema.safeParse(value);
    if (checked.success) return value;
    // What a refinement says is more than the bounds do.
    refusal = checked.error.issues.find(({ code }) => code === "custom")?.message ?? refusal;
  }
  const nullable = kinds.some(({ kind }) => kind === "none");
  // Where 0 is no value it has long stood for "not at all": `--patience 0`, `--clip-norm 0`.
  if (nullable && word.trim() === "0") return null;
  throw new InvalidArgumentError(`Expected ${expected(kinds)}${refusal ? `: ${refusal}` : ""}.`);
}

/** Undefined: not of this kind. */
function valueOf(word: string, kind: Kind): unknown {
  switch (kind.kind) {
    case "none":
      return word === none ? null : undefined;
    case "number":
      return word !== "" && Number.isFinite(Number(word)) ? Number(word) : undefined;
    case "boolean":
      return { yes: true, true: true, no: false, false: false }[word];
    case "words":
      return kind.words.find((choice) => String(choice) === word);
    case "text":
      return word === "" ? undefined : word;
    case "list": {
      const values = word.split(",").map((part) => valueOf(part.trim(), kind.of));
      return values.includes(undefined) ? undefined : values;
    }
  }
}

function expected(kinds: readonly Kind[]): string {
  const choices = choicesOf(kinds);
  if (choices) return choices.length === 1 ? choices[0] : `one of ${choices.join(", ")}`;
  return [...kinds].sort((a, b) => Number(a.kind === "none") - Number(b.kind === "none")).map(expectedKind)
    .join(" or ");
}

function expectedKind(kind: Kind): string {
  switch (kind.kind) {
    case "none":
      return none;
    case "number":
      return kind.expected;
    case "boolean":
      return "yes or no";
    case "words":
      return kind.words.join(", ");
    case "text":
      return "a text";
    case "list":
      return `values with commas between them, each ${expectedKind(kind.of)}`;
  }
}
