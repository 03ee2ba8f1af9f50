import { join } from "node:path";
import { writeFileAtomic } from "../../readers/write_file_atomic.ts";
import { UserError } from "../../user_error.ts";
import { system } from "../../../host/system.ts";

const fileName = "genes.txt";

/** Keeps the genes of a run in its folder, in the order of its parameters. */
export async function keepGenes(run: string, genes: readonly string[]): Promise<void> {
  await writeFileAtomic(join(run, fileName), genes.join("\n") + "\n");
}

/**
 * The genes that a run keeps, undefined where it keeps none. One symbol a line: it may hold blanks and commas, but no line end.
 *
 * @throws {UserError} when they cannot be read, or are damaged.
 */
export async function keptGenes(run: string): Promise<string[] | undefined> {
  const path = join(run, fileName);
  let text: string;
  try {
    text = await system.readTextFile(path);
  } catch (error) {
    if (error instanceof system.errors.NotFound || error instanceof system.errors.NotADirectory) {
      return undefined;
    }
    throw new UserError(`${path} cannot be read (${(error as Error).message}); check the run folder.`);
  }
  const genes = text.replace(/\n$/, "").split("\n");
  if (!genes.includes("") && new Set(genes).size === genes.length) return genes;
  throw new UserError(
    `${path}: expected every gene of the model once, one a line; the file is damaged, restore it.`,
  );
}
