import { basename } from "node:path";
import { type Dataset, type Matrix, matrixOf, type Outputs } from "../../dataset.ts";
import { cellAliasesFile, cellIdentity, readCellAliases } from "../../identity/cell_identity.ts";
import { drugIdentities } from "../../identity/drug_identity.ts";
import { keyOf, mergedNote, numberConditions, sharedNamesNote } from "../../identity/key.ts";
import { attachMolecules } from "../../molecules/attach_molecules.ts";
import { Chemistry } from "../../molecules/chemistry.ts";
import { readConformers } from "../../molecules/conformers.ts";
import { alignGenes } from "../../readers/align_genes.ts";
import { dataFile } from "../../readers/data_folder.ts";
import type { FinetuningData, MoleculeGraph, PpiGraph, PretrainingData, SampleTable } from "../../types.ts";
import { badRows } from "../common/bad_rows.ts";
import { fingerprintOf } from "../common/fingerprint.ts";
import { structureNotes } from "../common/structure_warnings.ts";
import { rowNotes } from "../common/row_notes.ts";
import { sourceFiles } from "../common/source_files.ts";
import type { ReadContext } from "../layout.ts";
import type { ProfileInputs } from "./inputs.ts";
import { interactions } from "./interactions.ts";
import type { ProfileSettings } from "./settings.ts";

/** Samples with a basal profile each, as their reader gives them. */
export type ProfileSamples = PretrainingData | FinetuningData;

/** Where samples came from. */
export interface ProfileOrigin {
  /** The layout. */
  readonly layout: "profiles" | "response";
  /** Names of its files, the one with the conditions first; empty for simulated samples. */
  readonly files: readonly string[];
  /** The simulator's graph. */
  readonly simulated?: PpiGraph;
}

/**
 * The row table of samples: molecules attached, genes in the order asked for, drugs and cell lines by identity.
 *
 * @throws {UserError} for SMILES that cannot be parsed (all at once), genes that differ, or faulty edges, conformers, aliases.
 */
export async function profileTable(
  samples: ProfileSamples,
  { layout, files, simulated }: ProfileOrigin,
  settings: ProfileSettings,
  context: ReadContext,
): Promise<Dataset<ProfileInputs>> {
  const { folder } = samples;
  // Of simulated samples nothing lies in a file.
  const source = files.length === 0 ? undefined : await dataFile(folder, files[0]);
  const chemistry = await Chemistry.load();
  const conformers = settings.conformers === null ? undefined : await readConformers(settings.conformers);
  const { data, molecules, bad } = attachMolecules(
    chemistry,
    inGenes(samples, settings, context),
    { distances: settings.distances, skipBad: settings.skipBad, conformers, source },
  );
  const ppi = await interactions(settings, data.genes, folder, simulated);
  const aliases = simulated ? undefined : await readCellAliases(folder);
  const identities = await profileKeys(data.samples, context, cellIdentity(aliases, data.samples.cells));
  const { genes, basal } = data;
  const outputs = outputsOf(data);
  const truth = data.kind === "pretraining" ? data.perturbed : matrixOf(data.logIc50, outputs.names.length);
  const rowNames = Array.from(
    data.samples.smiles,
    (_, row) => String(data.samples.fileRows?.[row] ?? row + 1),
  );
  const skipped = [...data.skipped ?? [], ...badRows(bad, source ?? folder)];
  const inputs: ProfileInputs = {
    genes,
    samples: data.samples,
    basal,
    molecules,
    moleculeOfRow: data.samples.drugOfRow,
    ppi: ppi.graph,
  };
  return {
    layout,
    name: simulated ? "the simulator" : basename(folder),
    source: folder,
    rows: data.samples.rows,
    rowNames,
    identity: context.identity,
    ...identities,
    dose: data.samples.dose,
    time: data.samples.time,
    outputs,
    truth,
    basal,
    inputs,
    notes: [
      ...(simulated ? ["The data are simulated: what wins here says nothing about real cells."] : []),
      ...samples.notes ?? [],
      ...rowNotes({
        dose: data.samples.dose,
        condition: identities.condition,
        truth,
        rowNames,
      }),
      ...structureNotes(chemistry, data.samples.drugs),
      ...mergedNote("drug", identities.drug),
      ...sharedNamesNote(identities.drug, context.identity),
      ...mergedNote("cell line", identities.cell),
      ...(skipped.length > 0 ? [`${skipped.length} faulty rows were left out.`] : []),
    ],
    inputNotes: [distanceNote(molecules), ppi.note],
    skipped,
    files: simulated ? [] : await sourceFiles(folder, [
      ...await Promise.all([...files, cellAliasesFile].map((name) => dataFile(folder, name))),
      ...(ppi.file === undefined ? [] : [ppi.file]),
      ...(conformers
        ? [conformers.file, conformers.file.replace(/\.safetensors$/, "") + ".smiles.json"]
        : []),
    ]),
    fingerprint: profileFingerprint(layout, inputs, identities, truth),
  };
}

