import { badgerDrug, fragmentDrug } from "../../badger/drug_fragments.ts";
import type { BadgerData } from "../../badger/types.ts";
import type { Dataset } from "../../dataset.ts";
import { type BadSmiles, badSmilesError } from "../../molecules/bad_smiles.ts";
import { Chemistry } from "../../molecules/chemistry.ts";
import { listNames, requireColumn } from "../../readers/named_columns.ts";
import {
  cellNames,
  drugIdNames,
  drugNameNames,
  findColumn,
  smilesNames,
} from "../../readers/column_names.ts";
import {
  amountColumns,
  amountText,
  doseQuantity,
  parseDose,
  timeQuantity,
} from "../../readers/parse_amount.ts";
import { rowsText } from "../../readers/rows_text.ts";
import type { SkippedRow } from "../../dataset.ts";
import { UserError } from "../../user_error.ts";
import { cellIdentityOf, requireOneCell } from "../common/asked_cell.ts";
import { badRows } from "../common/bad_rows.ts";
import { goodDrugs, gridRows } from "../common/grid.ts";
import { type QueryRows, readQueryFile } from "../common/query_file.ts";
import { structureWarnings } from "../common/structure_warnings.ts";
import type { Query, QueryRequest, QuerySource } from "../layout.ts";
import { spelledAs } from "./append.ts";
import { type AskedLine, namedLine, profiledLine } from "./asked_lines.ts";
import type { SignatureSettings } from "./settings.ts";
import { signatureTable } from "./table.ts";

/** A row as it was asked; texts are empty where nothing was said. */
interface AskedRow {
  readonly smiles: string;
  readonly name: string;
  readonly dose: string;
  readonly time: string;
  readonly cell: string;
}

interface Asked extends QueryRows<AskedRow> {
  readonly source: string;
}

/**
 * Rows that a user asks about: a file of `smiles` with, where wanted, `dose`, `time`, `cell_id` and names; or each drug of a list at
 * each dose in each cell line. Lists, gene features and pathways are those of the run's data, which are read.
 *
 * @throws {UserError} for a faulty file, every SMILES that cannot be parsed at once, a cell line without vector, a run on drug
 * vectors from a file.
 */
export async function querySignatures(
  request: QueryRequest,
  { settings, identity, own: read }: QuerySource<SignatureSettings, BadgerData>,
): Promise<Query<BadgerData>> {
  requireOneCell(request);
  if (settings.drugVectors !== null) {
    throw new UserError(
      `The run was trained on the drug vectors of ${settings.drugVectors}, which new drugs do not have; use a run trained on ` +
        "Morgan bits.",
    );
  }
  const own = await read();
  const chemistry = await Chemistry.load();
  const asked = request.grid ? askedGrid(chemistry, request, request.grid) : await askedFile(request);
  const { good, bad } = parsable(chemistry, asked, request.skipBad);
  const rows = good.map((row) => asked.rows[row]),
    sourceRows = Uint32Array.from(good, (row) => asked.sourceRows[row]);
  const of = await cellIdentityOf(own.source, own.inputs.cells);
  const inputs = await badgerRows(rows, sourceRows, chemistry, request, own, settings, of);
  const { truth: _, ...table } = await signatureTable({ ...inputs, folder: asked.source }, settings, {
    identity,
  }, {
    cellOf: of,
    files: [],
    simulated: false,
  });
  const skipped: SkippedRow[] = [...asked.skipped, ...badRows(bad, asked.source)];
  return {
    data: {
      ...table,
      name: "the rows asked for",
      rowNames: Array.from(sourceRows, String),
      notes: [],
      skipped,
    },
    sourceRows,
    smiles: rows.map(({ smiles }) => smiles),
    carried: asked.carried.map(({ column, values }) => ({ column, values: good.map((row) => values[row]) })),
    warnings: [
      ...asked.notes,
      ...structureWarnings(chemistry, rows.map(({ smiles }) => smiles), sourceRows),
      ...doseWarnings(inputs, sourceRows),
    ],
  };
}

async function askedFile({ file, skipBad, cell, profile }: QueryRequest): Promise<Asked> {
  const path = file!;
  const read = await readQueryFile<AskedRow>(path, skipBad, (columns) => {
    const smiles = requireColumn(path, columns, "smiles", ...smilesNames);
    const at = {
      dose: amountColumns(columns, doseQuantity),
      time: amountColumns(columns, timeQuantity),
      cell: findColumn(columns, cellNames),
      name: findColumn(columns, [...drugNameNames, ...drugIdNames]),
    };
    if (at.cell < 0 && cell === undefined && profile === undefined) {
      throw new UserError(
        `${path}, header: found no cell_id among ${
          listNames(columns, 8)
        }, expected the cell line of every row; add it, or give ` +
          "--cell NAME or --profile FILE.",
      );
    }
    const text = (cells: readonly string[], column: number) => column < 0 ? "" : cells[column].trim();
    return {
      inputs: new Set([
        smiles,
        ...[at.dose, at.time].flatMap((amount) => amount ? [amount.at, amount.unitAt] : []),
      ]),
      amounts: [at.dose, at.time],
      read: (cells, place) => ({
        smiles: cells[smiles].trim(),
        name: text(cells, at.name),
        dose: at.dose ? amountText(cells, at.dose, place) : "",
        time: at.time ? amountText(cells, at.time, place) : "",
        cell: text(cells, at.cell),
      }),
    };
  });
  return { ...read, source: path };
}

