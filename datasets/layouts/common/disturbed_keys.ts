import type { Dataset, Key } from "../../dataset.ts";

/** A key by which some rows are of other units: what models that look at the row table alone are shown. */
export function shownAsUnits(key: Key, rows: Uint32Array, shownAs: ReadonlyMap<number, number>): Key {
  const of = key.of.slice();
  for (const row of rows) of[row] = shownAs.get(of[row])!;
  return { ...key, of };
}

/** Some rows are of a drug without name and structure, which was never trained on. */
export function withoutDrugs(
  { drug, structures }: Pick<Dataset, "drug" | "structures">,
  rows: Uint32Array,
): Pick<Dataset, "drug" | "structures"> {
  const there = drug.ids.indexOf("");
  const unit = there < 0 ? drug.ids.length : there;
  const of = drug.of.slice();
  for (const row of rows) of[row] = unit;
  if (there >= 0) return { drug: { ...drug, of }, structures };
  return {
    drug: { ...drug, ids: [...drug.ids, ""], names: [...drug.names, ""], of },
    structures: [...structures, ""],
  };
}
