import { checkIds } from "../formats/check_ids.ts";
import type { Axis } from "../formats/matrix_file.ts";
import { openMatrix } from "../formats/open_matrix.ts";
import { listNames } from "../readers/named_columns.ts";
import { geneColumns } from "../readers/gene_columns.ts";
import { placeText, readCsv, RowError } from "../readers/csv.ts";
import { parseNumber } from "../readers/parse_number.ts";
import { quoteValue } from "../readers/quote_value.ts";
import { UserError } from "../user_error.ts";

/** Profiles of wells as they were measured, with whatever the files say of each well. */
export interface RawPlates {
  /** Files they came from. */
  readonly files: readonly string[];
  /** Wells and their metadata. */
  readonly samples: Axis;
  /** Gene symbols. */
  readonly genes: readonly string[];
  /** Wells x genes. */
  readonly values: Float32Array<ArrayBuffer>;
  /** What was put right. */
  readonly notes: readonly string[];
}

/** Metadata fields of features that hold gene symbols, and those that mark the measured genes. */
const symbolFields = ["pr_gene_symbol", "gene_symbol", "symbol", "rdesc_gene_symbol"];
const landmarkFields = ["pr_is_lm", "pr_is_lmark", "feature_space"];

/**
 * Reads one file of profiles with metadata (GCTX, GCT or h5ad).
 *
 * Features go by the gene symbols of their metadata where there are any. Of a file that marks its measured (landmark) genes only those
 * are taken: the others are inferred from them.
 *
 * @throws {UserError} when the file is damaged, a gene stands twice, or a value is missing.
 */
export async function readMatrixPlates(path: string): Promise<RawPlates> {
  using file = await openMatrix(path);
  const field = (names: readonly string[]) =>
    names.map((name) => file.features.fields.get(name)).find((one) => one !== undefined);
  const measured = field(landmarkFields);
  const chosen = file.features.ids.keys().filter((at) =>
    measured === undefined || /^(1|y|yes|true|landmark)$/i.test(measured[at])
  )
    .toArray();
  if (chosen.length === 0) {
    throw new UserError(
      `${path}: no feature is marked as a measured gene, expected some; remove the field, or mend it.`,
    );
  }
  const symbols = field(symbolFields);
  const genes = chosen.map((at) => symbols?.[at] || file.features.ids[at]);
  checkIds(`${path}, gene symbols`, genes);
  const values = file.read(0, file.samples.ids.length, chosen);
  const bad = values.findIndex(Number.isNaN);
  if (bad >= 0) {
    throw new UserError(
      `${path}, well ${file.samples.ids[Math.floor(bad / genes.length)]}, gene ${
        genes[bad % genes.length]
      }: found no value, expected a number; leave the well or the gene out.`,
    );
  }
  return { files: [path], samples: file.samples, genes, values, notes: [] };
}

/**
 * Reads a table of wells (one a row: id, plate, cell line, perturbation, dose, time) and a table of their profiles (id, then one column a
 * gene), both CSV. Wells without a profile are refused; profiles without a well are left out by the caller's table.
 *
 * @throws {UserError} naming file, row and column, or the id that stands twice in a table.
 */
export async function readCsvPlates(wellsFile: string, profilesFile: string): Promise<RawPlates> {
  const columns: string[][] = [];
  let names: readonly string[] = [];
  await readCsv(wellsFile, {
    unnamedFirst: true,
    header(header) {
      names = header;
      header.forEach(() => columns.push([]));
    },
    row: (cells) => cells.forEach((cell, at) => columns[at].push(cell.trim())),
  });
  const ids = checkIds(`${wellsFile}, first column`, columns[0]);
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  let genes: readonly string[] = [], columnOf: readonly number[] = [];
  let values = new Float32Array(0);
  const notes: string[] = [], profiled: string[] = [];
  await readCsv(profilesFile, {
    unnamedFirst: true,
    header(header) {
      const found = geneColumns(profilesFile, header);
      ({ genes, columnOf } = found);
      notes.push(...found.notes);
      values = new Float32Array(ids.length * genes.length);
    },
    row(cells, place) {
      const id = cells[0].trim(), row = rowOf.get(id);
      profiled.push(id);
      if (row === undefined) return;
      for (let gene = 0; gene < genes.length; gene++) {
        const cell = cells[columnOf[gene]], value = parseNumber(cell);
        if (Number.isNaN(value)) {
          throw new RowError(
            `${placeText(place)}, column ${genes[gene]}: found ${
              quoteValue(cell)
            }, expected a finite number; mend the value or remove the well.`,
          );
        }
        values[row * genes.length + gene] = value;
      }
    },
  });
  const seen = new Set(checkIds(`${profilesFile}, first column`, profiled));
  const without = ids.filter((id) => !seen.has(id));
  if (without.length > 0) {
    throw new UserError(
      `${profilesFile}: no profile for ${without.length} of the ${ids.length} wells of ${wellsFile} (${
        listNames(without, 3)
      }), expected one each; the first columns of both files must hold the same ids.`,
    );
  }
  return {
    files: [wellsFile, profilesFile],
    samples: { ids, fields: new Map(names.slice(1).map((name, at) => [name, columns[at + 1]])) },
    genes,
    values,
    notes,
  };
}

/** Several files as one, in their order. @throws {UserError} when their genes differ, or a well stands in two. */
export function joinPlates(parts: readonly RawPlates[]): RawPlates {
  if (parts.length === 1) return parts[0];
  const [{ genes, files: [firstFile] }] = parts;
  for (const part of parts) {
    const other = part.genes.findIndex((gene, at) => gene !== genes[at]);
    if (part.genes.length !== genes.length || other >= 0) {
      throw new UserError(
        `${
          part.files[0]
        }: its ${part.genes.length} genes are not the ${genes.length} of ${firstFile} in the same order; export both with the same genes.`,
      );
    }
  }
  const ids = checkIds(
    parts.map(({ files }) => files[0]).join(" and "),
    parts.flatMap(({ samples }) => samples.ids),
  );
  const fields = new Map(
    [...new Set(parts.flatMap(({ samples }) => [...samples.fields.keys()]))].map((name) => [
      name,
      parts.flatMap(({ samples }) => samples.fields.get(name) ?? samples.ids.map(() => "")),
    ]),
  );
  const values = new Float32Array(ids.length * genes.length);
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return {
    files: parts.flatMap(({ files }) => files),
    samples: { ids, fields },
    genes,
    values,
    notes: parts.flatMap(({ notes }) => notes),
  };
}
