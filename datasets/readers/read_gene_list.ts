import { inspectTextFile } from "./inspect_text_file.ts";
import { quoteValue } from "./quote_value.ts";
import { UserError } from "../user_error.ts";

/**
 * Reads a gene list: one symbol a line, with or without a line end after the last (csg2a.md 6.1).
 *
 * @throws {UserError} when the file is missing or empty, a line is empty or holds more than one word, or a gene occurs
 * twice.
 */
export async function readGeneList(path: string): Promise<string[]> {
  await inspectTextFile(path);
  const lines = (await Deno.readTextFile(path)).replace(/^\ufeff/, "").trimEnd().split(/\r?\n/);
  const lineOf = new Map<string, number>();
  lines.forEach((text, index) => {
    const gene = text.trim();
    if (gene === "" || /[\s,;\ufffd]/.test(gene)) {
      throw new UserError(
        `${path}, line ${index + 1}: found ${
          quoteValue(gene)
        }, expected one gene symbol a line; mend or remove the line.`,
      );
    }
    const earlier = lineOf.get(gene);
    if (earlier !== undefined) {
      throw new UserError(
        `${path}, lines ${earlier} and ${index + 1}: found ${
          quoteValue(gene)
        } twice, expected every gene once ` +
          `(duplicate gene); remove one of them.`,
      );
    }
    lineOf.set(gene, index + 1);
  });
  return [...lineOf.keys()];
}
