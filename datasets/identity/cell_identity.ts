import { join } from "node:path";
import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { requireColumn } from "../readers/named_columns.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { system } from "../../host/system.ts";
import { UserError } from "../user_error.ts";
import { withoutTissue } from "./cell_tissue.ts";

/** Name of the optional file of aliases in a data folder. */
export const cellAliasesFile = "cells.csv";

/** Names of a cell line, each with the line's own name. */
export type CellAliases = ReadonlyMap<string, string>;

/** Different lines that punctuation alone tells apart: T.T (oesophagus) and TT (thyroid), KMH-2 (thyroid) and KM-H2 (Hodgkin). */
const apart: CellAliases = new Map([
  ["T.T", "T.T"],
  ["T-T", "T.T"],
  ["TT_OESOPHAGUS", "T.T"],
  ["KMH-2", "KMH-2"],
  ["KMH2_THYROID", "KMH-2"],
]);

/** A name in capitals without blanks and punctuation: `SK-BR-3`, `skbr3` and `SKBR3` are one. */
export function plainCellName(name: string): string {
  const plain = name.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
  return plain === "" ? name.trim() : plain;
}

/**
 * Identity of cell lines: case, blanks and punctuation dropped, aliases resolved, and the tissue that CCLE writes behind a name
 * (`A375_SKIN`). A name that `aliases` lists as written goes by its line, whatever other name looks like it.
 *
 * @param names all of the data: those that one name and two tissues have (`SW527_BREAST`, `SW527_LARGE_INTESTINE`) keep them,
 * and what stands with one tissue is another line with another.
 * @throws {UserError} when such a name stands among them without a tissue too.
 *
 * @example
 * ```ts
 * const of = cellIdentity();
 * of("SK-BR-3") === of("skbr3"); // true
 * ```
 */
export function cellIdentity(
  aliases: CellAliases = new Map(),
  names: Iterable<string> = [],
): (name: string) => string {
  const listed = new Map([...apart, ...aliases]);
  const linesOf = new Map<string, Set<string>>();
  for (const [alias, line] of aliases) {
    for (const text of [plainCellName(alias), plainCellName(line)]) {
      linesOf.set(text, (linesOf.get(text) ?? new Set()).add(line));
    }
  }
  // A line goes by its plain name, or by its own where two lines share the plain one.
  const idOf = (line: string) =>
    (linesOf.get(plainCellName(line))?.size ?? 1) > 1 || apart.get(line) === line
      ? line
      : plainCellName(line);
  const known = (name: string) => {
    const lines = [...linesOf.get(plainCellName(name)) ?? []];
    return lines.length === 1 ? idOf(lines[0]) : undefined;
  };
  const withTissue = namesWithTissue([...new Set(names)].filter((name) => !listed.has(name.trim())));
  return (name) => {
    const exact = listed.get(name.trim());
    if (exact !== undefined) return idOf(exact);
    const bare = withoutTissue(name), full = plainCellName(name), plain = plainCellName(bare);
    const written = withTissue.get(plain);
    const isApart = written &&
      (written.size > 1 || (full !== plain && written.size === 1 && !written.has(full)));
    return known(name) ?? (isApart ? full : known(bare) ?? plain);
  };
}

/**
 * Plain names as they stand with tissues, by those without.
 *
 * @throws {UserError} when one stands with two tissues or more, and without one beside them.
 */
function namesWithTissue(names: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const writtenOf = Map.groupBy(names, (name) => plainCellName(withoutTissue(name)));
  const withTissue = new Map(
    [...writtenOf].map(([plain, written]) =>
      [plain, new Set(written.map(plainCellName).filter((name) => name !== plain))] as const
    ),
  );
  for (const [plain, written] of writtenOf) {
    if (withTissue.get(plain)!.size < 2) continue;
    const bare = written.find((name) => plainCellName(name) === plain);
    if (bare === undefined) continue;
    const [first, second] = written.filter((name) => plainCellName(name) !== plain);
    throw new UserError(
      `Cell lines: found ${quoteValue(bare)} beside ${quoteValue(first)} and ${
        quoteValue(second)
      }, expected one line a name; write the tissue behind it too, or list it as an alias in ${cellAliasesFile}.`,
    );
  }
  return withTissue;
}

/**
 * Reads `cells.csv`: `name` of a cell line and an `alias` of it, in either order, one pair a row; several aliases of a row are
 * parted by semicolons or bars. Undefined when the folder has none.
 *
 * @throws {UserError} when the file is faulty, or gives one alias to two lines.
 *
 * @example
 * ```ts
 * const of = cellIdentity(await readCellAliases("data/mine"));
 * ```
 */
export async function readCellAliases(folder: string): Promise<CellAliases | undefined> {
  const path = join(folder, cellAliasesFile);
  if (!await system.stat(path).then((stat) => stat.isFile, () => false)) return undefined;
  const lines = new Map<string, string>();
  let name = 0, alias = 0;
  await readCsv(path, {
    header(columns) {
      name = requireColumn(path, columns, "name", "cell_id", "cell_iname", "cell");
      alias = requireColumn(path, columns, "alias", "aliases");
    },
    row(cells, place) {
      const line = cells[name].trim();
      if (line === "") {
        throw new RowError(`${placeText(place)}, column name: found "", expected a cell line; name it.`);
      }
      for (const text of [line, ...cells[alias].split(/[;|]/).map((part) => part.trim())]) {
        const earlier = lines.get(text);
        if (text !== "" && earlier !== undefined && earlier !== line) {
          throw new RowError(
            `${placeText(place)}: found ${quoteValue(text)} for the cell line ${
              quoteValue(line)
            }, but it already stands for ` +
              `${quoteValue(earlier)}; expected every alias to name one line; remove one of them.`,
          );
        }
        if (text !== "") lines.set(text, line);
      }
    },
  });
  return lines;
}
