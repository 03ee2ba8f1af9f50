import { join } from "node:path";
import { badgerFileNames, filesOf } from "../../datasets/badger/badger_files.ts";
import { readSignatures } from "../../datasets/badger/read_signatures.ts";

/**
 * Copies a folder in the BADGER layout with a gene table of `width` zeros a gene in place of its own: for models that take
 * nothing but the width of it.
 *
 * @throws {UserError} when the folder or its signatures are missing.
 */
export async function blankGeneTable(folder: string, copy: string, width: number): Promise<void> {
  const files = await filesOf(folder);
  const { genes } = await readSignatures([join(folder, badgerFileNames.signatures)]);
  await Deno.mkdir(copy, { recursive: true });
  for (const file of files) {
    if (!file.startsWith("gene_features_")) await Deno.copyFile(join(folder, file), join(copy, file));
  }
  const zeros = ",0".repeat(width);
  const table = join(copy, badgerFileNames.geneFeatures("BLANK", genes.length));
  await Deno.writeTextFile(table, genes.map((gene) => `${gene}${zeros}\n`).join(""));
}
