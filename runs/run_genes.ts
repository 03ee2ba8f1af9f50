import { UserError } from "../datasets/user_error.ts";

/**
 * The genes whose order a new or resumed run has to follow: those it began with, else those of the run that its parameters
 * come from. Undefined when neither names any: the data decide then.
 *
 * @param from a run folder or a checkpoint; a checkpoint alone names no genes
 */
export async function genesToFollow(
  run: string | undefined,
  from: string | null,
): Promise<readonly string[] | undefined> {
  return (run === undefined ? undefined : await savedGenes(run)) ??
    (from === null ? undefined : await savedGenes(from));
}

/** One symbol a line, as the run wrote them: a symbol may hold blanks and commas, but no line end. */
async function savedGenes(run: string): Promise<string[] | undefined> {
  const path = `${run}/genes.txt`;
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw new UserError(`${path} cannot be read (${(error as Error).message}); check the run folder.`);
  }
  const genes = text.replace(/\n$/, "").split("\n");
  if (!genes.includes("") && new Set(genes).size === genes.length) return genes;
  throw new UserError(
    `${path}: expected every gene of the model once, one a line; the file is damaged, restore it.`,
  );
}
