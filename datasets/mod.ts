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
