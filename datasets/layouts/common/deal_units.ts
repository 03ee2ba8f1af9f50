import type { Key } from "../../dataset.ts";
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
export function oneUnit(what: string, { names, of }: Key, rows: Uint32Array): string {
  const name = rows.length > 0 ? names[of[rows[0]]] : "";
  return `all ${rows.length} rows are of one ${what}${
    name === "" ? "" : ` (${name})`
  }, so no row can be shown another.`;
}

/** Row numbers of each unit among some rows. */
export function rowsOfUnits({ of }: Key, rows: Uint32Array): Map<number, number[]> {
  return Map.groupBy(rows, (row) => of[row]);
}
