import type { z } from "zod";
import { UserError } from "../datasets/user_error.ts";
import { system } from "../host/system.ts";

/**
 * Reads a JSON file of a known shape.
 *
 * @param remedy what a user can do about any fault; absent: check the path, mend the file.
 * @throws {UserError} when it is missing, not JSON, or has another shape: every faulty field is named.
 */
export async function parseJson<Value>(
  path: string,
  schema: z.ZodType<Value>,
  remedy?: string,
): Promise<Value> {
  let text: string;
  try {
    text = await system.readTextFile(path);
  } catch (error) {
    throw new UserError(
      `${path}: the file cannot be read (${(error as Error).message}); ${remedy ?? "check the path"}.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: not JSON (${(error as Error).message}); ${remedy ?? "mend the file"}.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UserError(`${path}: ${issuesText(parsed.error)}; ${remedy ?? "mend the file"}.`);
}

/** What is wrong with a value, field by field, in one line. */
export function issuesText(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => {
    const field = path.length > 0 ? `${path.map(String).join(".")}: ` : "";
    return field + message.charAt(0).toLowerCase() + message.slice(1);
  }).join("; ");
}
