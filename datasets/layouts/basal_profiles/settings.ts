import { z } from "zod";

/** How a folder of the layouts `profiles` and `response` is read. */
export interface ProfileSettings {
  /** A file of edges, or `auto`, `none`, `identity`. */
  readonly ppi: string;
  /** Edges with a lower score are left out; null: all stay. */
  readonly minScore: number | null;
  /** STRING's names of its proteins; null: the edges name genes. */
  readonly ppiAliases: string | null;
  /** Whether the diagonal of P is 1 (csg2a.md section 3, row 3). */
  readonly ppiIdentity: boolean;
  /** Atom distances where no conformer is given (csg2a.md 6.4). */
  readonly distances: "rule" | "path";
  /** Conformer file, looked up first; null: none. */
  readonly conformers: string | null;
  /** Only the first so many genes in sorted order; `intersection`: those that all tables of the folder have; null: all. */
  readonly genes: number | "intersection" | null;
  /** Faulty rows and those whose SMILES cannot be parsed are left out and listed, instead of stopping. */
  readonly skipBad: boolean;
}

/** Checks {@link ProfileSettings} and fills in defaults. */
export const profileSettings: z.ZodType<ProfileSettings> = z.strictObject({
  ppi: z.string().min(1).default("auto").describe(
    "protein interactions: a file of edges (source, target), none (P = 0), identity, or auto: STRING_edges.csv in the data folder, the folder above or ../../csg2a",
  ).meta({ path: true, words: ["auto", "none", "identity"] }),
  minScore: z.number().nullable().default(null).describe(
    "interactions with a lower combined_score are left out, 700 of STRING for one",
  ),
  ppiAliases: z.string().min(1).nullable().default(null).describe(
    "STRING's protein.info or protein.aliases file, when the edges name proteins",
  ).meta({ path: true }),
  ppiIdentity: z.boolean().default(true).describe("ones on the diagonal of the interaction matrix"),
  distances: z.enum(["rule", "path"]).default("rule").describe(
    "atom distances without a conformer: by rule, or shortest paths",
  ),
  conformers: z.string().min(1).nullable().default(null).describe(
    "conformers (.safetensors with NAME.smiles.json beside it)",
  ).meta({ path: true }),
  genes: z.union([z.int().positive(), z.literal("intersection")]).nullable().default(null).describe(
    "only the first n genes in sorted order; intersection: the genes that all tables have",
  ),
  skipBad: z.boolean().default(false).describe("leave faulty rows and unparseable SMILES out, and list them"),
});
