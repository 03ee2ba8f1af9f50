import { basename } from "node:path";
import { type Dataset, type Key, matrixOf } from "../../dataset.ts";
import type { BadgerData } from "../../badger/types.ts";
import { cellIdentity } from "../../identity/cell_identity.ts";
import { drugIdentities } from "../../identity/drug_identity.ts";
import { keyOf, mergedNote, numberConditions, sharedNamesNote } from "../../identity/key.ts";
import { structureNotes } from "../common/structure_warnings.ts";
import { Chemistry } from "../../molecules/chemistry.ts";
import { parseDose, parseTime } from "../../readers/parse_amount.ts";
import { fingerprintOf } from "../common/fingerprint.ts";
import type { Amounts } from "../common/join_tables.ts";
import type { ReadContext } from "../layout.ts";
import type { SignatureSettings } from "./settings.ts";

/** The row table of BADGER data: drugs and cell lines by identity, doses and times as numbers. */
export async function signatureTable(
  data: BadgerData,
  settings: SignatureSettings,
  { identity }: Pick<ReadContext, "identity">,
  origin: {
    readonly cellOf?: (name: string) => string;
    readonly files: Dataset["files"];
    readonly simulated: boolean;
  },
): Promise<Dataset<BadgerData>> {
  const keys = await signatureKeys(data, identity, origin.cellOf ?? cellIdentity(undefined, data.cells));
  const { skipped, genes, labels } = data;
  return {
    layout: "signatures",
    name: origin.simulated ? "the simulator" : basename(data.folder),
    source: data.folder,
    rows: data.rows,
    rowNames: uniqueNames(data.signatureIds),
    identity,
    ...keys,
    outputs: { kind: "signature", names: genes, unit: "z-score" },
    truth: matrixOf(labels, genes.length),
    ...cellFeaturesOf(data),
    inputs: data,
    notes: [
      ...signatureNotes(data, settings, keys, origin.simulated),
      ...sharedNamesNote(keys.drug, identity),
      ...structureNotes(await Chemistry.load(), data.drugs.map(({ smiles }) => smiles)),
    ],
    skipped,
    files: origin.files,
    fingerprint: signatureFingerprint(data, keys),
  };
}

/** The vector of each row's cell line. */
export function cellFeaturesOf({ cellVectors, cellOfRow, rows }: BadgerData): Pick<Dataset, "cellFeatures"> {
  if (!cellVectors) return {};
  const { width, values } = cellVectors;
  const lines = matrixOf(values, width);
  const take = (wanted: ArrayLike<number>) => lines.take(Array.from(wanted, (row) => cellOfRow[row]));
  return { cellFeatures: { rows, columns: width, take } };
}

/** What tells the rows apart. A drug is written by its id in this layout, so `spelling` tells ids apart. */
async function signatureKeys(
  data: BadgerData,
  identity: ReadContext["identity"],
  cellOf: (name: string) => string,
): Promise<Pick<Dataset, "drug" | "structures" | "cell" | "dose" | "time" | "condition">> {
  const { of, parent, alike } = drugIdentities(await Chemistry.load(), identity);
  const smilesOf = new Map(data.drugs.map(({ id, smiles }) => [id, smiles]));
  const ids = Array.from(data.drugOfRow, (drug) => data.drugs[drug].id);
  const drug = keyOf(ids, (id) => identity === "spelling" ? id : of(smilesOf.get(id)!), {
    nameOf: (row) => data.drugs[data.drugOfRow[row]].name,
    alike: alike && ((id) => alike(smilesOf.get(id)!)),
  });
  const structures: string[] = [];
  drug.of.forEach((unit, row) => structures[unit] ??= parent(smilesOf.get(ids[row])!));
  const cell = keyOf(Array.from(data.cellOfRow, (line) => data.cells[line]), cellOf);
  const dose = Float32Array.from(data.doses, parseDose), time = Float32Array.from(data.times, parseTime);
  const amounts = conditionAmounts(data);
  const condition = numberConditions(drug, cell, amounts.dose, amounts.time);
  return { drug, structures, cell, dose, time, condition };
}

/** Doses and times that tell conditions apart: as numbers, or as written where they cannot be read as such. */
export function conditionAmounts({ doses, times }: Pick<BadgerData, "doses" | "times">): Amounts {
  const amounts = (texts: readonly string[], parse: (text: string) => number) =>
    texts.map((text) => Number.isNaN(parse(text)) ? text : parse(text));
  return { dose: amounts(doses, parseDose), time: amounts(times, parseTime) };
}

/** Ids as they are; one that occurs again gets `#2`, `#3`. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names), used = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let k = 2; used.has(unique) || (unique !== name && taken.has(unique)); k++) unique = `${name}#${k}`;
    used.add(unique);
    return unique;
  });
}

/** Over all that a model can learn from: labels, drugs, cell lines, conditions and every table of features. */
function signatureFingerprint(
  data: BadgerData,
  { drug, cell }: { readonly drug: Key; readonly cell: Key },
): string {
  const { pathways } = data;
  const tables = [data.cellVectors, data.geneTable, data.drugVectors, pathways?.table];
  return fingerprintOf([
    ["signatures", data.genes, data.signatureIds, data.cells, data.doses, data.times],
    data.drugs.map(({ id, name, smiles, fragments }) => [id, name, smiles, fragments]),
    [data.lists, pathways?.names ?? null],
    ...tables.map((table) => table ? [table.names, table.width] : null),
    ...tables.flatMap((table) => table ? [table.values] : []),
    ...[data.labels, data.drugOfRow, data.cellOfRow, drug.of, cell.of],
    ...(pathways ? [pathways.labels] : []),
  ]);
}

function signatureNotes(
  { counts, skipped, genes, pathways, notes: ofFiles = [] }: BadgerData,
  settings: SignatureSettings,
  { drug, cell }: { readonly drug: Key; readonly cell: Key },
  simulated: boolean,
): string[] {
  const notes = [
    `Of ${counts.read} signatures ${counts.selected} are of the drugs asked for, ${counts.active} active enough, ` +
    `${counts.passed} passed quality control, ${counts.distinct} are distinct conditions, ${counts.usable} can be used.`,
  ];
  notes.push(...ofFiles);
  if (simulated) notes.push("The data are simulated: what wins here says nothing about real cells.");
  if (settings.genes === "intersection") {
    notes.push(`Reduced: the ${genes.length} genes that the gene table has too.`);
  } else if (settings.genes !== null) {
    notes.push(`Reduced: only the first ${genes.length} genes in sorted order.`);
  }
  if (settings.labels === "real_reverse") notes.push("The sign of the labels is turned (real_reverse).");
  if (pathways?.dropped !== undefined && pathways.dropped !== "UNKNOWN") {
    notes.push(
      `The released rule dropped the pathway ${pathways.dropped}, which is not UNKNOWN; see --last-pathway.`,
    );
  }
  notes.push(...mergedNote("drug", drug), ...mergedNote("cell line", cell));
  if (skipped.length > 0) notes.push(`${skipped.length} unusable signatures were left out.`);
  return notes;
}
