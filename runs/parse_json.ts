import type { z } from "zod";
import { UserError } from "../datasets/user_error.ts";
import { formatFault } from "../host/checkpoint/known_format.ts";
import { jsonOf } from "../host/json_text.ts";
import { system } from "../host/system.ts";

/**
 * Reads a JSON file of a known shape.
 *
 * @param wish.remedy what a user can do about any fault; absent: check the path, mend the file.
 * @param wish.formats marks that its `format` may be, the newest last; absent: it is not looked at.
 * @throws {UserError} when it is missing, not JSON, or has another shape: every faulty field is named.
 */
export async function parseJson<Value>(
  path: string,
  schema: z.ZodType<Value>,
  { remedy, formats }: { readonly remedy?: string; readonly formats?: readonly string[] } = {},
): Promise<Value> {
  let bytes: Uint8Array;
  try {
    bytes = await system.readFile(path);
  } catch (error) {
    throw new UserError(
      `${path}: the file cannot be read (${(error as Error).message}); ${remedy ?? "check the path"}.`,
    );
  }
  let value: unknown;
  try {
    value = jsonOf(bytes);
  } catch (error) {
    throw new UserError(`${path}: ${(error as Error).message}; ${remedy ?? "mend the file"}.`);
  }
  const fault = formats && formatFault((value as { format?: unknown } | null)?.format, formats);
  if (fault !== undefined) throw new UserError(`${path} ${fault}.`);
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