/** Genes as a run has them, or as many as the settings ask for. */
function inGenes(
  samples: ProfileSamples,
  { genes }: Partial<Pick<ProfileSettings, "genes">>,
  context: ReadContext,
): ProfileSamples {
  if (context.genes) return alignGenes(samples, context.genes, genes !== null && genes !== undefined);
  if (typeof genes !== "number") return samples;
  return alignGenes(samples, samples.genes.toSorted().slice(0, genes), true);
}

/** What is predicted, by the kind of samples. */
function outputsOf({ kind, genes }: ProfileSamples): Outputs {
  return kind === "pretraining"
    ? { kind: "profile", names: genes, unit: "z-score" }
    : { kind: "response", names: ["ln_IC50"], unit: "ln µM" };
}

/** Drug, cell line and condition of each sample by identity, and the parent structure of each drug. */
export async function profileKeys(
  samples: SampleTable,
  { identity }: Pick<ReadContext, "identity">,
  cellOf: (name: string) => string,
): Promise<Pick<Dataset, "drug" | "structures" | "cell" | "condition">> {
  const { of, parent, alike } = drugIdentities(await Chemistry.load(), identity);
  const drug = keyOf(samples.smiles, of, {
    nameOf(row) {
      const number = samples.drugOfRow[row], name = samples.drugNames[number];
      return name === samples.drugs[number] ? "" : name;
    },
    alike,
  });
  const structures: string[] = [];
  drug.of.forEach((unit, row) => structures[unit] ??= parent(samples.smiles[row]));
  const cell = keyOf(samples.cells ?? samples.smiles.map(() => ""), cellOf);
  return { drug, structures, cell, condition: numberConditions(drug, cell, samples.dose, samples.time) };
}

function distanceNote(molecules: readonly MoleculeGraph[]): string {
  const how = { file: "a conformer file", rule: "the coordinate-free rule", path: "shortest paths" };
  const modes = Map.groupBy(molecules, ({ distanceMode }) => distanceMode);
  return `Atom distances: ${
    [...modes].map(([mode, some]) => `${how[mode]} (${some.length} molecules)`).join(", ")
  }.`;
}

/** Over all that a model can learn from; distances that are computed follow from the SMILES. */
function profileFingerprint(
  layout: string,
  { genes, samples, basal, molecules, ppi }: ProfileInputs,
  { drug, cell }: Pick<Dataset, "drug" | "cell">,
  truth: Matrix,
): string {
  const measured = molecules.filter(({ distanceMode }) => distanceMode === "file");
  return fingerprintOf([
    [layout, genes, samples.smiles, samples.cells ?? null],
    ...[samples.dose, samples.time, basal, truth, ppi.indptr, ppi.indices, drug.of, cell.of],
    ...measured.map(({ distance }) => distance),
  ]);
}
