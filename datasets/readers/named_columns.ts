import { closestName } from "./closest_name.ts";
import { quoteValue } from "./quote_value.ts";
import { UserError } from "../user_error.ts";

/** Names of at most `limit` things, quoted, and how many more there are. */
export function listNames(names: readonly string[], limit = 5): string {
  const shown = names.slice(0, limit).map((name) => quoteValue(name)).join(", ");
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}

/**
 * Position of a column by its name, or by one of the names it also goes by.
 *
 * @throws {UserError} when there is none, with the columns found and the nearest of them.
 */
export function requireColumn(
  file: string,
  columns: readonly string[],
  ...names: [string, ...string[]]
): number {
  for (const name of names) {
    const index = columns.indexOf(name);
    if (index >= 0) return index;
  }
  const near = closestName(names[0], columns);
  const hint = near === undefined ? "add it" : `did you mean ${quoteValue(near)}? Rename it`;
  throw new UserError(
    `${file}, header: found the column${columns.length === 1 ? "" : "s"} ${
      listNames(columns, 8)
    }, expected ` +
      `${names.map((name) => quoteValue(name)).join(" or ")} among them; ${hint}.`,
  );
}
