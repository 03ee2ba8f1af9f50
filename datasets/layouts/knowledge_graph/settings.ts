import { z } from "zod";
import { type ProfileSettings, profileSettings } from "../basal_profiles/settings.ts";

/** How a folder of the layout `knowledge-graph` is read, and how its graph is disturbed in training and testing. */
export interface KnowledgeSettings extends Pick<ProfileSettings, "distances" | "conformers" | "skipBad"> {
  /** `none`: every node stands alone. */
  readonly edges: "all" | "none";
  /** Relations that are left out, in both directions. */
  readonly dropRelation: readonly string[];
  /** Share of the edges of each relation whose ends are dealt anew. */
  readonly shuffleEdges: number;
  /** Features that say nothing of their node. */
  readonly randomiseFeatures: "no" | "gaussian" | "permuted";
  /** Nodes are known by their numbers of edges alone. */
  readonly degreeOnly: boolean;
  /** Of shuffled edges and randomised features. */
  readonly graphSeed: number;
}

const { distances, conformers, skipBad } = (profileSettings as unknown as z.ZodObject).shape;

/** Checks {@link KnowledgeSettings} and fills in defaults. */
export const knowledgeSettings: z.ZodType<KnowledgeSettings> = z.strictObject({
  edges: z.enum(["all", "none"]).default("all").describe("edges of the graph; none: every node stands alone"),
  dropRelation: z.array(z.string().min(1)).default([]).describe("relations to leave out, such as drug_drug"),
  shuffleEdges: z.number().min(0).max(1).default(0).describe(
    "share of the edges of each relation whose ends are dealt anew; degrees stay",
  ),
  randomiseFeatures: z.enum(["no", "gaussian", "permuted"]).default("no").describe(
    "node features that say nothing: drawn with the mean and variance of their type, or another node's",
  ),
  degreeOnly: z.boolean().default(false).describe("nodes are known by their numbers of edges alone"),
  graphSeed: z.int().min(0).max(0xffffffff).default(1).describe("of shuffled edges and randomised features"),
  distances: distances as z.ZodType<ProfileSettings["distances"]>,
  conformers: conformers as z.ZodType<ProfileSettings["conformers"]>,
  skipBad: skipBad as z.ZodType<ProfileSettings["skipBad"]>,
}) as z.ZodType<KnowledgeSettings>;

/** How the rows themselves are read: as in `profiles`, which needs no interactions here. */
export function rowSettings({ distances, conformers, skipBad }: KnowledgeSettings): ProfileSettings {
  return {
    ...{ ppi: "none", minScore: null, ppiAliases: null, ppiIdentity: false, genes: null },
    ...{ distances, conformers, skipBad },
  };
}
