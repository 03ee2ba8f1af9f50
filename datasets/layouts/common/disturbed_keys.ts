import type { Dataset } from "../../dataset.ts";

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
