import { withColumns } from "../matrix.ts";
import { geneFinder, suggestedGene } from "../identity/gene_identity.ts";
import { listNames } from "./named_columns.ts";
import { quoteValue } from "./quote_value.ts";
import type { MoleculeData } from "./select_rows.ts";
import { UserError } from "../user_error.ts";

/**
 * Column of each gene of a model among those of the data, whatever its capitals, and by any symbol of the gene.
 *
 * @param place where the data are from, for messages.
 * @param spare genes that the model does not know are left out instead of refused.
 * @throws {UserError} when a gene of the model is missing, or the data has one that the model does not know (with the
 * nearest known name): dropping it silently could hide a renamed gene.
 */
export function geneColumns(
  place: string,
  found: readonly string[],
  genes: readonly string[],
  spare = false,
): number[] {
  const find = geneFinder(found);
  const columns = genes.map((gene) => find(gene)?.at);
  const met = new Set(columns);
  const missing = genes.filter((_, gene) => columns[gene] === undefined);
  const unknown = spare ? [] : found.filter((_, column) => !met.has(column));
  if (unknown.length > 0) {
    const near = suggestedGene(unknown[0], missing.length > 0 ? missing : genes);
    throw new UserError(
      `${place}: ${unknown.length} gene${unknown.length === 1 ? "" : "s"} unknown to the model (${
        listNames(unknown)
      }), ` +
        `expected its ${genes.length} genes in any order; ` +
        (near === undefined ? "rename" : `did you mean ${quoteValue(near)}? Rename`) +
        " or remove the columns.",
    );
  }
  if (missing.length > 0) {
    throw new UserError(
      `${place}: ${missing.length} of the model's ${genes.length} genes missing (${
        listNames(missing)
      }), expected all of ` +
        `them in any order; add these columns.`,
    );
  }
  return columns as number[];
}

/**
 * A data set with its genes in a fitted model's order, for evaluating or fine-tuning on other data than it was trained on.
 *
 * @param genes Genes of the model.
 * @param spare genes that the model does not know are left out.
 * @throws {UserError} as {@link geneColumns}.
 */
export function alignGenes<Data extends MoleculeData>(
  data: Data,
  genes: readonly string[],
  spare?: boolean,
): Data;
export function alignGenes(data: MoleculeData, genes: readonly string[], spare = false): MoleculeData {
  if (genes.length === data.genes.length && genes.every((gene, index) => gene === data.genes[index])) {
    return data;
  }
  const order = geneColumns(data.kind === "prediction" ? data.file : data.folder, data.genes, genes, spare);
  const basal = withColumns(data.basal, order);
  return data.kind === "pretraining"
    ? { ...data, genes, basal, perturbed: withColumns(data.perturbed, order) }
    : { ...data, genes, basal };
}
