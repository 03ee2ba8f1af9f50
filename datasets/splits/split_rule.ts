import { z } from "zod";
import type { SettingsSchema } from "../settings_schema.ts";

/** Which rows train, validate and test: one name for one rule, in every layout. */
export type SplitRule =
  | {
    /**
     * By hash of a number (reference-runs.md section 1): `random` rows; whole drugs; whole cell lines. `condition`: whole
     * conditions, replicates together. `scaffold`: whole Murcko scaffolds. `torch`: PyTorch's permutation of rows, as CSG2A's
     * released notebooks. `deepchem-scaffold`: whole scaffolds, the commonest trained on, as DeepChem; its number changes nothing.
     */
    readonly rule:
      | "random"
      | "drug-blind"
      | "cell-blind"
      | "condition"
      | "scaffold"
      | "torch"
      | "deepchem-scaffold";
    /** Split number of the hash rule, else a seed. */
    readonly number: number;
  }
  | {
    /** One fold of a cross-validation: rows, drugs, cell lines, drugs and cell lines at once (csg2a.md 1.6), or whole scaffolds. */
    readonly rule: "random-folds" | "drug-folds" | "cell-folds" | "disjoint-folds" | "scaffold-folds";
    readonly folds: number;
    /** From 0. */
    readonly fold: number;
    readonly number: number;
  }
  | {
    /** Whole groups of drugs that share a mechanism or target (see `readMechanisms`); a drug of which none is known is its own. */
    readonly rule: "mechanism-blind";
    readonly number: number;
    /** Table of drugs and their mechanisms or targets. */
    readonly targets: string;
    /** SHA-256 of that file: another content is refused. */
    readonly checksum: string;
  }
  | {
    /** The same as one fold of a cross-validation. */
    readonly rule: "mechanism-folds";
    readonly folds: number;
    /** From 0. */
    readonly fold: number;
    readonly number: number;
    readonly targets: string;
    readonly checksum: string;
  }
  | {
    /** The five folds of BADGER's release (badger.md 4.7): cell lines, drugs, or both. */
    readonly rule: "badger-cells" | "badger-drugs" | "badger-pairs";
    /** 0 to 4. */
    readonly fold: number;
    /** 88 in the release. */
    readonly number: number;
  }
  | {
    /** Row names by part, as `split.json` of a run. */
    readonly rule: "file";
    readonly file: string;
    /** Checksum of its parts: another content is refused. */
    readonly checksum: string;
  };

const number = z.int().min(0).max(0xffffffff), path = z.string().min(1);

/** Checks a {@link SplitRule}. */
export const splitRuleSchema: SettingsSchema<SplitRule> = z.union([
  z.strictObject({
    rule: z.enum([
      "random",
      "drug-blind",
      "cell-blind",
      "condition",
      "scaffold",
      "torch",
      "deepchem-scaffold",
    ]),
    number,
  }),
  z.strictObject({
    rule: z.enum(["random-folds", "drug-folds", "cell-folds", "disjoint-folds", "scaffold-folds"]),
    folds: z.int().min(2),
    fold: z.int().min(0),
    number,
  }),
  z.strictObject({ rule: z.literal("mechanism-blind"), number, targets: path, checksum: z.string() }),
  z.strictObject({
    rule: z.literal("mechanism-folds"),
    folds: z.int().min(2),
    fold: z.int().min(0),
    number,
    targets: path,
    checksum: z.string(),
  }),
  z.strictObject({
    rule: z.enum(["badger-cells", "badger-drugs", "badger-pairs"]),
    fold: z.int().min(0).max(4),
    number,
  }),
  z.strictObject({ rule: z.literal("file"), file: path, checksum: z.string() }),
]);
