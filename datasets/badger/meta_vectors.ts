import { type BadgerData, unknownName } from "./types.ts";

/** What a one-hot part of the meta vector counts. */
export type MetaPart = "cell" | "dose";

/**
 * Position of each one in the meta vectors: rows x parts columns, concatenated one-hots over the lists of the data set, each
 * of which ends with UNK; a value outside its list is UNK (badger.md 4.9). CIGER takes the cell, DeepCE cell then dose.
 */
export function metaVectors(
  data: BadgerData,
  parts: readonly MetaPart[],
): { width: number; values: Float32Array<ArrayBuffer> } {
  const lists = parts.map((part) => part === "cell" ? data.lists.cells : data.lists.doses);
  const width = lists.reduce((sum, list) => sum + list.length, 0);
  const values = new Float32Array(data.rows * width);
  for (let row = 0; row < data.rows; row++) {
    let start = row * width;
    parts.forEach((part, place) => {
      const value = part === "cell" ? data.cells[data.cellOfRow[row]] : data.doses[row];
      const found = lists[place].indexOf(value);
      values[start + (found < 0 ? lists[place].indexOf(unknownName) : found)] = 1;
      start += lists[place].length;
    });
  }
  return { width, values };
}
