import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";
import { textLines } from "./text_lines.ts";

/** A named set of genes. */
export interface GeneSet {
  /** First cell of its line. */
  readonly name: string;
  /** Second cell: often an address, or empty. */
  readonly description: string;
  /** The rest, each once, in the order of the file. */
  readonly genes: readonly string[];
}

/**
 * Reads gene sets in the GMT format of MSigDB: one set a line, cells divided by tabs: name, description, genes.
 *
 * @param options `number`: sets of one name (WikiPathways has some) are told apart by number, `NAME (2)`, instead of refused.
 * @throws {UserError} when the file is missing or empty, a line has fewer than two tabs, or a name occurs twice.
 *
 * @example
 * ```ts
 * const sets = await readGmt("h.all.symbols.gmt");
 * ```
 */
export async function readGmt(
  path: string,
  { number = false }: { readonly number?: boolean } = {},
): Promise<GeneSet[]> {
  const sets: GeneSet[] = [];
  const seen = new Map<string, number>();
  for await (const { line, ...set } of gmtLines(path)) {
    const earlier = seen.get(set.name);
    if (earlier !== undefined && !number) {
      throw new UserError(
        `${path}, lines ${earlier} and ${line}: found the set ${
          quoteValue(set.name)
        } twice, expected every name once; rename one.`,
      );
    }
    let { name } = set;
    for (let count = 2; seen.has(name); count++) name = `${set.name} (${count})`;
    seen.set(name, line);
    sets.push({ ...set, name });
  }
  if (sets.length === 0) {
    throw new UserError(`${path}: the file holds no gene set, expected one a line; export it again.`);
  }
  return sets;
}

/** Genes of a set: more than any genome has. */
const mostGenes = 200_000;

/**
 * The sets of a GMT file line by line, whatever their names: blanks around cells, empty cells and genes that stand twice are left out.
 *
 * @throws {UserError} when the file is missing or empty, or a line has no name, fewer than two tabs, or more genes than a genome.
 */
export async function* gmtLines(path: string): AsyncGenerator<GeneSet & { readonly line: number }> {
  let line = 0;
  for await (const text of textLines(path)) {
    line++;
    if (text.trim() === "") continue;
    const cells = text.split("\t", mostGenes + 3).map((cell) => cell.trim());
    if (cells.length < 3 || cells[0] === "") {
      throw new UserError(
        `${path}, line ${line}: found ${
          quoteValue(text)
        }, expected a name, a description and genes divided by tabs; export the file again.`,
      );
    }
    if (cells.length > mostGenes + 2) {
      throw new UserError(
        `${path}, line ${line}: has more than ${mostGenes} genes, expected a set of some; the line ends are missing.`,
      );
    }
    const genes = [...new Set(cells.slice(2).filter((gene) => gene !== ""))];
    yield { line, name: cells[0], description: cells[1], genes };
  }
}
