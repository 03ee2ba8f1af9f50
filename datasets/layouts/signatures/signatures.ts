import { join } from "node:path";
import { badgerFileNames, filesOf } from "../../badger/badger_files.ts";
import { readBadgerFolder } from "../../badger/read_badger_folder.ts";
import { readDrugVectors } from "../../badger/read_drug_vectors.ts";
import { selectBadgerGenes } from "../../badger/select_badger.ts";
import { writeBadgerFolder } from "../../badger/simulate_badger_folder.ts";
import type { BadgerData } from "../../badger/types.ts";
import { cellAliasesFile, cellIdentity, readCellAliases } from "../../identity/cell_identity.ts";
import { geneColumns } from "../../readers/align_genes.ts";
import type { SimulatorInput } from "../../simulator/simulator_options.ts";
import { UserError } from "../../user_error.ts";
import { keepGenes } from "../common/kept_genes.ts";
import { sourceFiles } from "../common/source_files.ts";
import type { Layout, ReadContext } from "../layout.ts";
import { appendSignatures } from "./append.ts";
import { signatureControls } from "./controls.ts";
import { querySignatures } from "./query.ts";
import { type SignatureSettings, signatureSettings } from "./settings.ts";
import { signatureTable } from "./table.ts";
import { system } from "../../../host/system.ts";

/** The BADGER layout (badger.md section 4): drug and cell line to a signature, with tables of genes, cell lines and pathways. */
export const signatures: Layout<SignatureSettings, BadgerData> = {
  name: "signatures",
  title: "chemical_signatures_badger.csv and its tables, as `prepare badger` writes them",
  settings: signatureSettings,
  files: [badgerFileNames.signatures, badgerFileNames.smiles],
  async read(folder, settings, context) {
    const data = await readData(folder, settings, context);
    const aliases = await readCellAliases(folder);
    return await signatureTable(data, settings, context, {
      cellOf: cellIdentity(aliases, data.cells),
      files: await sourceFiles(folder, await filesRead(folder, settings, data)),
      simulated: false,
    });
  },
  async simulate(options, settings, context) {
    const { pathwayWidth = 128, ...simulator } = options;
    if (typeof pathwayWidth !== "number" || !Number.isInteger(pathwayWidth) || pathwayWidth < 1) {
      throw new UserError(
        `The simulator cannot use pathwayWidth ${
          JSON.stringify(pathwayWidth)
        }: expected a whole number above 0, the hidden ` +
          "width of the model.",
      );
    }
    const parent = await system.makeTempDir();
    try {
      const folder = join(parent, "simulator");
      await writeBadgerFolder(folder, { simulator: simulator as SimulatorInput, pathwayWidth });
      const data = { ...await readData(folder, settings, context), folder: "the simulator" };
      return await signatureTable(data, settings, context, { files: [], simulated: true });
    } finally {
      await system.remove(parent, { recursive: true });
    }
  },
  async keep(run, { inputs }) {
    await keepGenes(run, inputs.genes);
  },
  query: querySignatures,
  append: appendSignatures,
  controls: signatureControls,
};

/** A folder as the settings say, its genes in the order of a run where there is one. */
async function readData(
  folder: string,
  settings: SignatureSettings,
  { genes }: Pick<ReadContext, "genes">,
): Promise<BadgerData> {
  const { minTas, requireQc } = settings;
  const read = await readBadgerFolder(folder, {
    fragments: settings.fragments,
    lastPathway: settings.lastPathway,
    cellVectors: settings.cellVectors,
    skipBad: settings.skipBad,
    labelType: settings.labels,
    minTas: minTas === "off" || minTas === "none" ? null : minTas === "prepared" ? undefined : minTas,
    requireQc: requireQc === "prepared" ? undefined : requireQc,
    geneTable: settings.geneTable ?? undefined,
    pathways: settings.pathways ?? undefined,
    // A run's own genes are chosen below: the first n of another folder may be others.
    genes: genes ? undefined : settings.genes ?? undefined,
  });
  const data = genes && !sameGenes(read.genes, genes) ? inOrder(read, genes, settings.genes !== null) : read;
  return settings.drugVectors === null
    ? data
    : { ...data, drugVectors: await readDrugVectors(settings.drugVectors, data) };
}

function sameGenes(first: readonly string[], second: readonly string[]): boolean {
  return first.length === second.length && first.every((gene, at) => gene === second[at]);
}

/** @param reduced whether the run has a part of the genes, so that others are expected here. */
function inOrder(data: BadgerData, genes: readonly string[], reduced: boolean): BadgerData {
  geneColumns(data.folder, data.genes, genes, reduced);
  return selectBadgerGenes(data, genes);
}

/** Paths of the files that the settings make a reader look into; derived ones (fragments) are left out. */
async function filesRead(folder: string, settings: SignatureSettings, data: BadgerData): Promise<string[]> {
  const there = new Set(await filesOf(folder));
  const named = [
    badgerFileNames.signatures,
    badgerFileNames.smiles,
    badgerFileNames.record,
    cellAliasesFile,
    ...(data.controls ? [badgerFileNames.controls] : []),
  ].filter((name) => there.has(name)).map((name) => join(folder, name));
  const tables = [
    data.cellTable?.file,
    data.geneTable?.file,
    data.pathways?.file,
    data.pathways?.table?.file,
  ];
  return [
    ...named,
    ...tables.filter((file) => file !== undefined),
    ...(settings.drugVectors === null ? [] : [settings.drugVectors]),
  ];
}
