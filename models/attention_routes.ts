import { descendingOrder } from "../datasets/metrics/ranking.ts";
import type { Explanation } from "./explanation.ts";

/** A way from a fragment to a predicted gene through all attentions. */
export interface Route {
  /** Place of the fragment. */
  readonly fragment: number;
  /** Place of the pathway; absent where genes look straight at fragments. */
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
  /** Strongest first. */
  readonly routes: readonly Route[];
  /** Their part of the strength of all routes to these targets. */
  readonly share: number;
  /** What their part would be were all routes alike. */
  readonly uniformShare: number;
}

/**
 * The strongest routes fragment -> pathway -> gene -> gene (without pathways: fragment -> gene -> gene) to the given genes:
 * products of the mean attention weights. Without a gene-gene map a gene asks itself alone. Empty without fragments.
 */
export function strongestRoutes(
  { maps, fragments, pathways, genes }: Explanation,
  targets: readonly number[],
  count: number,
): Routes {
  const pathwayFragment = maps["pathway-fragment"]?.values, genePathway = maps["gene-pathway"]?.values;
  const geneFragment = maps["gene-fragment"]?.values, geneGene = maps["gene-gene"]?.values;
  const f = fragments.length, p = pathways.length, n = genes.length;
  const kept: Route[] = [];
  let total = 0, all = 0, least = 0;
  const add = (route: Route) => {
    total += route.strength;
    all++;
    if (kept.length === 4 * count && route.strength <= least) return;
    kept.push(route);
    if (kept.length <= 4 * count) return;
    kept.sort((a, b) => b.strength - a.strength);
    kept.length = count;
    least = kept[count - 1].strength;
  };
  for (const target of targets) {
    for (let source = 0; source < n; source++) {
      const asked = geneGene ? geneGene[target * n + source] : source === target ? 1 : 0;
      if (asked === 0) continue;
      for (let fragment = 0; geneFragment && fragment < f; fragment++) {
        add({ fragment, source, target, strength: asked * geneFragment[source * f + fragment] });
      }
      for (let pathway = 0; genePathway && pathwayFragment && pathway < p; pathway++) {
        const through = asked * genePathway[source * p + pathway];
        for (let fragment = 0; fragment < f; fragment++) {
          const strength = through * pathwayFragment[pathway * f + fragment];
          add({ fragment, pathway, source, target, strength });
        }
      }
    }
  }
  const routes = kept.sort((a, b) => b.strength - a.strength).slice(0, count);
  const shown = routes.reduce((sum, { strength }) => sum + strength, 0);
  return { routes, share: total > 0 ? shown / total : 0, uniformShare: routes.length / Math.max(1, all) };
}

/** The most up- and down-regulated genes, as many of each: what an explanation is about. */
export function extremeGenes(prediction: Float32Array, each: number): { up: number[]; down: number[] } {
  const order = Array.from(descendingOrder(prediction));
  const count = Math.min(each, Math.floor(order.length / 2));
  return { up: order.slice(0, count), down: order.slice(order.length - count).reverse() };
}
