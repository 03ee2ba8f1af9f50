import { RandomStream } from "../random.ts";
import type { SimulatedNetwork } from "../simulator/simulator_network.ts";
import { cellularProcesses } from "../simulator/simulator_processes.ts";
import type { FeatureTable } from "./types.ts";

/** Pathway names of the simulator's processes, in its order; all sort before UNKNOWN. */
export const simulatedPathways: readonly string[] = cellularProcesses.map(({ name }) =>
  `SIM_${name.toUpperCase().replaceAll(" ", "_")}`
);

const interactionColumns = 32;

/**
 * Vectors of the simulated genes: the loading on each process, then 32 columns of what two random steps over the interaction
 * graph make of random numbers, so that neighbours are alike. What published gene vectors carry, in small.
 */
export function simulatedGeneVectors(seed: number, network: SimulatedNetwork): FeatureTable {
  const { genes, ppi, processOf, loading } = network;
  const processes = cellularProcesses.length;
  const random = new RandomStream(seed, 7);
  let spread = Float64Array.from({ length: genes.length * interactionColumns }, () => random.normal());
  for (let step = 0; step < 2; step++) {
    const next = new Float64Array(spread.length);
    for (let gene = 0; gene < genes.length; gene++) {
      const degree = ppi.indptr[gene + 1] - ppi.indptr[gene];
      for (let at = ppi.indptr[gene]; at < ppi.indptr[gene + 1]; at++) {
        for (let column = 0; column < interactionColumns; column++) {
          next[gene * interactionColumns + column] += spread[ppi.indices[at] * interactionColumns + column] /
            Math.sqrt(degree);
        }
      }
    }
    spread = next;
  }
  const width = processes + interactionColumns;
  const scale = Math.sqrt(spread.reduce((sum, value) => sum + value * value, 0) / spread.length);
  const values = new Float32Array(genes.length * width);
  genes.forEach((_, gene) => {
    values[gene * width + processOf[gene]] = loading[gene];
    const own = spread.subarray(gene * interactionColumns, (gene + 1) * interactionColumns);
    values.set(own.map((value) => value / scale), gene * width + processes);
  });
  return { file: `simulator, seed ${seed}`, names: genes, width, values };
}

/** Start values of the pathway table: the mean vector of each process' genes, turned into `width` columns at random. */
export function simulatedPathwayEmbedding(
  seed: number,
  network: SimulatedNetwork,
  vectors: FeatureTable,
  width: number,
): FeatureTable {
  const random = new RandomStream(seed, 8);
  const turn = Float64Array.from(
    { length: vectors.width * width },
    () => random.normal() / Math.sqrt(vectors.width),
  );
  const values = new Float32Array(simulatedPathways.length * width);
  simulatedPathways.forEach((_, pathway) => {
    const mean = new Float64Array(vectors.width);
    let members = 0;
    network.processOf.forEach((process, gene) => {
      if (process !== pathway) return;
      members++;
      mean.forEach((_, column) => mean[column] += vectors.values[gene * vectors.width + column]);
    });
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let from = 0; from < vectors.width; from++) {
        sum += mean[from] / members * turn[from * width + column];
      }
      values[pathway * width + column] = sum;
    }
  });
  const columns = Array.from({ length: width }, (_, column) => String(column));
  return { file: vectors.file, names: simulatedPathways, columns, width, values };
}
