import { type Dataset, matrixOf } from "../../dataset.ts";
import { attachMolecules } from "../../molecules/attach_molecules.ts";
import { badSmilesError } from "../../molecules/bad_smiles.ts";
import { Chemistry } from "../../molecules/chemistry.ts";
import { readConformers } from "../../molecules/conformers.ts";
import { finetuningDose, finetuningTime } from "../../readers/read_finetuning_folder.ts";
import { numberCell } from "../../readers/cell_readers.ts";
import { amountCell } from "../../readers/parse_amount.ts";
import { buildSampleTable, type SampleRow } from "../../readers/sample_table.ts";
import { UserError } from "../../user_error.ts";
import { cellIdentityOf, requireOneCell } from "../common/asked_cell.ts";
import { badRows } from "../common/bad_rows.ts";
import { fingerprintOf } from "../common/fingerprint.ts";
import { keptGenes } from "../common/kept_genes.ts";
import { goodDrugs, gridRows } from "../common/grid.ts";
import { type QueryRows, readQueryFile } from "../common/query_file.ts";
import { structureWarnings } from "../common/structure_warnings.ts";
import type { Query, QueryRequest, QuerySource } from "../layout.ts";
import { BasalProfiles } from "./basal_of_cell.ts";
import type { ProfileInputs } from "./inputs.ts";
import { keptInteractions, keptRanges, rangesOf, type TrainedRanges } from "./kept_run.ts";
import { profileQueryColumns } from "./query_columns.ts";
import { conditionWarnings } from "./query_warnings.ts";
import type { ProfileSettings } from "./settings.ts";
import { profileKeys } from "./table.ts";

/** A row before its basal profile is looked up. */
interface AskedRow extends SampleRow {
  /** As given in the file. */
  readonly basal?: Float32Array;
}

/** Rows that were asked for, and what they were taken from. */
interface Asked extends QueryRows<AskedRow> {
  readonly source: string;
  readonly warnings: readonly string[];
}

/**
 * Rows that a user asks about: a file of `smiles`, `dose` (µM), `time` (h) with a basal profile each (a column a gene), or with
 * cell lines whose profile comes from the run's data or from a file of its own; or each drug of a list at each dose and time.
 *
 * @throws {UserError} for a faulty file, every SMILES that cannot be parsed at once, a cell line that the data do not have.
 */
export async function queryProfiles(
  layout: "profiles" | "response",
  request: QueryRequest,
  source: QuerySource<ProfileSettings, ProfileInputs>,
): Promise<Query<ProfileInputs>> {
  requireOneCell(request);
  const { settings, run, identity } = source;
  const genes = await keptGenes(run);
  if (!genes) throw new UserError(`${run} has no genes.txt, the genes of the run; has it begun to train?`);
  const profiles = new BasalProfiles(genes, request, source);
  // An older run kept no ranges: its data are looked into where they are needed anyway.
  const ranges = await keptRanges(run) ?? (request.grid ? rangesOf(await source.own()) : undefined);
  const asked = request.grid
    ? await askedGrid(request, request.grid, ranges!)
    : await askedFile(layout, request, genes);
  const basal = new Float32Array(asked.rows.length * genes.length);
  const cells: string[] = [];
  for (const [row, own] of asked.rows.entries()) {
    const { values, cell } = await profiles.of(own, asked.source);
    basal.set(values, row * genes.length);
    cells.push(cell ?? own.cell ?? "");
  }
  const named = cells.some((cell) => cell !== "");
  const samples = buildSampleTable(asked.rows.map((row, at) => ({
    ...row,
    cell: named ? cells[at] : undefined,
    fileRow: asked.sourceRows[at],
  })));
  const chemistry = await Chemistry.load();
  const { data, molecules, bad } = attachMolecules(
    chemistry,
    { kind: "prediction", file: asked.source, genes, samples, basal: matrixOf(basal, genes.length) },
    {
      distances: settings.distances,
      skipBad: request.skipBad,
      conformers: settings.conformers === null ? undefined : await readConformers(settings.conformers),
    },
  );
  const kept = data.samples.fileRows!;
  const keys = await profileKeys(
    data.samples,
    { identity },
    await cellIdentityOf(await profiles.folder(), data.samples.cells ?? []),
  );
  const inputs: ProfileInputs = {
    genes,
    samples: data.samples,
    basal: data.basal,
    molecules,
    moleculeOfRow: data.samples.drugOfRow,
    ppi: await keptInteractions(run, genes, settings),
  };
  const table: Dataset<ProfileInputs> = {
    layout,
    name: "the rows asked for",
    source: asked.source,
    rows: data.samples.rows,
    rowNames: Array.from(kept, String),
    identity,
    ...keys,
    dose: data.samples.dose,
    time: data.samples.time,
    outputs: layout === "profiles"
      ? { kind: "profile", names: genes, unit: "z-score" }
      : { kind: "response", names: ["ln_IC50"], unit: "ln µM" },
    basal: data.basal,
    inputs,
    notes: [],
    skipped: [...asked.skipped, ...badRows(bad, asked.source)],
    files: [],
    fingerprint: fingerprintOf([
      genes,
      data.samples.smiles,
      data.samples.dose,
      data.samples.time,
      data.basal,
    ]),
  };
  const placeOf = new Map(asked.sourceRows.map((number, place) => [number, place]));
  return {
    data: table,
    sourceRows: kept,
    smiles: data.samples.smiles,
    carried: asked.carried.map(({ column, values }) => ({
      column,
      values: Array.from(kept, (number) => values[placeOf.get(number)!]),
    })),
    warnings: [
      ...asked.notes,
      ...asked.warnings,
      ...profiles.warnings,
      ...structureWarnings(chemistry, data.samples.smiles, kept),
      ...conditionWarnings(table, kept, ranges),
    ],
  };
}

