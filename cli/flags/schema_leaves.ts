import { z } from "zod";

/** A setting at the end of a path through nested objects, as one flag can set it. */
export interface Leaf {
  /** Keys from the outermost object. */
  readonly path: readonly string[];
  /** What one value must fit. */
  readonly schema: z.ZodType;
  /** What can be typed, by kind; tried in this order. */
  readonly kinds: readonly Kind[];
  /** From the schema; "" where it has none. */
  readonly description: string;
}

/** What a word on the command line can stand for. */
export type Kind =
  | { readonly kind: "number"; readonly expected: string }
  | { readonly kind: "boolean" }
  | { readonly kind: "words"; readonly words: readonly (string | number)[] }
  | { readonly kind: "text" }
  | { readonly kind: "list"; readonly of: Kind }
  | { readonly kind: "none" };

/** The settings of an object schema that a flag can set; unions of objects and open records have none. */
export function leavesOf(schema: z.ZodType): Leaf[] {
  return visit(schema, [], "");
}

function visit(schema: z.ZodType, path: readonly string[], outer: string): Leaf[] {
  const { inner, description } = peel(schema, outer);
  if (inner instanceof z.ZodObject) {
    return Object.entries(inner.shape).flatMap(([key, field]) =>
      visit(field as z.ZodType, [...path, key], "")
    );
  }
  const kinds = kindsOf(schema);
  return kinds === undefined || path.length === 0 ? [] : [{ path, schema, kinds, description }];
}

/** The schema below defaults and the like, and the outermost description on the way. */
function peel(schema: z.ZodType, outer: string): { inner: z.ZodType; description: string } {
  const description = outer || (schema.description ?? "");
  const next = below(schema);
  return next ? peel(next, description) : { inner: schema, description };
}

/** What a wrapper that adds no kind of its own is around. */
function below(schema: z.ZodType): z.ZodType | undefined {
  if (
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly || schema instanceof z.ZodCatch || schema instanceof z.ZodNullable
  ) return schema.unwrap() as z.ZodType;
  return schema instanceof z.ZodPipe ? schema.in as z.ZodType : undefined;
}

/** What one value can be typed as; undefined where no flag can hold it. */
export function kindsOf(schema: z.ZodType): Kind[] | undefined {
  if (schema instanceof z.ZodNullable) {
    const kinds = kindsOf(schema.unwrap() as z.ZodType);
    return kinds && [{ kind: "none" }, ...kinds];
  }
  const next = below(schema);
  if (next) return kindsOf(next);
  if (schema instanceof z.ZodNumber) return [{ kind: "number", expected: numberText(schema) }];
  if (schema instanceof z.ZodBoolean) return [{ kind: "boolean" }];
  if (schema instanceof z.ZodString) return [{ kind: "text" }];
  if (schema instanceof z.ZodNull) return [{ kind: "none" }];
  if (schema instanceof z.ZodEnum) return [{ kind: "words", words: schema.options }];
  if (schema instanceof z.ZodLiteral) return [{ kind: "words", words: [...schema.values] as string[] }];
  if (schema instanceof z.ZodArray) {
    const [of, ...more] = kindsOf(schema.element as z.ZodType) ?? [];
    return of && more.length === 0 && of.kind !== "list" ? [{ kind: "list", of }] : undefined;
  }
  if (schema instanceof z.ZodUnion) {
    const options = (schema.options as z.ZodType[]).map(kindsOf);
    return options.every((kinds) => kinds !== undefined) ? options.flat() : undefined;
  }
  return undefined;
}

/** `a whole number of at least 1`, `a number above 0`. */
function numberText(schema: z.ZodNumber): string {
  const bound = z.toJSONSchema(schema);
  const { type, minimum, maximum } = bound;
  const [exclusiveMinimum, exclusiveMaximum] = [bound.exclusiveMinimum, bound.exclusiveMaximum].map((value) =>
    typeof value === "number" ? value : undefined
  );
  const safe = Number.MAX_SAFE_INTEGER;
  const whole = type === "integer";
  const low = minimum !== undefined && minimum > -safe
    ? minimum
    // Above 0 and whole: at least 1.
    : whole && exclusiveMinimum !== undefined
    ? exclusiveMinimum + 1
    : undefined;
  const high = maximum !== undefined && maximum < safe ? maximum : undefined;
  const bounds = low !== undefined && high !== undefined ? [`of ${low} to ${high}`] : [
    low !== undefined
      ? `of at least ${low}`
      : exclusiveMinimum !== undefined
      ? `above ${exclusiveMinimum}`
      : "",
    high !== undefined
      ? `${low === undefined ? "of " : ""}at most ${high}`
      : exclusiveMaximum !== undefined
      ? `below ${exclusiveMaximum}`
      : "",
  ].filter((bound) => bound !== "");
  return [`a ${whole ? "whole " : ""}number`, bounds.join(" and ")].join(" ").trim();
}
