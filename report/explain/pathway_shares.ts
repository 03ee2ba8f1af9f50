import type { Explanation } from "../../models/explanation.ts";

/** What a pathway looks at and who looks at it. */
export interface PathwayShare {
  /** Of the gene set. */
  readonly name: string;
  /** Attention that it gives to each fragment; the rest goes to the token for no effect. */
  readonly toFragments: readonly number[];
  /** Sum over the fragments. */
  readonly onDrug: number;
  /** Mean attention that genes give it. */
  readonly fromGenes: number;
}

/** The shares of all pathways in their order; none for a model without pathways. */
export function pathwayShares({ pathways, maps }: Explanation): PathwayShare[] {
  const [toFragment, fromGene] = [maps["pathway-fragment"], maps["gene-pathway"]];
  if (!toFragment || !fromGene) return [];
  const fragments = toFragment.shape[1], genes = fromGene.shape[0];
  return pathways.map((name, pathway) => {
    const toFragments = Array.from(
      toFragment.values.subarray(pathway * fragments, (pathway + 1) * fragments),
    );
    let asked = 0;
    for (let gene = 0; gene < genes; gene++) asked += fromGene.values[gene * pathways.length + pathway];
    return { name, toFragments, onDrug: toFragments.reduce((a, b) => a + b, 0), fromGenes: asked / genes };
  });
}
