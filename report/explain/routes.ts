import type { Explanation } from "../../models/explanation.ts";

/** A way from a fragment to a predicted gene through all attentions. */
export interface Route {
  /** Place of the fragment. */
  readonly fragment: number;
  /** Place of the pathway; undefined in a model without pathways. */
  readonly pathway?: number;
  /** Place of the gene that the target asks. */
  readonly source: number;
  /** Place of the gene that is predicted. */
  readonly target: number;
  /** Product of the attention weights on the way. */
  readonly strength: number;
}

/** The strongest routes, and what part of all they are. */
export interface Routes {
  /** The strongest first. */
  readonly routes: readonly Route[];
  /** Their part of the strength of all routes to these targets. */
  readonly share: number;
  /** What their part would be were all routes alike. */
  readonly uniformShare: number;
}

/**
 * The strongest routes fragment -> pathway -> gene -> gene (without pathways: fragment -> gene -> gene) to the given targets:
 * products of the mean attention weights. Without a gene-gene map a gene asks itself alone. Undefined for a model that does not
 * look at fragments.
 */
export function strongestRoutes(
  { maps, fragments, pathways, genes }: Explanation,
  targets: readonly number[],
  count: number,
): Routes | undefined {
  const pathwayFragment = maps["pathway-fragment"]?.values, genePathway = maps["gene-pathway"]?.values;
  const geneFragment = maps["gene-fragment"]?.values, geneGene = maps["gene-gene"]?.values;
  if (!geneFragment && !(pathwayFragment && genePathway)) return undefined;
  const f = fragments.length, p = geneFragment ? 1 : pathways.length, n = genes.length;
  const kept: Route[] = [];
  let total = 0, all = 0, least = 0;
  for (const target of targets) {
    for (let source = 0; source < n; source++) {
      const asked = geneGene ? geneGene[target * n + source] : source === target ? 1 : 0;
      if (asked === 0) continue;
      for (let pathway = 0; pathway < p; pathway++) {
        const through = geneFragment ? asked : asked * genePathway![source * p + pathway];
        for (let fragment = 0; fragment < f; fragment++) {
          const weight = geneFragment
            ? geneFragment[source * f + fragment]
            : pathwayFragment![pathway * f + fragment];
          const strength = through * weight;
          total += strength;
          all++;
          if (kept.length >= count && strength <= least) continue;
          kept.push({ fragment, ...(geneFragment ? {} : { pathway }), source, target, strength });
          if (kept.length < 4 * count) continue;
          kept.sort(stronger).length = count;
          least = kept[count - 1].strength;
        }
      }
    }
  }
  const routes = kept.sort(stronger).slice(0, count);
  const shown = routes.reduce((sum, { strength }) => sum + strength, 0);
  return { routes, share: total > 0 ? shown / total : 0, uniformShare: routes.length / Math.max(1, all) };
}

function stronger(a: Route, b: Route): number {
  return b.strength - a.strength;
}
