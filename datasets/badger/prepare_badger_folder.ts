import { Chemistry } from "../molecules/chemistry.ts";
import { listNames } from "../readers/named_columns.ts";
import { selectMatrixRows } from "../readers/select_rows.ts";
import { UserError } from "../user_error.ts";
import { cellSimilarity } from "./cell_similarity.ts";
import { byCodePoint } from "./code_point_order.ts";
import { pickRows } from "./feature_tables.ts";
import { filterSignatures } from "./filter_signatures.ts";
import { FragmentStore } from "./fragment_store.ts";
import { pathwayLabels } from "./pathway_labels.ts";
import { readDrugSmiles } from "./read_drug_smiles.ts";
import { readDrugTargets } from "./read_drug_targets.ts";
import { readFeatureTable } from "./read_feature_table.ts";
import { readSignatures } from "./read_signatures.ts";
import { signatureFault, UnusableSignatures } from "./signature_faults.ts";
import type { FeatureTable, SignatureCounts } from "./types.ts";
import { writeBadgerLayout } from "./write_badger_layout.ts";

/** Where a BADGER folder comes from. Nothing that changes the data is guessed: what is left out is off or released. */
export interface PrepareBadgerOptions {
  /** Folder to write, created when absent. */
  readonly output: string;
  /** One or several files of signatures with the same genes. */
  readonly signatures: readonly string[];
  /** Columns of these files that are no genes, beyond those of the layout: `pert_type`, `n_rep`. */
  readonly otherColumns?: readonly string[];
  /** Table of `pert_id` and `smiles` or `canonical_smiles`. */
  readonly smiles: string;
  /** Cell vectors with a header; needed unless `controls` is given. Columns are put into code-point order. */
  readonly cellSimilarity?: string;
  /** Control profiles, cell lines x genes with a header: vectors are their Spearman correlations, unless `cellSimilarity` is
   * given. Also what a new cell line is embedded with. */
  readonly controls?: string;
  /** Gene vectors without header. */
  readonly geneVectors?: string;
  /** Name under which they are stored. Default `GENE2VEC`. */
  readonly geneTable?: string;
  /** Table of `pert_id` and `pathway`. */
  readonly targets?: string;
  /** Name under which pathways are stored. Default `msig`. */
  readonly pathways?: string;
  /** Start values of the pathway table with a header; absent: it starts orthogonal. */
  readonly pathwayEmbedding?: string;
  /** Activity limit; null: none. Default 0.2. */
  readonly minTas?: number | null;
  /** Keep signatures that passed quality control only. Default true. */
  readonly requireQc?: boolean;
  /** Only these drugs (`pert_id`). */
  readonly drugs?: readonly string[];
  /** Only these cell lines. */
  readonly cells?: readonly string[];
  /** Only these doses, as written. */
  readonly doses?: readonly string[];
  /** Leave out signatures without SMILES or cell vector instead of failing. Default false. */
  readonly skipBad?: boolean;
}

/** What `prepareBadgerFolder` did. */
export interface PreparedBadger {
  /** Rows after each filter. */
  readonly counts: SignatureCounts;
  /** Numbers of what was written, by what they count. */
  readonly sizes: Readonly<
    Record<"genes" | "drugs" | "cells" | "cellWidth" | "geneWidth" | "pathways", number>
  >;
  /** Signatures left out as unusable, by the reason with the number of each. */
  readonly leftOut: readonly { readonly reason: string; readonly signatures: number }[];
}

/**
 * Turns signatures, structures, cell lines and drug targets into the folder of badger.md 4.1: filters of 4.2, genes sorted,
 * fragments and fingerprints, cell vectors with sorted columns.
 *
 * @throws {UserError} when a file is missing or faulty, an option names nothing, a gene has no vector, or a signature cannot
 * be used and `skipBad` is off.
 *
 * @example
 * ```ts
 * const { counts } = await prepareBadgerFolder({
 *   output: "data/badger",
 *   signatures: ["level5.csv"],
 *   smiles: "drugs.csv",
 *   controls: "controls.csv",
 * });
 * ```
 */
