/** Names that columns go by in tables of this field, the project's own first; compared without case and punctuation. */
export const smilesNames = [
  ...[
    "canonical_smiles",
    "smiles",
    "isomeric_smiles",
    "smiles_string",
    "drug_smiles",
    "compound_smiles",
    "structure",
  ],
] as const;

/** A drug's name for people. */
export const drugNameNames = [
  ...[
    "pert_iname",
    "drug_name",
    "name",
    "drug",
    "compound",
    "compound_name",
    "cmap_name",
    "pert_name",
    "molecule",
  ],
] as const;

/** A drug's id. */
export const drugIdNames = ["pert_id", "drug_id", "broad_id", "compound_id", "brd_id"] as const;

/** A cell line. */
export const cellNames = [
  ...[
    "cell_id",
    "cell",
    "cell_iname",
    "cell_line",
    "cell_line_name",
    "cellline",
    "cell_name",
    "cell_mfc_name",
    "ccle_name",
  ],
  ...["stripped_cell_line_name", "model_name"],
] as const;

/** A name in small letters without punctuation: `Canonical SMILES` and `canonical_smiles` are one. */
export function plainColumn(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** Position of a column by one of its names: as written first, then without case and punctuation; -1 where there is none. */
export function findColumn(columns: readonly string[], names: readonly string[]): number {
  for (const name of names) {
    const exact = columns.indexOf(name);
    if (exact >= 0) return exact;
  }
  const plain = columns.map(plainColumn);
  for (const name of names) {
    const found = plain.indexOf(plainColumn(name));
    if (found >= 0) return found;
  }
  return -1;
}
