import { join } from "node:path";
import { Chemistry } from "../molecules/chemistry.ts";
import { closestName } from "../readers/closest_name.ts";
import { RowError } from "../readers/csv.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { selectMatrixRows } from "../readers/select_rows.ts";
import { SkippedRows } from "../readers/skipped_rows.ts";
import { UserError } from "../user_error.ts";
import { badgerFileNames, chooseFile, filesOf } from "./badger_files.ts";
import { badgerDrug, type FragmentMode } from "./drug_fragments.ts";
import { pickRows } from "./feature_tables.ts";
import { filterSignatures } from "./filter_signatures.ts";
import { FragmentStore } from "./fragment_store.ts";
import { type LastPathway, pathwayLabels } from "./pathway_labels.ts";
import { readPrepareRecord } from "./prepare_record.ts";
import { type DrugSmiles, readDrugSmiles } from "./read_drug_smiles.ts";
import { readDrugTargets } from "./read_drug_targets.ts";
import { readFeatureTable } from "./read_feature_table.ts";
import { readSignatures, type SignatureRow } from "./read_signatures.ts";
import { selectBadgerGenes } from "./select_badger.ts";
import type { BadgerData, FeatureTable } from "./types.ts";

/** How a BADGER folder is read; what is left out has the released value. */
export interface BadgerReadOptions {
  /** Ids of the drugs to keep; default all. */
  readonly drugs?: readonly string[];
  /** Keep signatures with a `tas_score` above it; null: all. Default: what the folder was prepared with, else 0.2. */
  readonly minTas?: number | null;
  /** Keep signatures with `qc_pass` 1 only. Default: what the folder was prepared with, else true. */
  readonly requireQc?: boolean;
  /** `real_reverse` turns the sign of the labels. Default `real`. */
  readonly labelType?: "real" | "real_reverse";
  /** Default `set`. */
  readonly fragments?: FragmentMode;
  /** Default `released`. */
  readonly lastPathway?: LastPathway;
  /** Which cell vectors; `none` for models without (DeepCE, CIGER). Default `similarity`. */
  readonly cellVectors?: "similarity" | "scgpt" | "none";
  /** Name of the gene table (`GENE2VEC`, `GO`, `STRING`); default the only one of the folder. */
  readonly geneTable?: string;
  /** Name of the pathways (`msig`); default the only ones of the folder. */
  readonly pathways?: string;
  /** Only the first so many genes in sorted order. */
  readonly genes?: number;
  /** Leave out signatures whose drug has no SMILES (or one that cannot be parsed) or whose cell line has no vector, as the
   * release does; they are listed in `skipped`. Default false: such a signature is an error. */
  readonly skipBad?: boolean;
}

/**
 * Reads a folder in the BADGER layout (badger.md 4.1) with the row filters of 4.2.
 *
 * Every width is that of the files. Gene features, drug targets and the pathway embedding may be absent.
 *
 * @throws {UserError} when a file is missing or faulty, a gene has no row in the gene table, a cell line no vector, a drug
 * no SMILES, or the pathway table does not fit its labels; file, row and what was expected are named.
 */
export async function readBadgerFolder(folder: string, options: BadgerReadOptions = {}): Promise<BadgerData> {
  const files = await filesOf(folder);
  const record = await readPrepareRecord(folder);
  const table = await readSignatures([join(folder, badgerFileNames.signatures)]);
  const { kept, lists, counts } = filterSignatures(table, {
    drugs: options.drugs && new Set(options.drugs),
    minTas: options.minTas === undefined ? record ? record.minTas : 0.2 : options.minTas,
    requireQc: options.requireQc ?? record?.requireQc ?? true,
  });
  const smiles = await readDrugSmiles(join(folder, badgerFileNames.smiles));
  const cellKind = options.cellVectors ?? "similarity";
  const vectors = cellKind === "none"
    ? undefined
    : await readFeatureTable(join(folder, badgerFileNames[cellKind]), { rowsAre: "cell line" });
  const store = await FragmentStore.open(await Chemistry.load(), folder);
  const skipped = new SkippedRows(options.skipBad ?? false);
  const usable = kept.filter((index) => {
    const fault = faultOf(table.rows[index], smiles, join(folder, badgerFileNames.smiles), vectors, store);
    if (!fault) return true;
    if (!skipped.handler) throw fault;
    const { file, fileRow } = table.rows[index];
    skipped.handler(fault, { file, row: fileRow, line: fileRow + 1 });
    return false;
  });
  if (usable.length === 0) {
    throw new UserError(`${folder}: no signature is left; the first one left out: ${skipped.list[0].reason}`);
  }

  const rows = usable.map((index) => table.rows[index]);
  const drugIds = [...new Set(rows.map(({ drug }) => drug))],
    cells = [...new Set(rows.map(({ cell }) => cell))];
  const drugs = drugIds.map((id) => badgerDrug(id, store.of(smiles.get(id)!.smiles), options.fragments));
  const labels = selectMatrixRows(table.values, table.genes.length, usable);
  const labelType = options.labelType ?? "real";
  const data: BadgerData = {
    kind: "badger",
    folder,
    genes: table.genes,
    rows: rows.length,
    signatureIds: rows.map(({ id }) => id),
    labels: labelType === "real" ? labels : labels.map((value) => -value),
    labelType,
    drugs,
    drugOfRow: numbered(rows.map(({ drug }) => drug), drugIds),
    cells,
    cellOfRow: numbered(rows.map(({ cell }) => cell), cells),
    doses: rows.map(({ dose }) => dose),
    times: rows.map(({ time }) => time),
    lists,
    ...(vectors ? { cellVectors: pickRows(vectors, cells, "cell line", table.rows[0].file) } : {}),
    ...await geneTable(folder, files, table.genes, options.geneTable),
    ...await pathways(folder, files, drugIds, options),
    counts: { ...counts, usable: rows.length },
    skipped: skipped.list,
  };
  return options.genes === undefined ? data : selectBadgerGenes(data, data.genes.slice(0, options.genes));
}

