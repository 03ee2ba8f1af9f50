import { plainColumn } from "./column_names.ts";
import { readCsv } from "./csv.ts";
import { quoteValue } from "./quote_value.ts";
import type { ExpressionTable, RowNames } from "../types.ts";
import { UserError } from "../user_error.ts";

/**
 * Checks that profiles stand in the order of the rows they belong to, where both files name their rows: by a column of the same
 * name, or by the same set of texts. Names that the other file does not have (ids of controls) say nothing of the order.
 *
 * @param path table of the rows, read again for its columns only where the profiles have row names.
 * @throws {UserError} for the first row that has the name of another.
 */
export async function checkRowOrder(path: string, ...tables: readonly ExpressionTable[]): Promise<void> {
  if (!tables.some(({ rowNames }) => rowNames)) return;
  const columns: { name: string; texts: string[] }[] = [];
  await readCsv(path, {
    unnamedFirst: true,
    header: (names) => names.forEach((name) => columns.push({ name, texts: [] })),
    row: (cells, { row }) => columns.forEach(({ texts }, at) => texts[row - 1] = cells[at].trim()),
    // Faulty rows are the business of who reads the table; nothing is compared there.
    badRow: () => {},
  });
  for (const { file, rowNames = [] } of tables) {
    for (const own of rowNames) {
      const named = columns.filter(({ name }) => plainColumn(name) === plainColumn(own.name));
      const alike = [...named, ...columns.filter((other) => sameTexts(other, own))];
      const moved = alike.map((other) => firstMoved(other, own));
      if (moved.length === 0 || moved.includes(undefined)) continue;
      const { name, texts } = alike[0], row = moved[0]!;
      throw new UserError(
        `${file}, row ${row + 1}: found the profile of ${quoteValue(own.texts[row], 40)}, expected that of ${
          quoteValue(texts[row], 40)
        }, which ${path} has in this row (column ${quoteValue(name)}); sort both tables alike.`,
      );
    }
  }
}

function sameTexts(one: RowNames, other: RowNames): boolean {
  return new Set(one.texts).symmetricDifference(new Set(other.texts)).size === 0;
}

/** The first row whose name the other table has, but in another row; from 0, undefined for none. */
function firstMoved(rows: RowNames, { texts }: RowNames): number | undefined {
  const all = new Set(rows.texts);
  const found = texts.findIndex((text, row) =>
    text && rows.texts[row] && text !== rows.texts[row] && all.has(text)
  );
  return found < 0 ? undefined : found;
}