async function askedFile(
  layout: "profiles" | "response",
  { file, skipBad, cell, profile }: QueryRequest,
  genes: readonly string[],
): Promise<Asked> {
  const path = file!;
  const warnings: string[] = [];
  const read = await readQueryFile<AskedRow>(path, skipBad, (columns) => {
    const at = profileQueryColumns(path, columns, genes, layout === "response");
    const named = cell !== undefined
      ? `--cell ${cell}`
      : profile !== undefined
      ? `--profile ${profile}`
      : undefined;
    if (at.genes && named !== undefined) {
      throw new UserError(
        `${path}: its rows have basal profiles of their own, and ${named} gives another; remove the genes, or the option.`,
      );
    }
    if (!at.genes && named === undefined && at.cell < 0) {
      throw new UserError(
        `${path}, header: found none of the run's ${genes.length} genes (${
          genes.slice(0, 3).join(", ")
        }, ...) and no cell_id, ` +
          "expected the basal profile of every row; add a column for each gene, or a column cell_id, or give --cell NAME or " +
          "--profile FILE.",
      );
    }
    warnings.push(...at.warnings);
    return {
      inputs: new Set([
        at.smiles,
        ...[at.dose, at.time].flatMap((amount) => amount ? [amount.at, amount.unitAt] : []),
        ...at.genes ?? [],
      ]),
      amounts: [at.dose, at.time],
      read: (cells, place) => ({
        // What is no structure is listed with all that cannot be parsed.
        smiles: cells[at.smiles].trim(),
        dose: at.dose ? amountCell(cells, at.dose, place) : finetuningDose,
        time: at.time ? amountCell(cells, at.time, place) : finetuningTime,
        cell: at.cell < 0 ? undefined : cells[at.cell].trim(),
        drugName: at.name < 0 ? undefined : cells[at.name].trim(),
        basal: at.genes &&
          Float32Array.from(
            at.genes,
            (column, gene) =>
              numberCell(cells[column], genes[gene], "a finite basal expression value", place),
          ),
      }),
    };
  });
  return { ...read, source: path, warnings };
}

async function askedGrid(
  { cell, profile, skipBad }: QueryRequest,
  grid: NonNullable<QueryRequest["grid"]>,
  { dose, time }: TrainedRanges,
): Promise<Asked> {
  const source = "the grid";
  const { drugs, bad } = goodDrugs(await Chemistry.load(), grid.drugs, skipBad);
  if (drugs.length === 0) throw badSmilesError(bad, source);
  const rows = gridRows({
    drugs,
    doses: grid.doses ?? [dose.commonest],
    times: grid.times ?? [time.commonest],
    cells: cell === undefined && profile === undefined ? grid.cells : [undefined],
  });
  for (const { dose, time } of rows) {
    if (dose >= 0 && time >= 0 && Number.isFinite(Math.fround(dose + time))) continue;
    throw new UserError(
      `${source}: found the dose ${dose} and the time ${time}, expected µM and hours, not negative.`,
    );
  }
  return {
    source,
    rows: rows.map(({ drug, dose, time, cell }) => ({
      smiles: drug.smiles,
      drugName: drug.name,
      dose,
      time,
      cell,
    })),
    sourceRows: rows.map((_, row) => row + 1),
    carried: [{ column: "name", values: rows.map(({ drug }) => drug.name) }],
    skipped: badRows(bad, source),
    notes: [],
    warnings: [],
  };
}