function askedGrid(
  chemistry: Chemistry,
  { cell, profile, skipBad }: QueryRequest,
  grid: NonNullable<QueryRequest["grid"]>,
): Asked {
  const source = "the grid";
  const { drugs, bad } = goodDrugs(chemistry, grid.drugs, skipBad);
  if (drugs.length === 0) throw badSmilesError(bad, source);
  const rows = gridRows({
    drugs,
    doses: grid.doses ?? [NaN],
    times: grid.times ?? [NaN],
    cells: cell === undefined && profile === undefined ? grid.cells : [""],
  });
  return {
    source,
    rows: rows.map(({ drug, dose, time, cell }) => ({
      ...drug,
      dose: Number.isNaN(dose) ? "" : `${dose} uM`,
      time: Number.isNaN(time) ? "" : `${time} h`,
      cell,
    })),
    sourceRows: rows.map((_, row) => row + 1),
    carried: [{ column: "name", values: rows.map(({ drug }) => drug.name) }],
    skipped: badRows(bad, source),
    notes: [],
  };
}

/** Rows with a structure. @throws {UserError} listing all others at once, unless they are left out. */
function parsable(chemistry: Chemistry, { rows, sourceRows, source }: Asked, skipBad: boolean) {
  const known = new Map<string, number[] | null>();
  const good: number[] = [];
  rows.forEach(({ smiles }, row) => {
    if (!known.has(smiles)) known.set(smiles, chemistry.parse(smiles) ? null : []);
    const faulty = known.get(smiles);
    if (faulty) faulty.push(sourceRows[row]);
    else good.push(row);
  });
  const bad = [...known].flatMap(([smiles, rows]): BadSmiles[] =>
    rows ? [{ smiles, reason: chemistry.fault(smiles) ?? "it cannot be parsed", rows }] : []
  );
  if (bad.length > 0 && (!skipBad || good.length === 0)) throw badSmilesError(bad, source);
  return { good, bad };
}

/** The rows as BADGER's models see them, beside the lists and tables that these were built for. */
async function badgerRows(
  rows: readonly AskedRow[],
  sourceRows: ArrayLike<number>,
  chemistry: Chemistry,
  { cell, profile }: QueryRequest,
  own: Dataset<BadgerData>,
  settings: SignatureSettings,
  of: (name: string) => string,
): Promise<BadgerData> {
  const { inputs } = own;
  const one = profile !== undefined
    ? await profiledLine(profile, own, settings)
    : cell !== undefined
    ? namedLine(cell, own, of)
    : undefined;
  const lines = new Map<string, AskedLine>(), lineOfRow: string[] = [];
  for (const [row, { cell }] of rows.entries()) {
    if (!one && cell === "") {
      throw new UserError(`Row ${sourceRows[row]}: found no cell_id, expected a cell line; name it.`);
    }
    const key = one ? "" : cell;
    if (!lines.has(key)) lines.set(key, one ?? namedLine(cell, own, of));
    lineOfRow.push(key);
  }
  const drugs = new Map<string, number>();
  for (const { smiles, name } of rows) {
    const key = `${smiles}\t${name}`;
    if (!drugs.has(key)) drugs.set(key, drugs.size);
  }
  const made = Array.from(drugs.keys(), (key, number) => {
    const [smiles, name] = key.split("\t");
    return badgerDrug(
      `query ${number + 1}`,
      fragmentDrug(chemistry, smiles),
      settings.fragments,
      name || smiles,
    );
  });
  const dose = commonest(inputs.doses), time = commonest(inputs.times);
  const lineNames = [...lines.keys()];
  const { cellVectors, pathways, drugVectors: _, ...kept } = inputs;
  return {
    ...kept,
    rows: rows.length,
    signatureIds: rows.map((_, row) => `query ${row + 1}`),
    labels: new Float32Array(rows.length * inputs.genes.length),
    drugs: made,
    drugOfRow: Uint32Array.from(rows, ({ smiles, name }) => drugs.get(`${smiles}\t${name}`)!),
    cells: [...lines.values()].map(({ name }) => name),
    cellOfRow: Uint32Array.from(lineOfRow, (key) => lineNames.indexOf(key)),
    doses: rows.map((row) => row.dose === "" ? dose : spelledAs(inputs.lists.doses, row.dose)),
    times: rows.map((row) => row.time || time),
    skipped: [],
    ...(cellVectors
      ? {
        cellVectors: {
          ...cellVectors,
          names: [...lines.values()].map(({ name }) => name),
          values: Float32Array.from([...lines.values()].flatMap(({ vector }) => [...vector!])),
        },
      }
      : {}),
    ...(pathways
      ? { pathways: { ...pathways, labels: new Uint8Array(made.length * pathways.names.length) } }
      : {}),
  };
}

/** The value that occurs most often, the first of equals. */
function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => entry[1] > best[1] ? entry : best)[0];
}

function doseWarnings({ doses, lists }: BadgerData, sourceRows: ArrayLike<number>): string[] {
  const known = lists.doses.slice(0, -1);
  const rowsOf = Map.groupBy(doses.keys(), (row) => doses[row]);
  return [...rowsOf].filter(([dose]) => !known.includes(dose)).map(([dose, rows]) => {
    const numbers = rows.map((row) => sourceRows[row]);
    const value = parseDose(dose);
    const why = Number.isNaN(value)
      ? `the dose "${dose}" cannot be read`
      : `the dose ${dose} is none of the run's data (${listNames(known, 6)})`;
    return `${rowsText(numbers)}: ${why}; models that look at the dose take it as unknown.`;
  });
}
