/**
 * BADGER data on the host: reading, preparing and simulating the layout of badger.md section 4, its folds, baselines and
 * neighbours.
 *
 * @module
 */
export * from "./types.ts";
export { type BadgerReadOptions, readBadgerFolder } from "./read_badger_folder.ts";
export {
  prepareBadgerFolder,
  type PrepareBadgerOptions,
  type PreparedBadger,
} from "./prepare_badger_folder.ts";
export {
  type SimulatedBadger,
  type SimulatedBadgerOptions,
  writeBadgerFolder,
} from "./simulate_badger_folder.ts";
export { type BadgerFoldInput, type BadgerFoldKind, badgerFolds } from "./badger_folds.ts";
export { foldsOfBadger, hashSplitOfBadger } from "./split_badger.ts";
export { badgerBaselines } from "./badger_baselines.ts";
export { badgerFeatures } from "./badger_features.ts";
export { nearestTrainingRows, tanimoto } from "./nearest_training_rows.ts";
export { meanOfRows, type NearestRows, nearestRows } from "./nearest_rows.ts";
export { type GeneCounts, geneCounts } from "./gene_counts.ts";
export { cellSimilarity, embedCell, embedProfiles } from "./cell_similarity.ts";
export { collateFragments, type FragmentBatch } from "./collate_fragments.ts";
export { badgerDrug, fragmentDrug, type FragmentedDrug, type FragmentMode } from "./drug_fragments.ts";
export { type MetaPart, metaVectors } from "./meta_vectors.ts";
export {
  permuteBadgerCells,
  permuteBadgerDrugs,
  selectBadgerGenes,
  selectBadgerRows,
  zeroBadgerDrugs,
} from "./select_badger.ts";
export { checkTableWidth, pickRows } from "./feature_tables.ts";
export { type FeatureTableOptions, readFeatureTable } from "./read_feature_table.ts";
export { type DrugSmiles, readDrugSmiles } from "./read_drug_smiles.ts";
export { type LibraryDrug, readDrugLibrary } from "./read_drug_library.ts";
export { readGeneValues } from "./read_gene_values.ts";
export { readDrugVectors } from "./read_drug_vectors.ts";
export { type LastPathway } from "./pathway_labels.ts";
export { badgerFileNames } from "./badger_files.ts";
