import { ppiFromEdges } from "../readers/ppi_graph.ts";
import { RandomStream } from "../random.ts";
import { cellularProcesses } from "./simulator_processes.ts";
import type { PpiGraph } from "../types.ts";

/** Genes, the process each belongs to, and how they are wired. Drawn once a seed, the same for every cell line. */
export interface SimulatedNetwork {
  readonly genes: readonly string[];
  /** Process of each gene, an index into `cellularProcesses`. */
  readonly processOf: Uint32Array<ArrayBuffer>;
  /** How strongly each gene follows its process' programme, log2 units a unit of activity; a fifth of the genes are repressed. */
  readonly loading: Float64Array<ArrayBuffer>;
  /** What a model is told: which proteins interact. */
  readonly ppi: PpiGraph;
  /** What it is not told: how an interaction passes a change on. Off-diagonal, dense genes x genes, spectral radius at most 1. */
  readonly influence: Float64Array<ArrayBuffer>;
}

/**
 * Draws genes, modules and interactions.
 *
 * Genes beyond the named ones (SIM0001, ...) are dealt over the processes. Inside a process each gene binds two of the genes
 * before it, preferring well-connected ones, so that hubs arise as in real interaction maps; one gene in four also binds a
 * gene of any process.
 */
export function simulateNetwork(seed: number, geneCount: number): SimulatedNetwork {
  const random = new RandomStream(seed, 1);
  const genes: string[] = [], processes: number[] = [];
  const deepest = Math.max(...cellularProcesses.map((process) => process.genes.length));
  for (let place = 0; place < deepest; place++) {
    cellularProcesses.forEach((process, number) => {
      if (place >= process.genes.length) return;
      genes.push(process.genes[place]);
      processes.push(number);
    });
  }
  for (let number = 1; genes.length < geneCount; number++) {
    genes.push(`SIM${String(number).padStart(4, "0")}`);
    processes.push((number - 1) % cellularProcesses.length);
  }
  genes.length = processes.length = geneCount;

  const edges: [number, number][] = [];
  const ends: number[][] = cellularProcesses.map(() => []);
  genes.forEach((_, gene) => {
    const known = ends[processes[gene]];
    if (known.length > 0) {
      for (let link = 0; link < 2; link++) {
        const partner = random.pick(known);
        if (partner === gene) continue;
        edges.push([gene, partner]);
        known.push(gene, partner);
      }
    } else known.push(gene);
    if (gene > 0 && random.uniform() < 0.25) edges.push([gene, random.below(gene)]);
  });
  const ppi = ppiFromEdges(genes, edges);

  const loading = Float64Array.from(genes, () => {
    const size = 0.4 + 0.6 * random.uniform();
    return random.uniform() < 0.2 ? -size : size;
  });
  return {
    genes,
    processOf: Uint32Array.from(processes),
    loading,
    ppi,
    influence: signedInfluence(ppi, random),
  };
}

/** Each interaction activates or, one time in four, represses; scaled by the square roots of both degrees. */
function signedInfluence(
  { genes, indptr, indices }: PpiGraph,
  random: RandomStream,
): Float64Array<ArrayBuffer> {
  const n = genes.length;
  const degree = (gene: number) => Math.max(1, indptr[gene + 1] - indptr[gene] - 1);
  const influence = new Float64Array(n * n);
  for (let gene = 0; gene < n; gene++) {
    for (let at = indptr[gene]; at < indptr[gene + 1]; at++) {
      const partner = indices[at];
      if (partner >= gene) continue;
      const sign = random.uniform() < 0.25 ? -1 : 1;
      const weight = sign / Math.sqrt(degree(gene) * degree(partner));
      influence[gene * n + partner] = influence[partner * n + gene] = weight;
    }
  }
  return influence;
}
