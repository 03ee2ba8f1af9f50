import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/**
 * The ids of an axis.
 *
 * @param place for messages: the file and where in it the ids stand.
 * @throws {UserError} when one is empty or occurs twice: rows could no longer be told apart.
 */
export function checkIds(place: string, ids: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  ids.forEach((id, index) => {
    if (id === "") {
      throw new UserError(
        `${place}, id ${index + 1}: found an empty id, expected a name; export the file again.`,
      );
    }
    const earlier = seen.get(id);
    if (earlier !== undefined) {
      throw new UserError(
        `${place}, ids ${earlier + 1} and ${index + 1}: found ${
          quoteValue(id)
        } twice, expected every id once; ` +
          `rename or remove one of them.`,
      );
    }
    seen.set(id, index);
  });
  return ids;
}
