import { selectMatrixRows } from "../readers/select_rows.ts";
import { UserError } from "../user_error.ts";
import { pickRows } from "./feature_tables.ts";
import type { BadgerData } from "./types.ts";

/** The same data set with only the given rows, in the given order; lists, drugs and cell lines stay as they are. */
export function selectBadgerRows(data: BadgerData, rows: ArrayLike<number>): BadgerData {
  const pick = <T>(values: readonly T[]) => Array.from(rows, (row) => values[row]);
  return {
    ...data,
    rows: rows.length,
    signatureIds: pick(data.signatureIds),
    labels: selectMatrixRows(data.labels, data.genes.length, rows),
    drugOfRow: Uint32Array.from(rows, (row) => data.drugOfRow[row]),
    cellOfRow: Uint32Array.from(rows, (row) => data.cellOfRow[row]),
    doses: pick(data.doses),
    times: pick(data.times),
  };
}

/** The same data set with only these genes, in this order. @throws {UserError} for a gene that it does not have. */
export function selectBadgerGenes(data: BadgerData, genes: readonly string[]): BadgerData {
  const column = new Map(data.genes.map((gene, index) => [gene, index]));
  const columns = genes.map((gene) => {
    const index = column.get(gene);
    if (index !== undefined) return index;
    throw new UserError(
      `${data.folder}: the gene ${gene} is not among its ${data.genes.length} genes; choose one of them.`,
    );
  });
  const labels = new Float32Array(data.rows * genes.length);
  for (let row = 0; row < data.rows; row++) {
    columns.forEach((from, to) =>
      labels[row * genes.length + to] = data.labels[row * data.genes.length + from]
    );
  }
  return {
    ...data,
    genes: [...genes],
    labels,
    ...(data.geneTable ? { geneTable: pickRows(data.geneTable, genes, "gene", data.folder) } : {}),
  };
}
