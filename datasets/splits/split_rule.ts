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
    /** One fold of a cross-validation: rows, drugs, cell lines, or drugs and cell lines at once (csg2a.md 1.6). */
    readonly rule: "random-folds" | "drug-folds" | "cell-folds" | "disjoint-folds";
    readonly folds: number;
    /** From 0. */
    readonly fold: number;
    readonly number: number;
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

const number = z.int().min(0).max(0xffffffff);

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
    rule: z.enum(["random-folds", "drug-folds", "cell-folds", "disjoint-folds"]),
    folds: z.int().min(2),
    fold: z.int().min(0),
    number,
  }),
  z.strictObject({
    rule: z.enum(["badger-cells", "badger-drugs", "badger-pairs"]),
    fold: z.int().min(0).max(4),
    number,
  }),
  z.strictObject({ rule: z.literal("file"), file: z.string().min(1), checksum: z.string() }),
]);
