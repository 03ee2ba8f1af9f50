import { openText } from "../readers/text_source.ts";
import { UserError } from "../user_error.ts";

/** Longest line that is taken, in characters: a matrix of 400,000 columns stays below it. */
const longest = 1 << 26;

/**
 * The lines of a text file without their ends, in any encoding and packing that tables may have.
 *
 * @throws {UserError} when the file is missing, empty, damaged, binary, or has a line of more than 64 Mi characters.
 */
export async function* textLines(path: string): AsyncGenerator<string> {
  const { chunks } = await openText(path, true);
  let held = "";
  for await (const text of chunks) {
    const lines = (held + text).split(/\r?\n/);
    held = lines.pop()!;
    if (held.length > longest) {
      throw new UserError(
        `${path}: found a line of more than ${longest} characters, expected lines of a table; the file is no text table.`,
      );
    }
    yield* lines;
  }
  if (held !== "") yield held.replace(/\r$/, "");
}
