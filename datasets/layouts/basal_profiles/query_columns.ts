import { geneFinder, suggestedGene } from "../../identity/gene_identity.ts";
import {
  cellNames,
  drugIdNames,
  drugNameNames,
  findColumn,
  smilesNames,
} from "../../readers/column_names.ts";
import { geneHeader } from "../../readers/gene_header.ts";
import { listNames, requireColumn } from "../../readers/named_columns.ts";
import {
  type AmountColumns,
  amountColumns,
  convertedNote,
  doseQuantity,
  type Quantity,
  timeQuantity,
} from "../../readers/parse_amount.ts";
import { quoteValue } from "../../readers/quote_value.ts";
import { requireAmount } from "../../readers/read_condition_table.ts";
import { rowNameColumn } from "../../readers/row_name_columns.ts";
import { UserError } from "../../user_error.ts";

/** Where the columns of a file of conditions are; -1 for one that it does not have. */
export interface ProfileQueryColumns {
  readonly smiles: number;
  readonly dose?: AmountColumns;
  readonly time?: AmountColumns;
  readonly cell: number;
  readonly name: number;
  /** Column of every gene of the run, in its order; undefined when the file has no basal profiles. */
  readonly genes?: readonly number[];
  /** What to say of them. */
  readonly warnings: readonly string[];
}

/**
 * Finds smiles, dose, time and the genes of a run in a header. Genes may stand in any order and, where that is not ambiguous, in
 * any case; columns that are none of these are carried along.
 *
 * @param conditions whether dose and time may be left out.
 * @throws {UserError} when a column is missing, or some genes are (with the nearest column).
 */
export function profileQueryColumns(
  file: string,
  columns: readonly string[],
  genes: readonly string[],
  optionalConditions: boolean,
): ProfileQueryColumns {
  const amount = (quantity: Quantity) =>
    optionalConditions ? amountColumns(columns, quantity) : requireAmount(file, columns, quantity);
  const smiles = requireColumn(file, columns, "smiles", ...smilesNames);
  const dose = amount(doseQuantity), time = amount(timeQuantity);
  const cell = findColumn(columns, cellNames);
  const name = findColumn(columns, [...drugNameNames, ...drugIdNames]);
  const taken = new Set([smiles, dose?.at, dose?.unitAt, time?.at, time?.unitAt, cell, name]);
  const notes = [dose, time].flatMap((amount) => amount ? [convertedNote(file, amount)] : [])
    .filter((note) => note !== undefined);
  const found = { smiles, dose, time, cell, name };
  // What is no condition may be a gene, or go along as it is.
  const others = [...columns.keys()].filter((at) =>
    !taken.has(at) && (rowNameColumn(columns[at], at) === "no" || genes.includes(columns[at]))
  );
  const header = geneHeader(file, others.map((at) => columns[at]));
  const find = geneFinder(header.genes);
  const matches = genes.map(find);
  if (matches.every((match) => match === undefined)) return { ...found, warnings: notes };
  const missing = genes.filter((_, gene) => matches[gene] === undefined);
  if (missing.length > 0) {
    const used = new Set(matches.map((match) => match?.at));
    const near = suggestedGene(missing[0], header.genes.filter((_, at) => !used.has(at)));
    throw new UserError(
      `${file}, header: ${missing.length} of the run's ${genes.length} genes ${
        missing.length === 1 ? "is" : "are"
      } missing ` +
        `(${listNames(missing)}), expected a column for every gene; ` +
        (near === undefined
          ? "add the basal values of these genes, or leave all genes out and name a cell line."
          : `did you mean ${quoteValue(missing[0])} by ${quoteValue(near)}? Rename the column.`),
    );
  }
  const respelled = matches.flatMap((match, gene) =>
    match!.by === "name" ? [] : [`${header.genes[match!.at]} is ${genes[gene]}`]
  );
  return {
    ...found,
    genes: matches.map((match) => others[match!.at]),
    warnings: [
      ...notes,
      ...header.notes,
      ...(respelled.length === 0 ? [] : [
        `${respelled.length} genes are not written as in the run and were taken for those meant (${
          respelled.slice(0, 3).join(", ")
        }${respelled.length > 3 ? ", ..." : ""}).`,
      ]),
    ],
  };
}
