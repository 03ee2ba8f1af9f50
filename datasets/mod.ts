/**
 * Data as every model, split, metric and page sees them: a **layout** reads a folder into a **row table** ({@link Dataset}), whose
 * drugs and cell lines are told apart by identity; a rule splits it; predictions of its rows are evaluated. Nothing here touches a
 * GPU.
 *
 * @example
 * ```ts
 * const layout = layoutNamed("profiles");
 * const data = await layout.read("data/skbr3", layout.settings.parse({}), { identity: "parent" });
 * const split = await makeSplit({ rule: "drug-blind", number: 0 }, data);
 * console.log(data.notes, (await splitOverlap(data, split)).sentences);
 * ```
 *
 * @module
 */

// Row tables.
export { type Dataset, type DrugIdentity, type Key, type Matrix, matrixOf } from "./dataset.ts";
export type { Outputs, SkippedRow, SourceFile } from "./dataset.ts";
export type { DistanceMode, MoleculeGraph, PpiGraph, SampleTable, Split } from "./types.ts";
export { UserError } from "./user_error.ts";

// Layouts: how folders and questions become row tables.
export { layoutNamed, layouts } from "./layouts/mod.ts";
export type {
  Control,
  ControlName,
  Layout,
  Query,
  QueryDrug,
  QueryRequest,
  QuerySource,
  ReadContext,
} from "./layouts/layout.ts";
export type { ProfileInputs } from "./layouts/basal_profiles/inputs.ts";
export type { BadgerData, BadgerDrug, BadgerLists, FeatureTable } from "./badger/types.ts";
export type { PathwayLabels, SignatureCounts } from "./badger/types.ts";

export type { SettingsSchema } from "./settings_schema.ts";

// Identity.
export { type DrugIdentities, drugIdentities } from "./identity/drug_identity.ts";
export { type CellAliases, cellIdentity, readCellAliases } from "./identity/cell_identity.ts";
export { keyOf, type KeyOptions, unitOf } from "./identity/key.ts";
export { Chemistry } from "./molecules/chemistry.ts";
export type { FeaturizeAllOptions, FeaturizedMolecules, FeaturizeOptions } from "./molecules/chemistry.ts";
export type { OnBits } from "./molecules/fingerprint.ts";
export type { BadSmiles } from "./molecules/bad_smiles.ts";
export type { BricsFragments } from "./molecules/brics.ts";
export type { Conformers } from "./molecules/conformers.ts";
export type { Structure, StructureAtom, StructureBond } from "./molecules/structure.ts";

// Splits.
export { makeSplit, ruleName } from "./splits/make_split.ts";
export { type SplitRule, splitRuleSchema } from "./splits/split_rule.ts";
export { checksumOfSplit, readSplitFile, type SplitFile, writeSplitFile } from "./splits/split_file.ts";
export { type SharedUnits, type SplitOverlap, splitOverlap } from "./splits/overlap.ts";

// Folders of one's own.
export { prepareBadgerFolder } from "./badger/prepare_badger_folder.ts";
export type { PrepareBadgerOptions, PreparedBadger } from "./badger/prepare_badger_folder.ts";
export { writeFinetuningFolder, writePretrainingFolder } from "./readers/write_data_folder.ts";
export type { TableForm } from "./formats/data_tables.ts";
export type { FinetuningData, PretrainingData } from "./types.ts";
export { type SimulatedL1000, simulateL1000 } from "./simulator/simulator.ts";
export type { SimulatorInput, SimulatorOptions } from "./simulator/simulator_options.ts";
export type { SimulatedDrug } from "./simulator/simulator_drugs.ts";

// Evaluation.
export { evaluate, type EvaluationRequest } from "./evaluation/evaluate.ts";
export {
  type FilePredictions,
  readPredictionFile,
  writePredictionFile,
} from "./evaluation/prediction_file.ts";
export type { MatchOptions } from "./evaluation/row_matcher.ts";
export { type Mechanisms, readMechanisms } from "./evaluation/read_mechanisms.ts";
export { metricOf, metrics } from "./metrics/registry.ts";
export type { Metric, MetricTable } from "./metrics/metric.ts";
export type { Values } from "./metrics/order.ts";
export type { MetricRow, Nearer, RankedList, TrueRow } from "./metrics/metric_row.ts";
export type {
  Density,
  Evaluation,
  Interval,
  PartScore,
  Prediction,
  Role,
  Scored,
  Unit,
  Verdict,
} from "./evaluation/types.ts";

// Statistics.
export { type RobustZ, robustZ } from "./statistics/robust_z.ts";
export { combat, type CombatResult } from "./statistics/combat.ts";
export { type Alternative, pairedTTest, studentTTest, type TTest, welchTTest } from "./statistics/t_tests.ts";
export { hypergeometricTail } from "./statistics/hypergeometric_tail.ts";
export { benjaminiHochberg } from "./statistics/benjamini_hochberg.ts";
