import { type Command, Option } from "commander";
import type { z } from "zod";
import { type Leaf, leavesOf } from "./schema_leaves.ts";
import { choicesOf, none, readWord } from "./words.ts";

/** Flags of one group of settings. */
export interface SchemaFlags {
  /** `--mat-width`, in the order of the schema. */
  readonly names: readonly string[];
  /** Adds them to a command, under a heading of their own. */
  addTo(command: Command, heading: string): void;
  /** What was typed, nested as the schema; what was not typed is absent. */
  given(options: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Those whose name is kept. */
  only(keep: (name: string) => boolean): SchemaFlags;
}

/** How the flags of a schema are spelled and what they show as default. */
export interface SchemaFlagOptions {
  /** Complete settings by the name of their preset, the first the default. */
  readonly presets: Readonly<Record<string, unknown>>;
  /** Flags that are called otherwise than the setting: `{ batchSize: "batch" }`; null: no flag at all. */
  readonly names?: Readonly<Record<string, string | null>>;
}

/**
 * Flags for the settings of a zod object schema: numbers, switches (`--x`, `--no-x`), choices, `none` for null, comma lists,
 * nested objects with dashes (`mat.width` is `--mat-width`). Each is checked when it is read by the schema of its own setting.
 */
export function flagsFromSchema(
  schema: z.ZodType,
  { presets, names = {} }: SchemaFlagOptions,
): SchemaFlags {
  const flags = leavesOf(schema).flatMap((leaf) => {
    const name = names[leaf.path.join(".")];
    return name === null ? [] : [flagOfLeaf(leaf, name ?? leaf.path.map(dashed).join("-"), presets)];
  });
  return schemaFlags(flags);
}

function schemaFlags(flags: readonly SchemaFlag[]): SchemaFlags {
  return {
    names: flags.map(({ long }) => long),
    addTo(command, heading) {
      command.optionsGroup(heading);
      for (const { options } of flags) for (const option of options) command.addOption(option);
    },
    given(options) {
      const result: Record<string, unknown> = {};
      for (const { leaf, attribute } of flags) {
        const typed = options[attribute];
        if (typed === undefined) continue;
        let at = result;
        for (const key of leaf.path.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
        at[leaf.path.at(-1)!] = typed instanceof Typed ? typed.value : typed;
      }
      return result;
    },
    only: (keep) => schemaFlags(flags.filter(({ long }) => keep(long))),
  };
}

/** A value that was read; commander would take a bare null for a missing one. */
class Typed {
  constructor(readonly value: unknown) {}
}

interface SchemaFlag {
  readonly leaf: Leaf;
  /** `--mat-width`. */
  readonly long: string;
  /** Under which commander stores it. */
  readonly attribute: string;
  readonly options: readonly Option[];
}

function flagOfLeaf(leaf: Leaf, name: string, presets: Readonly<Record<string, unknown>>): SchemaFlag {
  const { kinds } = leaf;
  const long = `--${name}`;
  const values = Object.entries(presets).map(([preset, value]) => [preset, at(value, leaf.path)] as const);
  if (kinds.length === 1 && kinds[0].kind === "boolean") {
    // `--x` and `--no-x` share an attribute; help shows the one that changes something.
    const isOn = values[0]?.[1] === true;
    const on = new Option(long, isOn ? `${leaf.description} (on by default)` : leaf.description);
    const off = new Option(`--no-${name}`, `not: ${leaf.description}`);
    (isOn ? on : off).hideHelp();
    return { leaf, long, attribute: on.attributeName(), options: [on, off] };
  }
  const usual = defaultText(values);
  const choices = choicesOf(kinds) ?? [];
  const text = [
    isShort(choices) ? leaf.description : `${leaf.description}: ${choices.join(", ")}`,
    usual.includes(none) ? "" : nullText(leaf),
    usual,
  ].filter((part) => part !== "").join(" ");
  const option = new Option(`${long} <${placeholder(leaf)}>`, text);
  option.argParser((word: string) => new Typed(readWord(word, leaf)));
  // `--no-qc` beside `--qc <yes|no|prepared>`.
  const off = kinds.some(({ kind }) => kind === "boolean") ? [new Option(`--no-${name}`).hideHelp()] : [];
  return { leaf, long, attribute: option.attributeName(), options: [option, ...off] };
}

function dashed(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

/** `(default: 64; released: 1024)`: further presets only where they differ. */
function defaultText(values: readonly (readonly [string, unknown])[]): string {
  const [first, ...others] = values.filter(([, value]) => value !== undefined);
  if (!first) return "";
  const text = (value: unknown) =>
    value === null ? none : Array.isArray(value) ? value.join(",") : String(value);
  const differ = others.filter(([, value]) => text(value) !== text(first[1]));
  return `(${
    [`default: ${text(first[1])}`, ...differ.map(([name, value]) => `${name}: ${text(value)}`)].join("; ")
  })`;
}

/** Names `none` where neither the description nor the list of choices does. */
function nullText({ kinds, description }: Leaf): string {
  const nullable = kinds.some(({ kind }) => kind === "none");
  return nullable && !/\bnone\b/.test(description) && !choicesOf(kinds) ? `(or ${none})` : "";
}

function placeholder({ kinds, schema }: Leaf): string {
  if ((schema.meta() as { path?: boolean } | undefined)?.path) return "file";
  const choices = choicesOf(kinds);
  if (choices) return isShort(choices) ? choices.join("|") : "name";
  const kind = kinds.find(({ kind }) => kind !== "none")?.kind;
  return kind === "number" ? "n" : kind === "list" ? "a,b,..." : "text";
}

/** Whether a list stands in the place of a value. */
function isShort(choices: readonly string[]): boolean {
  return choices.join("|").length <= 40;
}
