/**
 * Readers and writers of the CSG2A file layouts, molecules, and what is computed from them on the host. Nothing here
 * touches a GPU.
 *
 * @module
 */

// Readers, molecules, PPI graphs.
export * from "./types.ts";
export { UserError } from "./user_error.ts";
export { type ExpressionTableOptions, readExpressionTable } from "./read_expression_table.ts";
export { type WritableExpressionTable, writeExpressionTable } from "./write_expression_table.ts";
export { type FolderOptions, readPretrainingFolder } from "./read_pretraining_folder.ts";
export { finetuningDose, finetuningTime, readFinetuningFolder } from "./read_finetuning_folder.ts";
export { readPredictionInput } from "./read_prediction_input.ts";
export { writeFinetuningFolder, writePretrainingFolder } from "./write_data_folder.ts";
export { buildSampleTable, type SampleRow, selectSamples } from "./sample_table.ts";
export { type MoleculeData, selectMatrixRows, selectRows } from "./select_rows.ts";
export { alignGenes } from "./align_genes.ts";
export { readGeneList } from "./read_gene_list.ts";
export { type PpiFromFile, readPpiEdges } from "./read_ppi_edges.ts";
export { ppiFromDense, ppiFromEdges, type PpiOptions, ppiRowSums, ppiToDense } from "./ppi_graph.ts";
export { RowError, type RowPlace } from "./csv.ts";
export { csvLine } from "./csv_line.ts";
export { float32Text } from "./float32_text.ts";
export { type FileContent, writeFileAtomic } from "./write_file_atomic.ts";
export {
  Chemistry,
  type FeaturizeAllOptions,
  type FeaturizedMolecules,
  type FeaturizeOptions,
} from "./chemistry.ts";
export type { BadSmiles } from "./bad_smiles.ts";
export type { Structure, StructureAtom, StructureBond } from "./structure.ts";
export { type Conformers, readConformers } from "./conformers.ts";
export { dummyMolecule } from "./molecule_graph.ts";
export { attachMolecules, type DataWithMolecules } from "./attach_molecules.ts";
export { collateMolecules, type PaddedMolecules } from "./collate_molecules.ts";
export { atomFeatureCount } from "./atom_features.ts";

// Splits and batches.
export { hashOrder, hashSplit, type HashSplitOptions } from "./hash_split.ts";
export { torchRandomSplit, torchRandperm } from "./torch_random_split.ts";
export { type FoldKind, type FoldOptions, kFold } from "./k_fold.ts";
export { type Conditions, conditionsOf } from "./conditions.ts";
export { conditionSplit } from "./condition_split.ts";
export { shuffledBatches } from "./shuffled_batches.ts";
export { hashKeys, mix32, RandomStream } from "./random.ts";

// Metrics and free baselines.
export * from "./metrics.ts";
export {
  geneTable,
  type GroupMetrics,
  groupTable,
  type MetricSummary,
  summariseMetrics,
} from "./metric_tables.ts";
export { type Baseline } from "./baseline.ts";
export { pretrainingBaselines } from "./pretraining_baselines.ts";
export { finetuningBaselines } from "./finetuning_baselines.ts";
export { type FeatureMatrix, ridgeBaseline, type RidgeFit, ridgePenalties } from "./ridge_baseline.ts";

// Statistics.
export { type RobustZ, robustZ } from "./robust_z.ts";
export { combat, type CombatResult } from "./combat.ts";
export { type Alternative, pairedTTest, studentTTest, type TTest, welchTTest } from "./t_tests.ts";
export { hypergeometricTail } from "./hypergeometric_tail.ts";
export { benjaminiHochberg } from "./benjamini_hochberg.ts";

// The simulator.
export { type SimulatedL1000, simulateL1000 } from "./simulator.ts";
export { type SimulatorInput, type SimulatorOptions } from "./simulator_options.ts";
export { simulatedDecoys, type SimulatedDrug, simulatedDrugs } from "./simulator_drugs.ts";
