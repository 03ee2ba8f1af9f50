import { closestName } from "../../readers/closest_name.ts";
import { listNames, requireColumn } from "../../readers/named_columns.ts";
import { quoteValue } from "../../readers/quote_value.ts";
import { UserError } from "../../user_error.ts";
import { columnNamed, drugNameColumns } from "../common/query_file.ts";

/** Where the columns of a file of conditions are; -1 for one that it does not have. */
export interface ProfileQueryColumns {
  readonly smiles: number;
  readonly dose: number;
  readonly time: number;
  readonly cell: number;
  readonly name: number;
  /** Column of every gene of the run, in its order; undefined when the file has no basal profiles. */
  readonly genes?: readonly number[];
  /** What to say of them. */
  readonly warnings: readonly string[];
}

/** Columns that describe a sample and are neither conditions nor genes. */
const descriptions = [...drugNameColumns, "cell_id", "plate", "well_id", "dmso_well_id"];

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
  const required = (...names: [string, ...string[]]) => {
    const at = columnNamed(columns, ...names);
    return at < 0 ? requireColumn(file, columns, ...names) : at;
  };
  const condition = (name: string) => optionalConditions ? columnNamed(columns, name) : required(name);
  const smiles = required("smiles", "canonical_smiles");
  const dose = condition("dose"), time = condition("time");
  const taken = new Set([smiles, dose, time]);
  const { places, respelled } = genePlaces(columns, genes, taken);
  const found = {
    smiles,
    dose,
    time,
    cell: columnNamed(columns, "cell_id", "cell"),
    name: columnNamed(columns, ...drugNameColumns),
  };
  if (places.every((place) => place === undefined)) return { ...found, warnings: [] };
  const missing = genes.filter((_, gene) => places[gene] === undefined);
  if (missing.length > 0) {
    const used = new Set(places);
    const others = columns.filter((name, at) =>
      !taken.has(at) && !used.has(at) && !descriptions.includes(name)
    );
    const near = closestName(missing[0], others);
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
  return {
    ...found,
    genes: places as number[],
    warnings: respelled.length === 0 ? [] : [
      `${respelled.length} genes are not written as in the run (${
        listNames(respelled, 3)
      }) and were taken for those that differ ` +
      "in capitals alone.",
    ],
  };
}

function genePlaces(columns: readonly string[], genes: readonly string[], taken: ReadonlySet<number>) {
  const exact = new Map<string, number>(), small = new Map<string, number[]>();
  columns.forEach((name, at) => {
    if (taken.has(at)) return;
    exact.set(name, at);
    small.set(name.toLowerCase(), [...small.get(name.toLowerCase()) ?? [], at]);
  });
  const sameGenes = Map.groupBy(genes, (gene) => gene.toLowerCase());
  const respelled: string[] = [];
  const places = genes.map((gene) => {
    const at = exact.get(gene);
    if (at !== undefined) return at;
    const [only, ...more] = small.get(gene.toLowerCase()) ?? [];
    if (only === undefined || more.length > 0 || sameGenes.get(gene.toLowerCase())!.length > 1) {
      return undefined;
    }
    respelled.push(columns[only]);
    return only;
  });
  return { places, respelled };
}
