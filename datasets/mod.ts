/**
 * Readers and writers of the CSG2A and BADGER file layouts, molecules, and what is computed from them on the host. Nothing here
 * touches a GPU.
 *
 * @module
 */

// Readers, molecules, PPI graphs.
export * from "./types.ts";
export { UserError } from "./user_error.ts";
export { type ExpressionTableOptions, readExpressionTable } from "./readers/read_expression_table.ts";
export { type WritableExpressionTable, writeExpressionTable } from "./readers/write_expression_table.ts";
export { type FolderOptions, readPretrainingFolder } from "./readers/read_pretraining_folder.ts";
export { finetuningDose, finetuningTime, readFinetuningFolder } from "./readers/read_finetuning_folder.ts";
export { readPredictionInput } from "./readers/read_prediction_input.ts";
export { writeFinetuningFolder, writePretrainingFolder } from "./readers/write_data_folder.ts";
export { buildSampleTable, type SampleRow, selectSamples } from "./readers/sample_table.ts";
export { type MoleculeData, selectMatrixRows, selectRows } from "./readers/select_rows.ts";
export { alignGenes } from "./readers/align_genes.ts";
export { readGeneList } from "./readers/read_gene_list.ts";
export { type PpiFromFile, readPpiEdges } from "./readers/read_ppi_edges.ts";
export { ppiFromDense, ppiFromEdges, type PpiOptions, ppiRowSums, ppiToDense } from "./readers/ppi_graph.ts";
export { RowError, type RowPlace } from "./readers/csv.ts";
export { csvLine } from "./readers/csv_line.ts";
export { float32Text } from "./readers/float32_text.ts";
export { type FileContent, writeFileAtomic } from "./readers/write_file_atomic.ts";
export {
  Chemistry,
  type FeaturizeAllOptions,
  type FeaturizedMolecules,
  type FeaturizeOptions,
} from "./molecules/chemistry.ts";
export type { BadSmiles } from "./molecules/bad_smiles.ts";
export type { Structure, StructureAtom, StructureBond } from "./molecules/structure.ts";
export { type Conformers, readConformers } from "./molecules/conformers.ts";
export { dummyMolecule } from "./molecules/molecule_graph.ts";
export { attachMolecules, type DataWithMolecules } from "./molecules/attach_molecules.ts";
export { collateMolecules, type PaddedMolecules } from "./molecules/collate_molecules.ts";
export { atomFeatureCount } from "./molecules/atom_features.ts";

export { type NeuralGraph, neuralGraph } from "./molecules/neural_graph.ts";
export {
  neuralAtomFeatureCount,
  neuralBondFeatureCount,
  neuralMaximumDegree,
} from "./molecules/neural_graph.ts";
export { batchNeuralGraphs, type NeuralGraphBatch } from "./molecules/batch_neural_graphs.ts";
export { type BricsFragments } from "./molecules/brics.ts";

// The BADGER layout.
export * from "./badger/mod.ts";

// Splits and batches.
export { hashOrder, hashSplit, type HashSplitOptions } from "./splits/hash_split.ts";
export { torchRandomSplit, torchRandperm } from "./splits/torch_random_split.ts";
export { type FoldKind, type FoldOptions, kFold } from "./splits/k_fold.ts";
export { type Conditions, conditionsOf } from "./splits/conditions.ts";
export { conditionSplit } from "./splits/condition_split.ts";
export { shuffledBatches } from "./splits/shuffled_batches.ts";
export { hashKeys, mix32, RandomStream } from "./random.ts";

// Metrics and free baselines.
export * from "./metrics/metrics.ts";
export {
  geneTable,
  type GroupMetrics,
  groupTable,
  type MetricSummary,
  summariseMetrics,
} from "./metrics/metric_tables.ts";
export {
  type RankingCutoffs,
  rankingCutoffs,
  type RankingEnd,
  type RankingSummary,
  summariseRanking,
} from "./metrics/ranking_summary.ts";
export { type PathwayMetrics, pathwayMetrics } from "./metrics/ranking_pathways.ts";
export { ndcg } from "./metrics/ranking.ts";
export { kendallTau } from "./metrics/kendall_tau.ts";
export { type Baseline } from "./baselines/baseline.ts";
export { pretrainingBaselines } from "./baselines/pretraining_baselines.ts";
export { finetuningBaselines } from "./baselines/finetuning_baselines.ts";
export {
  type FeatureMatrix,
  ridgeBaseline,
  type RidgeFit,
  ridgePenalties,
} from "./baselines/ridge_baseline.ts";

// Statistics.
export { type RobustZ, robustZ } from "./statistics/robust_z.ts";
export { combat, type CombatResult } from "./statistics/combat.ts";
export { type Alternative, pairedTTest, studentTTest, type TTest, welchTTest } from "./statistics/t_tests.ts";
export { pairedBootstrap, type PairedDifference } from "./statistics/paired_bootstrap.ts";
export { hypergeometricTail } from "./statistics/hypergeometric_tail.ts";
export { benjaminiHochberg } from "./statistics/benjamini_hochberg.ts";

// The simulator.
export { type SimulatedL1000, simulateL1000 } from "./simulator/simulator.ts";
export { type SimulatorInput, type SimulatorOptions } from "./simulator/simulator_options.ts";
export { simulatedDecoys, type SimulatedDrug, simulatedDrugs } from "./simulator/simulator_drugs.ts";
