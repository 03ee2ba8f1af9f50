import { quoteValue } from "./quote_value.ts";
import type { ExpressionTable } from "../types.ts";
import { UserError } from "../user_error.ts";

/** @throws {UserError} unless both tables have the same genes in the same order; the first difference is named. */
export function checkSameGenes(first: ExpressionTable, second: ExpressionTable): void {
  const width = Math.max(first.genes.length, second.genes.length);
  for (let column = 0; column < width; column++) {
    const here = first.genes[column], there = second.genes[column];
    if (here === there) continue;
    const found = (gene: string | undefined) => gene === undefined ? "no column" : quoteValue(gene);
    throw new UserError(
      `${second.file}, header, column ${column + 1}: found ${found(there)}, expected ${
        found(here)
      } as in ${first.file} ` +
        `(${second.genes.length} and ${first.genes.length} genes); give both files the same genes in the same order.`,
    );
  }
}
