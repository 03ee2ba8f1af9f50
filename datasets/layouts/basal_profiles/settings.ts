import { z } from "zod";

/** How a folder of the layouts `profiles` and `response` is read. */
export interface ProfileSettings {
  /** A file of edges, or `auto`, `none`, `identity`. */
  readonly ppi: string;
  /** Whether the diagonal of P is 1 (csg2a.md section 3, row 3). */
  readonly ppiIdentity: boolean;
  /** Atom distances where no conformer is given (csg2a.md 6.4). */
  readonly distances: "rule" | "path";
  /** Conformer file, looked up first; null: none. */
  readonly conformers: string | null;
  /** Faulty rows and those whose SMILES cannot be parsed are left out and listed, instead of stopping. */
  readonly skipBad: boolean;
}

/** Checks {@link ProfileSettings} and fills in defaults. */
export const profileSettings: z.ZodType<ProfileSettings> = z.strictObject({
  ppi: z.string().min(1).default("auto").describe(
    "protein interactions: a file of edges (source, target), none (P = 0), identity, or auto: STRING_edges.csv in the data folder, the folder above or ../../csg2a",
  ).meta({ path: true, words: ["auto", "none", "identity"] }),
  ppiIdentity: z.boolean().default(true).describe("ones on the diagonal of the interaction matrix"),
  distances: z.enum(["rule", "path"]).default("rule").describe(
    "atom distances without a conformer: by rule, or shortest paths",
  ),
  conformers: z.string().min(1).nullable().default(null).describe(
    "conformers (.safetensors with NAME.smiles.json beside it)",
  ).meta({ path: true }),
  skipBad: z.boolean().default(false).describe("leave faulty rows and unparseable SMILES out, and list them"),
});
