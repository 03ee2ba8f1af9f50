import { matrixOf } from "../dataset.ts";
import { RandomStream } from "../random.ts";
import { robustZ } from "../statistics/robust_z.ts";
import { buildSampleTable, type SampleRow } from "../readers/sample_table.ts";
import { simulateCells, type SimulatedCell } from "./simulator_cells.ts";
import { simulatedDecoys, type SimulatedDrug, simulatedDrugs } from "./simulator_drugs.ts";
import { type SimulatedNetwork, simulateNetwork } from "./simulator_network.ts";
import { resolveSimulatorOptions, type SimulatorInput, type SimulatorOptions } from "./simulator_options.ts";
import { drugResponse, logIc50Of } from "./simulator_response.ts";
import type { FinetuningData, PpiGraph, PretrainingData } from "../types.ts";

/** A simulated L1000 experiment with a drug-response screen of the same biology. */
export interface SimulatedL1000 {
  /** With every default filled in. */
  readonly options: SimulatorOptions;
  /** Profiles: rows of one condition are its replicates. */
  readonly pretraining: PretrainingData;
  /** ln IC50 of more cell lines, those of the profiles first. */
  readonly finetuning: FinetuningData;
  /** Interactions among the genes, with the identity; the model is given them. */
  readonly ppi: PpiGraph;
  /** The molecules in the order of their numbers in `pretraining.samples.drugs`. */
  readonly drugs: readonly SimulatedDrug[];
}

/**
 * Simulates an L1000 experiment: genes in processes, drug effects that spread over an interaction network, dose and time,
 * cell lines that depend on different pathways, decoys, plates, replicate and control wells.
 *
 * What it states and what it leaves out:
 * - Structures, names and targets of the drugs are real, the gene names of the processes too; every number (expression,
 *   response, network) is made up from the seed. No result on it says anything about a real drug.
 * - Biology: `simulator_processes.ts` (processes and their links), `simulator_cells.ts` (lines), `simulator_network.ts`
 *   (interactions), `simulator_response.ts` (occupancy, dependence, diffusion, programmes).
 * - Drug and cell line interact through the line's expression of the targets and its p53, so no table of drug plus cell
 *   effects explains everything.
 * - Measurement: well = line + response + plate shift + well noise, in log2 units. A plate holds one line, time and
 *   replicate with its own vehicle wells; the basal profile of a treated well is the mean of some of them, drawn at random.
 *   Robust z-scores per gene over all treated and vehicle wells (csg2a.md 6.5), clipped at ±10.
 * - Left out: outlier wells, dose-dependent death of a well, bead-level deconvolution, inferred genes.
 *
 * @throws {UserError} for options that cannot be used.
 *
 * @example
 * ```ts
 * const { pretraining, ppi } = simulateL1000({ drugs: 12, cells: 2 });
 * ```
 */
export function simulateL1000(input: SimulatorInput = {}): SimulatedL1000 {
  const options = resolveSimulatorOptions(input);
  const network = simulateNetwork(options.seed, options.genes);
  const lines = simulateCells(options.seed, network, Math.max(options.cells, options.responseCells));
  const drugs = [...simulatedDrugs.slice(0, options.drugs), ...simulatedDecoys.slice(0, options.decoys)];
  return {
    options,
    pretraining: simulateProfiles(options, network, lines.slice(0, options.cells), drugs),
    finetuning: simulateScreen(options, network, lines.slice(0, options.responseCells), drugs),
    ppi: network.ppi,
    drugs,
  };
}

