import { descendingOrder } from "../datasets/metrics/order.ts";
import { pearsonPooled } from "../datasets/metrics/metrics.ts";
import type { GeneRanking } from "../report/asked.ts";
import { askDrugs, type CellChoice, drugFrom, meanChange } from "./ask_drugs.ts";

/**
 * Genes of a model in the order of what a drug does to them in a cell line.
 *
 * @param drug a name of the run's data, or a SMILES.
 * @throws {UserError} for an unknown drug or cell line, or a model that predicts no genes.
 * @example
 * ```ts
 * const { genes } = await rankGenes("runs/badger", "vorinostat", { cell: "A375" });
 * ```
 */
export async function rankGenes(run: string, drug: string, choice: CellChoice): Promise<GeneRanking> {
  const { asked, own, genes, drugs: [found], changes, nearest, trainingMean, cellUnit, drugUnits } =
    await askDrugs(
      run,
      choice,
      ({ data }, chemistry) => [drugFrom(drug, data, chemistry)],
    );
  const { data, split, model, config } = own;
  const rows = Array.from(data.drug.of.keys()).filter((row) =>
    data.drug.of[row] === drugUnits[0] && data.cell.of[row] === cellUnit
  );
  const measured = rows.length > 0 ? meanChange(data, rows) : undefined;
  const trained = new Set(split.train);
  return {
    ...asked,
    drug: found,
    genes: Array.from(descendingOrder(changes), (gene, at) => ({
      gene: genes[gene],
      rank: at + 1,
      score: changes[gene],
      trainingMean: trainingMean[gene],
      ...(measured ? { measured: measured[gene] } : {}),
    })),
    arbitraryScale: model.arbitraryScale?.(config.settings) ?? false,
    meanAgreement: pearsonPooled(changes, trainingMean),
    nearest: nearest[0],
    cellTrained: split.train.some((row) => data.cell.of[row] === cellUnit),
    ...(measured
      ? {
        measured: {
          rows: rows.length,
          trainedOn: rows.some((row) => trained.has(row)),
          pearson: pearsonPooled(changes, measured),
        },
      }
      : {}),
  };
}
