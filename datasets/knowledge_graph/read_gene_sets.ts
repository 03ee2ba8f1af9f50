import { textLines } from "../formats/text_lines.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/** A named set of genes. */
export interface GeneSet {
  readonly name: string;
  /** Beside the name: sets of one name may be told apart by it. */
  readonly description: string;
  /** Symbols, or Entrez ids. */
  readonly genes: readonly string[];
}

/**
 * Reads gene sets in the GMT format: a line a set, with tabs: name, description, genes. Sets of one name are told apart by their descriptions.
 *
 * @throws {UserError} naming the line: fewer than three columns, no name, a name twice.
 */
export async function readGeneSets(path: string): Promise<GeneSet[]> {
  const sets: GeneSet[] = [], lines = new Map<string, number>();
  let at = -1;
  for await (const line of textLines(path)) {
    at++;
    if (line.trim() === "") continue;
    const [name, description = "", ...genes] = line.split("\t").map((cell) => cell.trim());
    const there = [...new Set(genes.filter((gene) => gene !== ""))];
    if (name === "" || there.length === 0) {
      throw new UserError(
        `${path}, line ${at + 1}: found ${
          quoteValue(line)
        }, expected a name, a description and genes with tabs between them (GMT).`,
      );
    }
    const key = `${name}\t${description}`;
    const earlier = lines.get(key);
    if (earlier !== undefined) {
      throw new UserError(
        `${path}, line ${at + 1}: found the set ${quoteValue(name)} with the description ${
          quoteValue(description)
        } again, expected every set once (line ${earlier} has it too).`,
      );
    }
    lines.set(key, at + 1);
    sets.push({ name, description, genes: there });
  }
  if (sets.length === 0) throw new UserError(`${path}: found no gene set, expected one a line (GMT).`);
  return sets;
}
