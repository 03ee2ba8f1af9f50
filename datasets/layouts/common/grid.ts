import { type BadSmiles, badSmilesError } from "../../molecules/bad_smiles.ts";
import type { Chemistry } from "../../molecules/chemistry.ts";
import type { QueryDrug } from "../layout.ts";

/** What every row of a grid is made of. */
export interface Grid<Cell> {
  readonly drugs: readonly QueryDrug[];
  readonly doses: readonly number[];
  readonly times: readonly number[];
  readonly cells: readonly Cell[];
}

/** Every combination, the drugs slowest, the cell lines fastest. */
export function gridRows<Cell>({ drugs, doses, times, cells }: Grid<Cell>) {
  return drugs.flatMap((drug) =>
    doses.flatMap((dose) => times.flatMap((time) => cells.map((cell) => ({ drug, dose, time, cell }))))
  );
}

/**
 * The drugs of a list with a structure that RDKit takes.
 *
 * @throws {UserError} listing all others at once, by their numbers in the list, unless they are left out.
 */
export function goodDrugs(
  chemistry: Chemistry,
  drugs: readonly QueryDrug[],
  skipBad: boolean,
): { drugs: QueryDrug[]; bad: BadSmiles[] } {
  const bad = drugs.flatMap(({ smiles }, at) =>
    chemistry.parse(smiles)
      ? []
      : [{ smiles, reason: chemistry.fault(smiles) ?? "it cannot be parsed", rows: [at + 1] }]
  );
  if (bad.length > 0 && !skipBad) throw badSmilesError(bad, "the drugs asked for");
  const left = new Set(bad.map(({ rows: [number] }) => number - 1));
  return { drugs: drugs.filter((_, at) => !left.has(at)), bad };
}
