import { join } from "node:path";
import { Chemistry } from "../molecules/chemistry.ts";
import { dataFile } from "../readers/data_folder.ts";
import { selectMatrixRows } from "../readers/select_rows.ts";
import { badgerFileNames, chooseFile, filesOf } from "./badger_files.ts";
import { badgerDrug, type FragmentMode } from "./drug_fragments.ts";
import { pickRows } from "./feature_tables.ts";
import { filterSignatures } from "./filter_signatures.ts";
import { FragmentStore } from "./fragment_store.ts";
import { type LastPathway, pathwayLabels } from "./pathway_labels.ts";
import { readPrepareRecord } from "./prepare_record.ts";
import { readDrugSmiles } from "./read_drug_smiles.ts";
import { readDrugTargets } from "./read_drug_targets.ts";
import { readFeatureTable } from "./read_feature_table.ts";
import { readSignatures } from "./read_signatures.ts";
import { signatureFault, UnusableSignatures } from "./signature_faults.ts";
import { selectBadgerGenes } from "./select_badger.ts";
import type { BadgerData } from "./types.ts";

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
  /** Only the first so many genes in sorted order, or those that the gene table has too. */
  readonly genes?: number | "intersection";
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
  const table = await readSignatures([await dataFile(folder, badgerFileNames.signatures)]);
  const { kept, lists, counts } = filterSignatures(table, {
    drugs: options.drugs && new Set(options.drugs),
    minTas: options.minTas === undefined ? record ? record.minTas : 0.2 : options.minTas,
    requireQc: options.requireQc ?? record?.requireQc ?? true,
  });
  const smilesFile = await dataFile(folder, badgerFileNames.smiles);
  const smiles = await readDrugSmiles(smilesFile);
  const cellKind = options.cellVectors ?? "similarity";
  const vectors = cellKind === "none"
    ? undefined
    : await readFeatureTable(await dataFile(folder, badgerFileNames[cellKind]), { rowsAre: "cell line" });
  const store = await FragmentStore.open(await Chemistry.load(), folder);
  const unusable = new UnusableSignatures(options.skipBad ?? false);
  const sources = { structures: smiles, structuresFile: smilesFile, vectors, fragments: store };
  const usable = kept.filter((index) =>
    unusable.accept(table.rows[index], signatureFault(table.rows[index], sources))
  );
  unusable.checkLeft(usable.length, folder);

  const rows = usable.map((index) => table.rows[index]);
  const drugIds = [...new Set(rows.map(({ drug }) => drug))],
    cells = [...new Set(rows.map(({ cell }) => cell))];
  const drugs = drugIds.map((id) => {
    const { smiles: structure, name } = smiles.get(id)!;
    return badgerDrug(id, store.of(structure), options.fragments, name);
  });
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
    ...(vectors
      ? { cellVectors: pickRows(vectors, cells, "cell line", table.rows[0].file), cellTable: vectors }
      : {}),
    ...(cellKind === "similarity" && files.includes(badgerFileNames.controls)
      ? { controls: await readFeatureTable(join(folder, badgerFileNames.controls), { rowsAre: "cell line" }) }
      : {}),
    ...await geneTable(folder, files, table.genes, options.geneTable, options.genes === "intersection"),
    ...await pathways(folder, files, drugIds, options),
    counts: { ...counts, usable: rows.length },
    skipped: unusable.list,
    ...(table.notes.length > 0 ? { notes: table.notes } : {}),
  };
  if (options.genes === undefined) return data;
  if (options.genes !== "intersection") return selectBadgerGenes(data, data.genes.slice(0, options.genes));
  const known = new Set(data.geneTable?.names ?? data.genes);
  return selectBadgerGenes(data, data.genes.filter((gene) => known.has(gene)));
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
  unmatched: boolean,
): Promise<Pick<BadgerData, "geneTable">> {
  const file = chooseFile(folder, files, /^gene_features_(.+)_\d+\.csv$/, wanted, "--gene-table");
  if (!file) return {};
  const table = await readFeatureTable(file.path, { rowsAre: "gene", header: false });
  if (unmatched) return { geneTable: table };
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
