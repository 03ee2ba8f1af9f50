import { numberCell } from "../readers/cell_readers.ts";
import { cellNames, drugIdNames, drugNameNames, findColumn } from "../readers/column_names.ts";
import { readCsv, type RowPlace } from "../readers/csv.ts";
import { listNames, requireColumn } from "../readers/named_columns.ts";
import { AmountWatch } from "../readers/number_watch.ts";
import {
  type AmountColumns,
  amountColumns,
  amountText,
  convertedNote,
  doseQuantity,
  oneSpelling,
  parseDose,
  parseTime,
  type Quantity,
  timeQuantity,
} from "../readers/parse_amount.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { otherColumnsNote, RowNameColumn, rowNameColumn } from "../readers/row_name_columns.ts";
import { tableGenes } from "../readers/table_genes.ts";
import { UserError } from "../user_error.ts";
import { byCodePoint } from "./code_point_order.ts";

/** One signature without its values. */
export interface SignatureRow {
  /** File it stands in. */
  readonly file: string;
  /** 1 for the first row below the header. */
  readonly fileRow: number;
  /** `sig_id`. */
  readonly id: string;
  /** `pert_id`. */
  readonly drug: string;
  /** `cell_id`. */
  readonly cell: string;
  /** `pert_idose` as written. */
  readonly dose: string;
  /** `pert_itime` as written. */
  readonly time: string;
  /** `tas_score` as written; empty where the file has none. */
  readonly activity: string;
  /** `qc_pass` as written; empty where the file has none. */
  readonly quality: string;
}

/** Signatures of one or several files. */
export interface SignatureTable {
  /** Gene symbols in code-point order. */
  readonly genes: readonly string[];
  /** In file order. */
  readonly rows: readonly SignatureRow[];
  /** rows x genes. */
  readonly values: Float32Array<ArrayBuffer>;
  /** True when every file has the column `tas_score`. */
  readonly hasActivity: boolean;
  /** True when every file has the column `qc_pass`. */
  readonly hasQuality: boolean;
  /** What was unusual about the files and put right. */
  readonly notes: readonly string[];
}

/** Row names of R stand before everything else; a gene of such a name does not. */
function isRowName(column: string, at: number): boolean {
  return rowNameColumn(column, at) === "yes" || (at === 0 && rowNameColumn(column, at) === "perhaps");
}

/** Columns of the layout that are no genes (badger.md 4.1). */
const describing = ["sig_id", "pert_id", "cell_id", "pert_idose", "tas_score", "qc_pass", "pert_itime"];

/**
 * Reads signatures in the layout of badger.md 4.1: the columns sig_id, pert_id, cell_id, pert_idose, pert_itime, tas_score
 * and qc_pass; every other column is a gene, unless it is named in `otherColumns`. Genes come back sorted.
 *
 * @throws {UserError} when a file is missing or faulty, lacks a column, has a value that is no number in a gene's column,
 * or the files have different genes.
 */
