import { attachMolecules } from "../datasets/molecules/attach_molecules.ts";
import { Chemistry } from "../datasets/molecules/chemistry.ts";
import { alignGenes } from "../datasets/readers/align_genes.ts";
import { readFinetuningFolder } from "../datasets/readers/read_finetuning_folder.ts";
import { readPretrainingFolder } from "../datasets/readers/read_pretraining_folder.ts";
import { buildSampleTable, type SampleRow } from "../datasets/readers/sample_table.ts";
import { selectMatrixRows } from "../datasets/readers/select_rows.ts";
import type { MoleculeGraph, SampleTable } from "../datasets/types.ts";
import type { RunConfig } from "../models/run_config.ts";
import { rowMolecules } from "./drug_control.ts";
import { moleculeOptions, outputsOf, type PreparedRun, targetOf, type TrainingData } from "./prepare_run.ts";

/**
 * A run whose test part is another folder: all its rows are tested, and the baselines' means stay those of the run's
 * own training rows. Genes may stand in any order.
 *
 * @throws {UserError} when the folder is faulty, lacks a gene of the model or has one it does not know.
 */
export async function withOtherData(
  own: PreparedRun,
  folder: string,
  config: RunConfig,
): Promise<PreparedRun> {
  const { skipBad } = config.molecules;
  const raw = config.stage === "pretraining"
    ? await readPretrainingFolder(folder, { skipBad })
    : await readFinetuningFolder(folder, { skipBad });
  const aligned = alignGenes(raw, own.data.genes);
  const other = attachMolecules(await Chemistry.load(), aligned, await moleculeOptions(config));

  const trained = own.split.train, tested = other.data.samples.rows;
  const samples = buildSampleTable([
    ...Array.from(trained, (row) => sampleRow(own.data.samples, row)),
    ...Array.from({ length: tested }, (_, row) => sampleRow(other.data.samples, row)),
  ]);
  const graphs = new Map<string, MoleculeGraph>();
  own.data.samples.drugs.forEach((smiles, drug) => graphs.set(smiles, own.molecules[drug]));
  other.data.samples.drugs.forEach((smiles, drug) => graphs.set(smiles, other.molecules[drug]));
  const molecules = samples.drugs.map((smiles) => graphs.get(smiles)!);
  const join = (values: (data: TrainingData) => Float32Array, width: number) => {
    const joined = new Float32Array((trained.length + tested) * width);
    joined.set(selectMatrixRows(values(own.data), width, trained));
    joined.set(values(other.data), trained.length * width);
    return joined;
  };
  const basal = join(({ basal }) => basal, own.data.genes.length);
  const target = join(targetOf, outputsOf(own.data));
  const data: TrainingData = own.data.kind === "pretraining"
    ? { ...own.data, folder, samples, basal, perturbed: target }
    : { ...own.data, folder, samples, basal, logIc50: target };
  return {
    ...own,
    data,
    molecules,
    shown: rowMolecules(samples, molecules, config.molecules.drug, config.training.seed),
    split: {
      name: `all rows of ${folder}`,
      train: Uint32Array.from(trained, (_, place) => place),
      validation: new Uint32Array(),
      test: Uint32Array.from({ length: tested }, (_, place) => trained.length + place),
    },
    skippedRows: other.data.skipped ?? [],
    badSmiles: other.bad,
    notes: [
      `Tested on all rows of ${folder}; baselines are means over the ${trained.length} training rows of the run.`,
    ],
  };
}

function sampleRow(samples: SampleTable, row: number): SampleRow {
  const drug = samples.drugOfRow[row];
  const name = samples.drugNames[drug];
  return {
    dose: samples.dose[row],
    time: samples.time[row],
    smiles: samples.smiles[row],
    drugName: name === samples.drugs[drug] ? undefined : name,
    cell: samples.cells?.[row],
    fileRow: samples.fileRows?.[row],
  };
}
