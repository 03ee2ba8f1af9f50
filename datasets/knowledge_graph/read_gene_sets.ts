import { type GeneSet, gmtLines } from "../formats/gmt.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/**
 * Reads gene sets in the GMT format: a line a set, with tabs: name, description, genes. Sets of one name are told apart by their descriptions.
 *
 * @throws {UserError} naming the line: fewer than three columns, no name, no gene, a set twice.
 */
export async function readGeneSets(path: string): Promise<GeneSet[]> {
  const sets: GeneSet[] = [], lines = new Map<string, number>();
  for await (const { line, ...set } of gmtLines(path)) {
    const { name, description, genes } = set;
    if (genes.length === 0) {
      throw new UserError(
        `${path}, line ${line}: found no gene in the set ${
          quoteValue(name)
        }, expected one at least; remove the line.`,
      );
    }
    const key = `${name}\t${description}`;
    const earlier = lines.get(key);
    if (earlier !== undefined) {
      throw new UserError(
        `${path}, line ${line}: found the set ${quoteValue(name)} with the description ${
          quoteValue(description)
        } again, expected every set once (line ${earlier} has it too).`,
      );
    }
    lines.set(key, line);
    sets.push(set);
  }
  if (sets.length === 0) throw new UserError(`${path}: found no gene set, expected one a line (GMT).`);
  return sets;
}
