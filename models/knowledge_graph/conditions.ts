import { type Dataset, type Matrix, matrixOf } from "../../datasets/dataset.ts";

/** Numbers of a dose and time. */
export const conditionWidth = 2;

/**
 * Dose and time as a network sees them, rows x 2: log10 µM, and hours / 24; 0 where unknown. The source has one condition a drug and
 * cell line; data with several need them (kg-gat.md 3.4).
 */
export function conditions({ dose, time }: Pick<Dataset, "dose" | "time">): Matrix {
  const values = new Float32Array(conditionWidth * dose.length);
  dose.forEach((own, row) => {
    values[conditionWidth * row] = own > 0 ? Math.log10(own) : 0;
    values[conditionWidth * row + 1] = Number.isFinite(time[row]) ? time[row] / 24 : 0;
  });
  return matrixOf(values, conditionWidth);
}

/** Rows that are looked up in a table: row r is that of `of[r]`. */
export function lookedUp(table: Float32Array<ArrayBuffer>, width: number, of: Uint32Array): Matrix {
  const rows = matrixOf(table, Math.max(1, width));
  return {
    rows: of.length,
    columns: width,
    take: (wanted) => rows.take(Array.from(wanted, (row) => of[row])),
  };
}
