import { closestName } from "./closest_name.ts";
import { findColumn } from "./column_names.ts";
import { quoteValue } from "./quote_value.ts";
import { UserError } from "../user_error.ts";

/** Most characters that names take in a sentence, after the first of them. */
const room = 80;

/** Names of at most `limit` things, quoted and cut, fewer where they are long, and how many more there are. */
export function listNames(names: readonly string[], limit = 5): string {
  const shown = names.slice(0, limit).map((name) => quoteValue(name, 32));
  while (shown.length > 1 && shown.join(", ").length > room) shown.pop();
  const more = names.length - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/**
 * Position of a column by its name, or by one of the names it also goes by, whatever its case and punctuation.
 *
 * @throws {UserError} when there is none, with the columns found and the nearest of them.
 */
export function requireColumn(
  file: string,
  columns: readonly string[],
  ...names: [string, ...string[]]
): number {
  const found = findColumn(columns, names);
  if (found >= 0) return found;
  const near = closestName(names[0], columns);
  const hint = near === undefined ? "add it" : `did you mean ${quoteValue(near)}? Rename it`;
  throw new UserError(
    `${file}, header: found the column${columns.length === 1 ? "" : "s"} ${
      listNames(columns, 8)
    }, expected ` +
      `${names.slice(0, 3).map((name) => quoteValue(name)).join(" or ")} among them; ${hint}.`,
  );
}