export async function readSignatures(
  files: readonly string[],
  otherColumns: readonly string[] = [],
): Promise<SignatureTable> {
  if (files.length === 0) throw new UserError("No signature file given, expected at least one; name it.");
  const notGenes = new Set([...describing, ...otherColumns]);
  const rows: SignatureRow[] = [];
  let genes: readonly string[] = [];
  let values = new Float32Array(0);
  let hasActivity = true, hasQuality = true;
  const notes: string[] = [];
  for (const file of files) {
    /** Column of the file for each gene. */
    let columnOf: number[] = [];
    let rowNames: readonly (readonly [number, RowNameColumn])[] = [];
    let watches: readonly AmountWatch[] = [];
    let read: (cells: readonly string[], place: RowPlace) => SignatureRow;
    await readCsv(file, {
      unnamedFirst: true,
      note: (sentence) => notes.push(sentence),
      header(columns) {
        const optional = (name: string) => findColumn(columns, [name]);
        const id = columns[0] === "" ? 0 : requireColumn(file, columns, "sig_id", "inst_id");
        const drug = requireColumn(file, columns, ...drugIdNames),
          cell = requireColumn(file, columns, ...cellNames);
        const dose = amount(file, columns, doseQuantity), time = amount(file, columns, timeQuantity);
        watches = [dose, time].map((column) => new AmountWatch(column));
        for (const column of [dose, time]) {
          const said = convertedNote(file, column);
          if (said !== undefined) notes.push(said);
        }
        const activity = optional("tas_score"), quality = optional("qc_pass");
        hasActivity &&= activity >= 0;
        hasQuality &&= quality >= 0;
        read = (cells, place) => ({
          file,
          fileRow: place.row,
          id: cells[id].trim(),
          drug: cells[drug].trim(),
          cell: cells[cell].trim(),
          dose: amountText(cells, dose, place),
          time: amountText(cells, time, place),
          activity: activity < 0 ? "" : cells[activity].trim(),
          quality: quality < 0 ? "" : cells[quality].trim(),
        });
        const taken = new Set([
          id,
          drug,
          cell,
          dose.at,
          dose.unitAt,
          time.at,
          time.unitAt,
          activity,
          quality,
        ]);
        const own = [...columns.keys()].filter((at) =>
          !taken.has(at) && !notGenes.has(columns[at]) && !isRowName(columns[at], at) &&
          rowNameColumn(columns[at], at) !== "other"
        );
        rowNames = [...columns.keys()].filter((at) => !taken.has(at) && isRowName(columns[at], at))
          .map((at) => [at, new RowNameColumn(columns[at], at)] as const);
        const named = tableGenes(file, own.map((at) => columns[at]));
        const others = columns.filter((name, at) =>
          !taken.has(at) && !notGenes.has(name) && rowNameColumn(name, at) === "other" &&
          findColumn([name], drugNameNames) < 0
        );
        notes.push(...named.notes, ...otherColumnsNote(file, others));
        const found = named.genes.toSorted(byCodePoint);
        if (genes.length === 0) genes = found;
        checkGenes(file, found, genes, files[0]);
        columnOf = genes.map((gene) => own[named.genes.indexOf(gene)]);
      },
      row(cells, place) {
        const needed = (rows.length + 1) * genes.length;
        if (needed > values.length) values = new Float32Array(values.buffer.transfer(2 * needed * 4));
        const start = needed - genes.length;
        columnOf.forEach((column, gene) => {
          values[start + gene] = numberCell(
            cells[column],
            genes[gene],
            "a number, as in every gene's column (a column that is no gene has to be named as such)",
            place,
          );
        });
        for (const [at, column] of rowNames) column.take(cells[at], place.row);
        rows.push(read(cells, place));
        for (const watch of watches) watch.take(cells, place);
      },
    });
    for (const watch of watches) watch.report();
    notes.push(...rowNames.map(([, column]) => column.note(file)));
  }
  return {
    genes,
    rows: withOneSpelling(rows, notes),
    notes,
    values: new Float32Array(values.buffer.transfer(rows.length * genes.length * 4)),
    hasActivity,
    hasQuality,
  };
}

function checkGenes(
  file: string,
  found: readonly string[],
  genes: readonly string[],
  first: string,
): void {
  if (found.length === 0) {
    throw new UserError(`${file}, header: found no gene column, expected one a gene; export it again.`);
  }
  const known = new Set(genes), here = new Set(found);
  const extra = found.filter((gene) => !known.has(gene)), missing = genes.filter((gene) => !here.has(gene));
  if (extra.length + missing.length === 0) return;
  throw new UserError(
    `${file}, header: found ${found.length} genes, expected the ${genes.length} of ${first}` +
      (extra.length > 0 ? `; unknown: ${listNames(extra)}` : "") +
      (missing.length > 0 ? `; missing: ${listNames(missing)}` : "") +
      `; give files of the same genes, or name columns that are no genes (${
        quoteValue(extra[0] ?? missing[0])
      }).`,
  );
}

/** Column of a quantity, LINCS' text of it (`pert_idose`) first. */
function amount(file: string, columns: readonly string[], quantity: Quantity): AmountColumns {
  const text = `pert_i${quantity.name}`;
  const at = columns.indexOf(text);
  if (at >= 0) return { quantity, at, name: text, unitAt: -1, unit: "" };
  const found = amountColumns(columns, quantity);
  if (found) return found;
  requireColumn(file, columns, text, ...quantity.columns);
  throw new UserError(`${file}, header: found no ${quantity.name}, expected ${quantity.meaning}; add it.`);
}

/** Doses and times that mean the same are the same text, so that repeated conditions are seen and every list holds them once. */
function withOneSpelling(rows: readonly SignatureRow[], notes: string[]): SignatureRow[] {
  const doses = oneSpelling(rows.map(({ dose }) => dose), parseDose);
  const times = oneSpelling(rows.map(({ time }) => time), parseTime);
  const respelled = rows.filter(({ dose, time }, row) => dose !== doses[row] || time !== times[row]);
  if (respelled.length > 0) {
    const distinct = (texts: readonly string[]) => new Set(texts).size;
    notes.push(
      `${rows[0].file}: doses and times are written in several ways and count once: ${
        distinct(rows.map(({ dose }) => dose))
      } texts are ${distinct(doses)} doses, ${distinct(rows.map(({ time }) => time))} texts are ${
        distinct(times)
      } times.`,
    );
  }
  return rows.map((row, at) => ({ ...row, dose: doses[at], time: times[at] }));
}
