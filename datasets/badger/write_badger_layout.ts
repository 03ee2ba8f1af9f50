import { join } from "node:path";
import { csvLine } from "../readers/csv_line.ts";
import { float32Text } from "../readers/float32_text.ts";
import { writeFileAtomic } from "../readers/write_file_atomic.ts";
import { badgerFileNames, filesOf, fragmentsFile, isBadgerFile } from "./badger_files.ts";
import type { FragmentStore } from "./fragment_store.ts";
import { type PrepareRecord, writePrepareRecord } from "./prepare_record.ts";
import type { SignatureTable } from "./read_signatures.ts";
import type { FeatureTable } from "./types.ts";
import { system } from "../../host/system.ts";

/** Everything that the layout of badger.md 4.1 holds. */
export interface BadgerLayout {
  /** Rows to write, genes sorted. */
  readonly signatures: Pick<SignatureTable, "genes" | "rows" | "values">;
  /** Structure and name of each drug, by its id. */
  readonly drugs: ReadonlyMap<string, { readonly smiles: string; readonly name: string }>;
  /** One row a cell line; columns named. */
  readonly similarity: FeatureTable;
  /** Control profiles, from which a new cell line can be embedded. */
  readonly controls?: FeatureTable;
  /** Vectors of genes, and the name of the table. */
  readonly geneTable?: { readonly name: string; readonly table: FeatureTable };
  /** Pathways of drugs, and their name. An empty pathway is UNKNOWN. */
  readonly targets?: {
    readonly name: string;
    readonly rows: readonly (readonly [drug: string, pathway: string])[];
    readonly embedding?: FeatureTable;
  };
  /** What the folder says of itself. */
  readonly record: Omit<PrepareRecord, "format">;
  /** Fragments of the drugs are brought along. */
  readonly fragments: FragmentStore;
}

/**
 * Writes the files of badger.md 4.1, each atomically, the record last. The folder is created. Tables of the layout that it held
 * before and that are not written now are removed: they are of other data. Files of other names stay.
 *
 * @throws {UserError} when a file cannot be written.
 */
export async function writeBadgerLayout(folder: string, layout: BadgerLayout): Promise<void> {
  await system.mkdir(folder, { recursive: true });
  const written = new Set<string>([fragmentsFile]);
  const write = async (name: string, lines: Iterable<string>) => {
    await writeFileAtomic(join(folder, name), lines);
    written.add(name);
  };
  const { signatures, geneTable, targets, controls } = layout;
  await write(badgerFileNames.signatures, signatureLines(signatures));
  await write(badgerFileNames.smiles, [
    csvLine(["pert_id", "smiles", "pert_iname"]),
    ...Array.from(layout.drugs, ([id, { smiles, name }]) => csvLine([id, smiles, name])),
  ]);
  await layout.fragments.save(folder, Array.from(layout.drugs.values(), ({ smiles }) => smiles));
  await write(badgerFileNames.similarity, tableLines(layout.similarity, "cell_id"));
  if (controls) await write(badgerFileNames.controls, tableLines(controls, "cell_id"));
  if (geneTable) {
    const file = badgerFileNames.geneFeatures(geneTable.name, geneTable.table.names.length);
    await write(file, tableLines(geneTable.table));
  }
  if (targets) {
    await write(badgerFileNames.targets(targets.name), [
      csvLine(["pert_id", "pathway"]),
      ...targets.rows.map((row) => csvLine(row)),
    ]);
    if (targets.embedding) {
      await write(badgerFileNames.pathwayEmbedding(targets.name), tableLines(targets.embedding, "pathway"));
    }
  }
  for (const name of await filesOf(folder)) {
    if (isBadgerFile(name) && !written.has(name)) await system.remove(join(folder, name));
  }
  await writePrepareRecord(folder, layout.record);
}

function* signatureLines({ genes, rows, values }: BadgerLayout["signatures"]): Generator<string> {
  yield csvLine([
    "sig_id",
    "pert_id",
    "cell_id",
    "pert_idose",
    "tas_score",
    "qc_pass",
    "pert_itime",
    ...genes,
  ]);
  for (const [index, row] of rows.entries()) {
    const own = values.subarray(index * genes.length, (index + 1) * genes.length);
    yield csvLine([
      row.id,
      row.drug,
      row.cell,
      row.dose,
      row.activity,
      row.quality,
      row.time,
      ...Array.from(own, float32Text),
    ]);
  }
}

/** @param index name of the first column; undefined: no header at all. */
function* tableLines({ names, columns, width, values }: FeatureTable, index?: string): Generator<string> {
  if (index !== undefined) {
    yield csvLine([index, ...(columns ?? Array.from({ length: width }, (_, column) => String(column)))]);
  }
  for (const [row, name] of names.entries()) {
    yield csvLine([name, ...Array.from(values.subarray(row * width, (row + 1) * width), float32Text)]);
  }
}