export async function prepareBadgerFolder(options: PrepareBadgerOptions): Promise<PreparedBadger> {
  const { minTas = 0.2, requireQc = true, skipBad = false } = options;
  const all = await readSignatures(options.signatures, options.otherColumns);
  const chosen = all.rows.flatMap((row, index) =>
    options.cells?.includes(row.cell) === false || options.doses?.includes(row.dose) === false ? [] : [index]
  );
  checkChoice("cell line", options.cells, all.rows.map(({ cell }) => cell), options.signatures);
  checkChoice("dose", options.doses, all.rows.map(({ dose }) => dose), options.signatures);
  checkChoice("drug", options.drugs, all.rows.map(({ drug }) => drug), options.signatures);
  const signatures = {
    ...all,
    rows: chosen.map((index) => all.rows[index]),
    values: selectMatrixRows(all.values, all.genes.length, chosen),
  };
  const { kept, counts } = filterSignatures(signatures, {
    drugs: options.drugs && new Set(options.drugs),
    minTas,
    requireQc,
  });

  const vectors = options.geneVectors === undefined
    ? undefined
    : await readFeatureTable(options.geneVectors, { rowsAre: "gene", header: false });
  const geneTable = vectors && {
    name: options.geneTable ?? "GENE2VEC",
    table: pickRows(vectors, signatures.genes, "gene", options.signatures[0]),
  };
  const { similarity, controls } = await cellTables(options);
  const structures = await readDrugSmiles(options.smiles);
  const fragments = new FragmentStore(await Chemistry.load());
  const unusable = new UnusableSignatures(skipBad);
  const usable = kept.filter((index) => {
    const source = { structures, structuresFile: options.smiles, vectors: similarity, fragments };
    return unusable.accept(signatures.rows[index], signatureFault(signatures.rows[index], source));
  });
  unusable.checkLeft(usable.length, options.signatures.join(", "));
  const rows = usable.map((index) => signatures.rows[index]);
  const drugs = [...new Set(rows.map(({ drug }) => drug))];

  const targets = await pathwayTables(options, drugs);
  const result: PreparedBadger = {
    counts: { ...counts, read: all.rows.length, usable: rows.length },
    sizes: {
      genes: signatures.genes.length,
      drugs: drugs.length,
      cells: new Set(rows.map(({ cell }) => cell)).size,
      cellWidth: similarity.width,
      geneWidth: vectors?.width ?? 0,
      pathways: targets?.pathways ?? 0,
    },
    leftOut: unusable.summary(),
  };
  await writeBadgerLayout(options.output, {
    signatures: {
      genes: signatures.genes,
      rows,
      values: selectMatrixRows(signatures.values, signatures.genes.length, usable),
    },
    drugs: new Map(drugs.map((drug) => [drug, structures.get(drug)!])),
    similarity,
    ...(controls ? { controls } : {}),
    ...(geneTable ? { geneTable } : {}),
    ...(targets ? { targets } : {}),
    fragments,
    record: { by: "prepare", minTas, requireQc, details: { options: { ...options }, ...result } },
  });
  return result;
}

/** @throws {UserError} for a choice that no signature has: a misspelt one would silently select nothing. */
function checkChoice(
  what: string,
  wanted: readonly string[] | undefined,
  found: readonly string[],
  files: readonly string[],
): void {
  const known = new Set(found);
  const unknown = (wanted ?? []).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new UserError(
    `${files.join(", ")}: no signature of the ${what} ${listNames(unknown)}, expected one of ${
      listNames([...known].sort(byCodePoint), 12)
    }; mend the choice.`,
  );
}

async function cellTables(
  options: PrepareBadgerOptions,
): Promise<{ similarity: FeatureTable; controls?: FeatureTable }> {
  const controls = options.controls === undefined
    ? undefined
    : await readFeatureTable(options.controls, { rowsAre: "cell line" });
  if (options.cellSimilarity === undefined) {
    if (controls) return { similarity: cellSimilarity(controls), controls };
    throw new UserError(
      "No cell vectors: expected a similarity table (--similarity FILE) or control profiles (--controls FILE); give one.",
    );
  }
  const similarity = sortColumns(await readFeatureTable(options.cellSimilarity, { rowsAre: "cell line" }));
  return { similarity, ...(controls ? { controls } : {}) };
}

/** Rows and columns in code-point order, as the release has them. */
function sortColumns(table: FeatureTable): FeatureTable {
  const { columns = [], width } = table;
  const order = columns.map((_, column) => column).sort((a, b) => byCodePoint(columns[a], columns[b]));
  const names = [...table.names].sort(byCodePoint);
  const { values } = pickRows(table, names, "cell line", table.file);
  return {
    ...table,
    names,
    columns: order.map((column) => columns[column]),
    values: values.map((_, at) => values[at - at % width + order[at % width]]),
  };
}

async function pathwayTables(options: PrepareBadgerOptions, drugs: readonly string[]) {
  if (options.targets === undefined) {
    if (options.pathwayEmbedding === undefined) return undefined;
    throw new UserError(
      `${options.pathwayEmbedding}: a pathway table without labels; expected the drug targets too (--targets FILE).`,
    );
  }
  const targets = await readDrugTargets(options.targets);
  const embedding = options.pathwayEmbedding === undefined
    ? undefined
    : await readFeatureTable(options.pathwayEmbedding, { rowsAre: "pathway" });
  // Checked here, so that the fault is found when the folder is made and not when it is used.
  const { names } = pathwayLabels(targets, drugs, "released", embedding);
  return {
    name: options.pathways ?? "msig",
    rows: [...targets.ofDrug].flatMap(([drug, own]) => [...own].map((name) => [drug, name] as const)),
    pathways: names.length,
    ...(embedding ? { embedding } : {}),
  };
}
