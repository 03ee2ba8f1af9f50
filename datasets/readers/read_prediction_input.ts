import { amountCell, numberCell, smilesCell } from "./cell_readers.ts";
import { closestName } from "./closest_name.ts";
import { readCsv } from "./csv.ts";
import { listNames, requireColumn } from "./named_columns.ts";
import { quoteValue } from "./quote_value.ts";
import type { FolderOptions } from "./read_pretraining_folder.ts";
import { buildSampleTable, type SampleRow } from "./sample_table.ts";
import { SkippedRows } from "./skipped_rows.ts";
import type { PredictionInput } from "../types.ts";
import { UserError } from "../user_error.ts";

/** Columns that describe a sample and are neither conditions nor genes; those not named below are ignored. */
const descriptions = ["cell_id", "pert_id", "pert_iname", "drug_name", "plate", "well_id", "dmso_well_id"];

/** Where the columns of a prediction file are. */
interface Columns {
  readonly smiles: number;
  readonly smilesName: string;
  readonly dose: number;
  readonly time: number;
  readonly cell: number;
  readonly name: number;
  /** Column of every gene of the model, in the model's order. */
  readonly genes: readonly number[];
}

function findColumns(file: string, columns: readonly string[], genes: readonly string[]): Columns {
  const smiles = requireColumn(file, columns, "smiles", "canonical_smiles");
  const dose = requireColumn(file, columns, "dose");
  const time = requireColumn(file, columns, "time");
  const indexOf = new Map(columns.map((name, index) => [name, index]));
  const known = new Set(genes);
  const missing = genes.filter((gene) => !indexOf.has(gene));
  const unknown = columns.filter((name, index) =>
    index !== smiles && index !== dose && index !== time && !known.has(name) && !descriptions.includes(name)
  );
  if (unknown.length > 0) {
    const near = closestName(unknown[0], missing.length > 0 ? missing : genes);
    throw new UserError(
      `${file}, header: found ${
        unknown.length === 1 ? "an unknown gene" : `${unknown.length} unknown genes`
      }, ` +
        `${listNames(unknown)}, expected smiles, dose, time and the ${genes.length} genes of the model; ` +
        (near === undefined ? "rename" : `did you mean ${quoteValue(near)}? Rename`) +
        ` or remove the column${unknown.length === 1 ? "" : "s"}.`,
    );
  }
  if (missing.length > 0) {
    throw new UserError(
      `${file}, header: ${missing.length} of the model's ${genes.length} genes ${
        missing.length === 1 ? "is" : "are"
      } ` +
        `missing (${
          listNames(missing)
        }), expected a column for every gene; add the basal values of these genes.`,
    );
  }
  return {
    smiles,
    smilesName: columns[smiles],
    dose,
    time,
    cell: columns.indexOf("cell_id"),
    name: Math.max(columns.indexOf("pert_iname"), columns.indexOf("drug_name")),
    genes: genes.map((gene) => indexOf.get(gene)!),
  };
}

/**
 * Reads what `predict` is asked for: one CSV with `smiles` (or `canonical_smiles`), `dose` (µM), `time` (h) and the basal
 * profile, one column for every gene of the model, in any order.
 *
 * @param genes Genes of the model; the profiles come back in this order.
 * @throws {UserError} when a column is missing or unknown (with the nearest known gene), or a row is faulty.
 */
export async function readPredictionInput(
  path: string,
  genes: readonly string[],
  options: FolderOptions = {},
): Promise<PredictionInput> {
  const skipped = new SkippedRows(options.skipBad ?? false);
  const samples: SampleRow[] = [];
  let basal = new Float32Array(16 * genes.length);
  let columns: Columns | undefined;
  const total = await readCsv(path, {
    header(names) {
      columns = findColumns(path, names, genes);
    },
    row(cells, place) {
      const at = columns!;
      const sample = {
        smiles: smilesCell(cells[at.smiles], at.smilesName, place),
        dose: amountCell(cells[at.dose], "dose", "a dose in µM", place),
        time: amountCell(cells[at.time], "time", "a time in hours", place),
        cell: at.cell < 0 ? undefined : cells[at.cell].trim(),
        drugName: at.name < 0 ? undefined : cells[at.name].trim(),
        fileRow: place.row,
      };
      const start = samples.length * genes.length;
      if (start + genes.length > basal.length) {
        basal = new Float32Array(basal.buffer.transfer(2 * basal.byteLength));
      }
      at.genes.forEach((column, gene) => {
        basal[start + gene] = numberCell(
          cells[column],
          genes[gene],
          "a finite basal expression value",
          place,
        );
      });
      samples.push(sample);
    },
    badRow: skipped.handler,
  });
  if (total === 0) {
    throw new UserError(
      `${path}: the file holds a header but no rows, expected one condition a row; add some.`,
    );
  }
  skipped.keep(total, path);
  return {
    kind: "prediction",
    file: path,
    genes,
    samples: buildSampleTable(samples),
    basal: new Float32Array(basal.buffer.transfer(samples.length * genes.length * 4)),
    ...(skipped.list.length === 0 ? {} : { skipped: skipped.list }),
  };
}
