import { keptGenes } from "../datasets/layouts/common/kept_genes.ts";

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
  return (run === undefined ? undefined : await keptGenes(run)) ??
    (from === null ? undefined : await keptGenes(from));
}
