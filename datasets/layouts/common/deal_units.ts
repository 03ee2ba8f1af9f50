import type { Dataset, Key } from "../../dataset.ts";
import { RandomStream } from "../../random.ts";

/**
 * Deals the distinct units of some rows anew among themselves, so that none keeps its own: one cycle through all of them, drawn
 * with equal chances (Sattolo).
 *
 * @param site tells streams of one seed apart.
 * @returns the unit that each unit is shown as; undefined where there is one unit only.
 */
export function dealUnits(
  { of }: Key,
  rows: Uint32Array,
  seed: number,
  site: number,
): Map<number, number> | undefined {
  const units = [...new Set(Array.from(rows, (row) => of[row]))];
  if (units.length < 2) return undefined;
  const random = new RandomStream(seed, site);
  const dealt = units.slice();
  for (let last = dealt.length - 1; last > 0; last--) {
    const other = random.below(last);
    [dealt[last], dealt[other]] = [dealt[other], dealt[last]];
  }
  return new Map(units.map((unit, place) => [unit, dealt[place]]));
}

/** Why nothing can be dealt, for rows of one unit. */
function oneUnit(what: string, { names, of }: Key, rows: Uint32Array): string {
  const name = rows.length > 0 ? names[of[rows[0]]] : "";
  return `all ${rows.length} rows are of one ${what}${
    name === "" ? "" : ` (${name})`
  }, so no row can be shown another.`;
}

/** Units of some rows, each shown as another one of them. */
export interface DealtUnits {
  /** The key that models are shown which look at the row table alone. */
  readonly key: Key;
  /** The rows of each unit, and those of the unit that it is shown as. */
  readonly pairs: readonly { readonly own: readonly number[]; readonly others: readonly number[] }[];
  /** An index by row, where each row is shown with that of the first row of its other unit. */
  shown(indexOfRow: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer>;
}

/** Shows every drug or cell line of some rows as another one of them; a sentence where there is but one. */
export function permuted(
  data: Pick<Dataset, "drug" | "cell">,
  what: "drug" | "cell",
  rows: Uint32Array,
  seed: number,
): DealtUnits | string {
  const key = data[what];
  const shownAs = dealUnits(key, rows, seed, what === "drug" ? 0xd7 : 0xd1);
  if (!shownAs) return oneUnit(what === "drug" ? "drug" : "cell line", key, rows);
  const rowsOf = Map.groupBy(rows, (row) => key.of[row]);
  const pairs = [...rowsOf].map(([unit, own]) => ({ own, others: rowsOf.get(shownAs.get(unit)!)! }));
  const of = key.of.slice();
  for (const row of rows) of[row] = shownAs.get(of[row])!;
  return {
    key: { ...key, of },
    pairs,
    shown(indexOfRow) {
      const shown = indexOfRow.slice();
      for (const { own, others } of pairs) for (const row of own) shown[row] = indexOfRow[others[0]];
      return shown;
    },
  };
}

/** A data set with some of its inputs in another state. */
export function withInputs<Inputs>(data: Dataset<Inputs>, changed: Partial<Inputs>): Dataset<Inputs> {
  return { ...data, inputs: { ...data.inputs, ...changed } };
}