/** Why a signature cannot be used, if so. */
function faultOf(
  row: SignatureRow,
  smiles: ReadonlyMap<string, DrugSmiles>,
  smilesFile: string,
  vectors: FeatureTable | undefined,
  store: FragmentStore,
): RowError | undefined {
  const place = `${row.file}, row ${row.fileRow}`;
  const leave = "or leave such signatures out with --skip-bad";
  const drug = smiles.get(row.drug);
  if (!drug || drug.smiles === "") {
    return new RowError(
      `${place}, column pert_id: found the drug ${
        quoteValue(row.drug)
      }, which has no SMILES in ${smilesFile}` +
        `${drug ? ` (row ${drug.row} is empty)` : ""}, expected a structure for every drug; ` +
        `add it there, ${leave}.`,
    );
  }
  if (vectors && !vectors.names.includes(row.cell)) {
    const near = closestName(row.cell, vectors.names);
    return new RowError(
      `${place}, column cell_id: found the cell line ${
        quoteValue(row.cell)
      }, which has no vector in ${vectors.file}, ` +
        `expected one of its ${vectors.names.length} cell lines; ` +
        `${near === undefined ? "add" : `did you mean ${quoteValue(near)}? Add`} it there, ${leave}.`,
    );
  }
  try {
    store.of(drug.smiles);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return new RowError(
      `${smilesFile}, row ${drug.row}, column smiles: found ${
        quoteValue(drug.smiles, 200)
      }, which cannot be parsed, ` +
        `expected a valid SMILES for the drug ${quoteValue(row.drug)} (${place}); mend it, ${leave}.`,
    );
  }
  return undefined;
}

function numbered(values: readonly string[], distinct: readonly string[]): Uint32Array<ArrayBuffer> {
  const numberOf = new Map(distinct.map((value, number) => [value, number]));
  return Uint32Array.from(values, (value) => numberOf.get(value)!);
}

async function geneTable(
  folder: string,
  files: readonly string[],
  genes: readonly string[],
  wanted: string | undefined,
): Promise<Pick<BadgerData, "geneTable">> {
  const file = chooseFile(folder, files, /^gene_features_(.+)_\d+\.csv$/, wanted, "--gene-table");
  if (!file) return {};
  const table = await readFeatureTable(file.path, { rowsAre: "gene", header: false });
  return { geneTable: pickRows(table, genes, "gene", join(folder, badgerFileNames.signatures)) };
}

async function pathways(
  folder: string,
  files: readonly string[],
  drugs: readonly string[],
  options: BadgerReadOptions,
): Promise<Pick<BadgerData, "pathways">> {
  const file = chooseFile(
    folder,
    files,
    /^drug_target_information_(.+)\.csv$/,
    options.pathways,
    "--pathways",
  );
  if (!file) return {};
  const embedding = badgerFileNames.pathwayEmbedding(file.name);
  const table = files.includes(embedding)
    ? await readFeatureTable(join(folder, embedding), { rowsAre: "pathway" })
    : undefined;
  const targets = await readDrugTargets(file.path);
  return { pathways: pathwayLabels(targets, drugs, options.lastPathway ?? "released", table) };
}
