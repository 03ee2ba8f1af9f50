import type { Split } from "../types.ts";

/** Collects the rows of part 0 (training), 1 (validation) and 2 (test); rows of any other part are in none. */
export function splitByPart(name: string, rows: number, partOfRow: (row: number) => number): Split {
  const parts: [number[], number[], number[]] = [[], [], []];
  for (let row = 0; row < rows; row++) parts[partOfRow(row)]?.push(row);
  const [train, validation, test] = parts.map((part) => Uint32Array.from(part));
  return { name, train, validation, test };
}
