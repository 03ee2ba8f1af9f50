import { z } from "zod";

/** How a BADGER folder is read (badger.md 3.6 and section 4). */
export interface SignatureSettings {
  /** Sign of the labels. */
  readonly labels: "real" | "real_reverse";
  /** Whether a fragment that a molecule holds twice counts once. */
  readonly fragments: "set" | "multiset";
  /** Which label column is dropped: the alphabetically last, or UNKNOWN alone. */
  readonly lastPathway: "released" | "unknown";
  /** Signatures above it are kept; `prepared`: as the folder was prepared, else 0.2; `off`: all are. */
  readonly minTas: number | "prepared" | "off" | "none";
  /** Whether a quality pass is asked for; `prepared`: as the folder was prepared, else yes. */
  readonly requireQc: boolean | "prepared";
  /** Which cell vectors. */
  readonly cellVectors: "similarity" | "scgpt" | "none";
  /** Name of the gene table; null: the only one of the folder. */
  readonly geneTable: string | null;
  /** Name of the pathways; null: the only ones of the folder. */
  readonly pathways: string | null;
  /** File of fixed drug vectors; null: Morgan bits of the molecule. */
  readonly drugVectors: string | null;
  /** Only the first so many genes in sorted order; `intersection`: those that the gene table has too; null: all. */
  readonly genes: number | "intersection" | null;
  /** Unusable signatures are left out and listed, instead of stopping. */
  readonly skipBad: boolean;
}

const text = z.string().min(1).nullable().default(null);

/** Checks {@link SignatureSettings} and fills in defaults: the released values. */
export const signatureSettings: z.ZodType<SignatureSettings> = z.strictObject({
  labels: z.enum(["real", "real_reverse"]).default("real").describe("sign of the labels"),
  fragments: z.enum(["set", "multiset"]).default("set").describe(
    "a fragment that a molecule holds twice counts once (set), or as often as it is there",
  ),
  lastPathway: z.enum(["released", "unknown"]).default("released").describe(
    "label column that is dropped: the alphabetically last as released, or UNKNOWN alone",
  ),
  minTas: z.union([z.number(), z.enum(["prepared", "off", "none"])]).default("prepared").describe(
    "keep signatures with a higher activity; prepared: as the folder was, else 0.2; off or none: all",
  ),
  requireQc: z.union([z.boolean(), z.literal("prepared")]).default("prepared").describe(
    "keep signatures with a quality pass only; prepared: as the folder was, else yes",
  ),
  cellVectors: z.enum(["similarity", "scgpt", "none"]).default("similarity").describe("which cell vectors"),
  geneTable: text.describe("gene table, when the folder has several"),
  pathways: text.describe("pathways, when the folder has several"),
  drugVectors: text.describe("file of fixed drug vectors instead of Morgan bits").meta({ path: true }),
  genes: z.union([z.int().positive(), z.literal("intersection")]).nullable().default(null).describe(
    "only the first n genes in sorted order; intersection: the genes that all tables have",
  ),
  skipBad: z.boolean().default(false).describe("leave unusable signatures out, and list them"),
});
