import type { SimulatedCell } from "./simulator_cells.ts";
import type { SimulatedDrug } from "./simulator_drugs.ts";
import type { SimulatedNetwork } from "./simulator_network.ts";
import { cellularProcesses, processBrakes } from "./simulator_processes.ts";

/** Hours in which a change spreads over one interaction. */
const spreadTime = 12;
/** Hours in which a transcriptional programme follows its signal (1 - 1/e of it). */
const programmeTime = 10;
/** Largest change of a gene, log2 units. */
const saturation = 4;

/** One target of a drug in one cell line. */
interface Engagement {
  readonly gene: number;
  /** How much of the pathway's output hangs on the target here, 0 to 2. */
  readonly dependence: number;
  /** Change of the target's own activity at full occupancy, log2 units. */
  readonly change: number;
}

/**
 * Change of every gene, log2 units, in a cell line at a dose (µM) and a time (hours).
 *
 * 1. Occupancy of the targets: dose / (dose + half dose).
 * 2. Dependence: an idle pathway has little to lose. Dependence = 2 / (1 + exp(-1.5 d)) where d is the target's basal
 *    expression in this line in standard deviations. This is where drug and cell line interact.
 * 3. Near field: the change at the targets diffuses over the interaction network, exp(-τ (I - W)) with τ = time / 12 h.
 * 4. Programmes: the output of the targets' processes changes, and the processes they drive follow with the stated weights,
 *    two links deep, each 1 - exp(-time / 10 h) of the way. In lines without working p53 its programme follows by a tenth.
 * 5. Genes follow their process by their loading; a gene's change saturates at 4 log2 units.
 */
export function drugResponse(
  network: SimulatedNetwork,
  cell: SimulatedCell,
  drug: SimulatedDrug,
  dose: number,
  time: number,
): Float64Array<ArrayBuffer> {
  const occupancy = dose / (dose + drug.halfDose);
  const sources = new Float64Array(network.genes.length);
  const output = new Float64Array(cellularProcesses.length);
  for (const { gene, dependence, change } of engagements(network, cell, drug)) {
    const felt = occupancy * dependence * change;
    sources[gene] += felt;
    output[network.processOf[gene]] += processBrakes.has(network.genes[gene]) ? -felt : felt;
  }
  const near = diffuse(network, sources, time / spreadTime);
  const programmes = follow(output, cell, 1 - Math.exp(-time / programmeTime));
  return near.map((value, gene) => {
    const change = value + network.loading[gene] * programmes[network.processOf[gene]];
    return saturation * Math.tanh(change / saturation);
  });
}

/**
 * ln IC50 (µM) without measurement noise: the half dose, lowered where losing the target costs the line growth or brings on
 * death, and for every drug where its cycle runs fast (general sensitivity). Molecules without effect end at the highest dose
 * that assays reach.
 */
export function logIc50Of(network: SimulatedNetwork, cell: SimulatedCell, drug: SimulatedDrug): number {
  const highest = Math.log(1000);
  if (drug.strength === 0) return highest;
  const output = new Float64Array(cellularProcesses.length);
  for (const { gene, dependence, change } of engagements(network, cell, drug)) {
    output[network.processOf[gene]] += (processBrakes.has(network.genes[gene]) ? -1 : 1) * dependence *
      change;
  }
  const programmes = follow(output, cell, 1);
  const of = (name: string) => programmes[processNumber(name)];
  // Growth lost and death gained: a log2 unit in sum shifts the IC50 by e.
  const vigour = cell.activity[processNumber("cell cycle")];
  const harm = Math.max(
    0,
    -of("cell cycle") - of("mitosis") - of("MYC and ribosome") + of("p53") + of("proteostasis"),
  );
  return Math.min(highest, Math.log(drug.halfDose) + 3 - 4 * Math.tanh(harm / 4) - 0.5 * vigour);
}

function engagements(network: SimulatedNetwork, cell: SimulatedCell, drug: SimulatedDrug): Engagement[] {
  const direction = drug.action === "inhibits" ? -1 : 1;
  return drug.targets.map((symbol) => {
    const gene = network.genes.indexOf(symbol);
    const dependence = 2 / (1 + Math.exp(-1.5 * cell.deviation[gene]));
    return { gene, dependence, change: direction * drug.strength / Math.sqrt(drug.targets.length) };
  });
}

/** exp(-τ (I - W)) x by its series; W has norm at most 1, so the terms are bounded by those of a Poisson distribution. */
function diffuse(network: SimulatedNetwork, sources: Float64Array, tau: number): Float64Array<ArrayBuffer> {
  const n = network.genes.length;
  const result = new Float64Array(n);
  let term = sources.map((value) => value * Math.exp(-tau));
  let weight = Math.exp(-tau), reached = 0;
  for (let order = 1;; order++) {
    for (let gene = 0; gene < n; gene++) result[gene] += term[gene];
    reached += weight;
    if (1 - reached < 1e-6 || order > 200) return result;
    weight *= tau / order;
    const next = new Float64Array(n);
    const { indptr, indices } = network.ppi;
    for (let gene = 0; gene < n; gene++) {
      let sum = 0;
      for (let at = indptr[gene]; at < indptr[gene + 1]; at++) {
        sum += network.influence[gene * n + indices[at]] * term[indices[at]];
      }
      next[gene] = sum * tau / order;
    }
    term = next;
  }
}

/** Programmes of all processes: their own output and what reaches them over one and over two links. */
function follow(output: Float64Array, cell: SimulatedCell, progress: number): Float64Array<ArrayBuffer> {
  // In lines without working p53 neither its own genes nor what it drives follow.
  const gate = (values: Float64Array) => cell.wildTypeP53 ? values : values.with(p53, 0.1 * values[p53]);
  let wave = gate(output);
  const total = Float64Array.from(wave, (value) => value * progress);
  for (let link = 1, share = progress * progress; link <= 2; link++, share *= progress) {
    const next = new Float64Array(wave.length);
    cellularProcesses.forEach((process, from) => {
      for (const [name, weight] of Object.entries(process.drives)) {
        next[processNumber(name)] += weight * wave[from];
      }
    });
    wave = gate(next);
    wave.forEach((value, process) => total[process] += share * value);
  }
  return total;
}

function processNumber(name: string): number {
  return cellularProcesses.findIndex((process) => process.name === name);
}

const p53 = processNumber("p53");