function simulateProfiles(
  options: SimulatorOptions,
  network: SimulatedNetwork,
  cells: readonly SimulatedCell[],
  drugs: readonly SimulatedDrug[],
): PretrainingData {
  const { seed, doses, times, replicates, controlWells } = options;
  const genes = network.genes.length;
  const conditions = drugs.length * doses.length;
  const plates = cells.length * times.length * replicates;
  // Wells of a plate: its conditions, then its vehicle wells.
  const wellsOfPlate = conditions + controlWells;
  const wells = new Float32Array(plates * wellsOfPlate * genes);
  const rows: SampleRow[] = [];
  const wellOfRow: number[] = [];
  let plate = 0;
  cells.forEach((cell) => {
    times.forEach((time) => {
      const responses = drugs.map((drug) =>
        doses.map((dose) => drugResponse(network, cell, drug, dose, time))
      );
      for (let replicate = 0; replicate < replicates; replicate++, plate++) {
        const random = new RandomStream(seed, 4, plate);
        const shift = Float64Array.from(network.genes, () => options.plateNoise * random.normal());
        for (let well = 0; well < wellsOfPlate; well++) {
          const drug = Math.floor(well / doses.length), dose = well % doses.length;
          const response = well < conditions ? responses[drug][dose] : undefined;
          const at = plate * wellsOfPlate + well;
          for (let gene = 0; gene < genes; gene++) {
            wells[at * genes + gene] = cell.expression[gene] + (response?.[gene] ?? 0) + shift[gene] +
              options.wellNoise * random.normal();
          }
          if (!response) continue;
          const { smiles, name } = drugs[drug];
          rows.push({ dose: doses[dose], time, smiles, drugName: name, cell: cell.name });
          wellOfRow.push(at);
        }
      }
    });
  });

  const z = robustZ(wells, genes).z.map(clip);
  const perturbed = new Float32Array(rows.length * genes), basal = new Float32Array(rows.length * genes);
  wellOfRow.forEach((well, row) => {
    perturbed.set(z.subarray(well * genes, (well + 1) * genes), row * genes);
    const firstControl = (Math.floor(well / wellsOfPlate) + 1) * wellsOfPlate - controlWells;
    const drawn = new RandomStream(seed, 5, row).permutation(controlWells).subarray(
      0,
      options.controlsAveraged,
    );
    for (const control of drawn) {
      const at = (firstControl + control) * genes;
      for (let gene = 0; gene < genes; gene++) basal[row * genes + gene] += z[at + gene] / drawn.length;
    }
  });
  return {
    kind: "pretraining",
    folder: `simulator, seed ${seed}`,
    genes: network.genes,
    samples: buildSampleTable(rows),
    basal: matrixOf(basal, genes),
    perturbed: matrixOf(perturbed, genes),
  };
}

/** The screen: a share of all (drug, line) pairs; basal profiles are robust z-scores over the lines, one a line. */
function simulateScreen(
  options: SimulatorOptions,
  network: SimulatedNetwork,
  cells: readonly SimulatedCell[],
  drugs: readonly SimulatedDrug[],
): FinetuningData {
  const genes = network.genes.length;
  const random = new RandomStream(options.seed, 6);
  const measured = new Float32Array(cells.length * genes);
  cells.forEach((cell, line) =>
    measured.set(cell.expression.map((x) => x + 0.1 * random.normal()), line * genes)
  );
  const profiles = robustZ(measured, genes).z.map(clip);
  const rows: SampleRow[] = [], lineOfRow: number[] = [], logIc50: number[] = [];
  drugs.forEach((drug) => {
    cells.forEach((cell, line) => {
      const taken = random.uniform() < options.responseShare, noise = options.responseNoise * random.normal();
      if (!taken) return;
      rows.push({ dose: 10, time: 72, smiles: drug.smiles, drugName: drug.name, cell: cell.name });
      lineOfRow.push(line);
      logIc50.push(logIc50Of(network, cell, drug) + noise);
    });
  });
  const basal = new Float32Array(rows.length * genes);
  lineOfRow.forEach((line, row) =>
    basal.set(profiles.subarray(line * genes, (line + 1) * genes), row * genes)
  );
  return {
    kind: "finetuning",
    folder: `simulator, seed ${options.seed}`,
    genes: network.genes,
    samples: buildSampleTable(rows),
    basal: matrixOf(basal, genes),
    logIc50: Float32Array.from(logIc50),
  };
}

function clip(z: number): number {
  return Math.max(-10, Math.min(10, z));
}
