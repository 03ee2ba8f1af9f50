import { Chemistry } from "../molecules/chemistry.ts";
import { withColumns } from "../matrix.ts";
import { simulateL1000 } from "../simulator/simulator.ts";
import { simulateNetwork } from "../simulator/simulator_network.ts";
import type { SimulatorInput } from "../simulator/simulator_options.ts";
import type { FinetuningData } from "../types.ts";
import { byCodePoint } from "./code_point_order.ts";
import { cellSimilarity } from "./cell_similarity.ts";
import { pickRows } from "./feature_tables.ts";
import { FragmentStore } from "./fragment_store.ts";
import { replicateSignatures } from "./replicate_signatures.ts";
import { simulatedGeneVectors, simulatedPathwayEmbedding, simulatedPathways } from "./simulated_features.ts";
import type { FeatureTable } from "./types.ts";
import { writeBadgerLayout } from "./write_badger_layout.ts";

/** Options of `writeBadgerFolder`. */
export interface SimulatedBadgerOptions {
  /** Of the simulator; by default 8 cell lines, 32 drugs and 4 decoys at 10 µM and 24 h in 3 replicates, 240 genes. */
  readonly simulator?: SimulatorInput;
  /** Columns of the pathway embedding: the hidden width of the model that will take it. Default 128, as released. */
  readonly pathwayWidth?: number;
}

/** What was simulated. */
export interface SimulatedBadger {
  /** Signatures written. */
  readonly signatures: number;
  /** Of these with a tas_score above 0.2 and a qc_pass of 1: what reading by default keeps. */
  readonly active: number;
}

/**
 * Writes a BADGER folder from the embedded simulator, so that every command has data on a fresh machine.
 *
 * Signatures are made from simulated wells as LINCS makes Level 5; pathways are the processes of the simulated cell, gene
 * vectors and pathway embedding come from its network, cell vectors from the control profiles of its lines. A signature
 * passes quality control when its replicates agree (75th percentile of their correlations at least 0.2).
 *
 * @throws {UserError} for options that cannot be used, or a folder that cannot be written.
 */
export async function writeBadgerFolder(
  folder: string,
  { simulator, pathwayWidth = 128 }: SimulatedBadgerOptions = {},
): Promise<SimulatedBadger> {
  const simulated = simulateL1000({
    cells: 8,
    drugs: 32,
    decoys: 4,
    doses: [10],
    times: [24],
    replicates: 3,
    ...simulator,
    // Of the screen only the untreated profiles are used, and each line needs one.
    responseShare: 1,
  });
  const { options, pretraining, drugs } = simulated;
  const network = simulateNetwork(options.seed, options.genes);
  const { samples } = pretraining;
  const genes = [...pretraining.genes].sort(byCodePoint);
  const place = pretraining.genes.map((gene) => genes.indexOf(gene));
  const idOf = new Map(
    drugs.map(({ name }, number) => [name, `SIM-D${String(number + 1).padStart(3, "0")}`]),
  );
  const nameOf = (row: number) => samples.drugNames[samples.drugOfRow[row]];

  const signatures = replicateSignatures(pretraining);
  const values = new Float32Array(signatures.length * genes.length);
  const rows = signatures.map(({ row, values: own, activity, agreement }, index) => {
    own.forEach((value, gene) => values[index * genes.length + place[gene]] = value);
    const drug = idOf.get(nameOf(row))!, cell = samples.cells![row];
    const dose = `${Number(samples.dose[row].toPrecision(6))} uM`, time = `${samples.time[row]} h`;
    return {
      file: folder,
      fileRow: index + 1,
      id: `SIM_${cell}_${samples.time[row]}H:${drug}:${Number(samples.dose[row].toPrecision(6))}`,
      drug,
      cell,
      dose,
      time,
      activity: activity.toFixed(4),
      quality: agreement >= 0.2 ? "1" : "0",
    };
  });
  const pathwayOf = (gene: string) => simulatedPathways[network.processOf[network.genes.indexOf(gene)]];
  const targetRows = drugs.flatMap(({ name, targets }) =>
    [...new Set(targets.length > 0 ? targets.map(pathwayOf) : [""])].map((pathway) =>
      [idOf.get(name)!, pathway] as const
    )
  );
  // The released rule drops the last pathway name, which has to be UNKNOWN: without decoys nothing else would bring it.
  if (options.decoys === 0) targetRows.push(["SIM-D000", ""]);
  const vectors = simulatedGeneVectors(options.seed, network);
  const controls = controlProfiles(simulated.finetuning, genes);
  const active = rows.filter(({ activity, quality }) => Number(activity) > 0.2 && quality === "1").length;
  await writeBadgerLayout(folder, {
    signatures: { genes, rows, values },
    drugs: new Map(drugs.map(({ name, smiles }) => [idOf.get(name)!, { smiles, name }])),
    similarity: cellSimilarity(controls),
    controls,
    geneTable: { name: "SIMULATED", table: pickRows(vectors, genes, "gene", "the simulator") },
    targets: {
      name: "simulated",
      rows: targetRows,
      embedding: targetedPathways(
        simulatedPathwayEmbedding(options.seed, network, vectors, pathwayWidth),
        drugs.flatMap(({ targets }) => targets.map(pathwayOf)),
      ),
    },
    record: {
      by: "simulator",
      minTas: 0.2,
      requireQc: true,
      details: { options, signatures: rows.length, active },
    },
    fragments: new FragmentStore(await Chemistry.load()),
  });
  return { signatures: rows.length, active };
}

/** Only pathways that a drug of the folder acts in have a label, so only they may have a row. */
function targetedPathways(table: FeatureTable, pathways: readonly string[]): FeatureTable {
  const names = [...new Set(pathways)].sort(byCodePoint);
  return pickRows(table, names, "pathway", "the simulator");
}

/** One control profile a cell line. */
function controlProfiles(
  { samples, basal, genes: columns }: FinetuningData,
  genes: readonly string[],
): FeatureTable {
  const firstRow = new Map<string, number>();
  samples.cells!.forEach((cell, row) => firstRow.has(cell) || firstRow.set(cell, row));
  const names = [...firstRow.keys()].sort(byCodePoint);
  const from = genes.map((gene) => columns.indexOf(gene));
  const values = new Float32Array(names.length * genes.length);
  names.forEach((name, line) => {
    values.set(withColumns(basal, from).take([firstRow.get(name)!]), line * genes.length);
  });
  return { file: "simulator", names, columns: genes, width: genes.length, values };
}
