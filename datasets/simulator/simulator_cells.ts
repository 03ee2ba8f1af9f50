import { RandomStream } from "../random.ts";
import type { SimulatedNetwork } from "./simulator_network.ts";
import { cellularProcesses } from "./simulator_processes.ts";

/** A cell line: what its processes do when nothing is added, and the expression that follows. */
export interface SimulatedCell {
  readonly name: string;
  /** Activity of each process in standard deviations of the population of cell lines. */
  readonly activity: Float64Array<ArrayBuffer>;
  /** Basal log2 expression of each gene. */
  readonly expression: Float64Array<ArrayBuffer>;
  /** How far each gene's basal expression is from the population's mean, in its standard deviations. */
  readonly deviation: Float64Array<ArrayBuffer>;
  /** Whether p53 works; in the others the p53 programme hardly answers, as in more than half of all tumour lines. */
  readonly wildTypeP53: boolean;
}

/** With the loadings this gives a spread of 1.0 between lines; 165 real lines have a median over genes of 1.02. */
const unexplained = 0.7;

/**
 * Draws cell lines: expression = gene's mean + loading x activity of its process + a rest of 0.7 log2 units.
 *
 * Line number k is the same however many lines are drawn.
 */
export function simulateCells(seed: number, network: SimulatedNetwork, count: number): SimulatedCell[] {
  const base = new RandomStream(seed, 2);
  const geneMean = Float64Array.from(network.genes, () => 8.4 + 1.8 * base.normal());
  return Array.from({ length: count }, (_, number) => {
    const random = new RandomStream(seed, 3, number);
    const activity = Float64Array.from(cellularProcesses, () => random.normal());
    const difference = Float64Array.from(
      network.genes,
      (_, gene) => network.loading[gene] * activity[network.processOf[gene]] + unexplained * random.normal(),
    );
    return {
      name: `LINE${String(number + 1).padStart(2, "0")}`,
      activity,
      expression: difference.map((value, gene) => geneMean[gene] + value),
      deviation: difference.map((value, gene) => value / Math.hypot(network.loading[gene], unexplained)),
      wildTypeP53: random.uniform() < 0.4,
    };
  });
}
